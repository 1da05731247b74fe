"""Compose's `${NAME}` in text: which names there are, and the text with their values in place."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.errors import ComposeFileError

REFERENCE = re.compile(
    r"\$(?:(?P<dollar>\$)|\{(?P<name>[A-Z_][A-Z0-9_]*)(?:(?P<rule>:[-?])(?P<rest>[^}]*))?\}|(?P<unknown>.?))"
)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with every reference replaced by its value.

    Args:
        text: A text of the Compose file.
        values: Values by name; an empty one counts as not set, as Compose's `:-` and `:?` have it.

    Raises:
        ComposeFileError: A required name has no value, or the reference has a form not understood.
    """

    def value(match: re.Match[str]) -> str:
        if match["dollar"]:
            return "$"
        if match["name"] is None:
            raise ComposeFileError(
                "The Compose file has a `$` that is neither ${NAME}, ${NAME:-default}, ${NAME:?message} "
                "nor $$. Write it as one of these."
            )
        return values.get(match["name"], "") or _otherwise(match)

    return REFERENCE.sub(value, text)


def _otherwise(match: re.Match[str]) -> str:
    if match["rule"] == ":-":
        return str(match["rest"])
    raise ComposeFileError(f"The Compose file needs {match['name']}, which has no value. Set it in .env.")


def fill_all(part: Any, values: Mapping[str, str]) -> Any:
    """A part of the file with every text in it filled; keys are left alone, as Compose leaves them."""
    if isinstance(part, str):
        return fill(part, values)
    if isinstance(part, list):
        return [fill_all(item, values) for item in part]
    if isinstance(part, dict):
        return {key: fill_all(item, values) for key, item in part.items()}
    return part


def names(part: Any) -> Iterator[tuple[str, bool]]:
    """Each name that a part of the file refers to, and whether the file says that it must be set."""
    if isinstance(part, str):
        yield from ((m["name"], m["rule"] == ":?") for m in REFERENCE.finditer(part) if m["name"])
    elif isinstance(part, list | dict):
        for item in part.values() if isinstance(part, dict) else part:
            yield from names(item)
