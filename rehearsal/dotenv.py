"""The file of settings: what .env.example asks for, and a .env made from it.

Run `python3 -m rehearsal.dotenv` in the project's folder to make .env; it needs the standard library only.
"""

import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rehearsal.errors import ComposeFileError

RECIPE = "# Make it: "


@dataclass(frozen=True)
class Setting:
    """One setting of .env.example: a plain default, or the command that makes its secret value."""

    name: str
    default: str
    recipe: str | None


def read_example(text: str) -> list[Setting]:
    """The settings that an example file asks for, in its order.

    Args:
        text: Lines of `NAME=value`; a secret has no value, and a line `# Make it: <command>` above it.

    Raises:
        ComposeFileError: A line has another form, or a setting has neither value nor recipe, or both.
    """
    return list(_settings(text))


def _settings(text: str) -> Iterator[Setting]:
    recipe = None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(RECIPE):
            recipe = line.removeprefix(RECIPE)
        elif line and not line.startswith("#"):
            name, equals, default = line.partition("=")
            if not equals or not name.isidentifier() or bool(default) == bool(recipe):
                raise ComposeFileError(
                    f"Line {number} of the example settings is not understood: expected NAME=value, "
                    f"or NAME= below a line that starts with `{RECIPE.strip()}`."
                )
            yield Setting(name, default, recipe)
            recipe = None


def make_values(settings: list[Setting]) -> dict[str, str]:
    """A value for every setting: its default, or what its recipe prints.

    Raises:
        ComposeFileError: A recipe fails or prints nothing; the message names the setting.
    """
    return {s.name: s.default if s.recipe is None else _made(s.name, s.recipe) for s in settings}


def _made(name: str, recipe: str) -> str:
    program, *arguments = shlex.split(recipe)
    if program != "python3":
        raise ComposeFileError(
            f"The recipe of {name} starts another program than python3. Write it for python3."
        )
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    if done.returncode or not done.stdout.strip():
        raise ComposeFileError(f"The recipe of {name} made no value. Run it by hand to see why.")
    return done.stdout.strip()


def write_env(example: Path, target: Path) -> None:
    """Make a file of settings that only this user can read; one that exists is never touched.

    Raises:
        ComposeFileError: The file exists, or the example is not understood.
    """
    values = make_values(read_example(example.read_text(encoding="utf-8")))
    try:
        target.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise ComposeFileError(
            f"{target.name} exists and is left as it is. Remove it first to make new secrets."
        ) from None
    target.write_text("".join(f"{name}={value}\n" for name, value in values.items()), encoding="utf-8")


def main() -> None:
    """Make .env in the current folder from .env.example."""
    try:
        write_env(Path(".env.example"), Path(".env"))
    except (ComposeFileError, OSError) as error:
        raise SystemExit(f"No .env was made: {error}") from None
    sys.stdout.write("Made .env with new secrets, readable by you only.\n")


if __name__ == "__main__":
    main()
