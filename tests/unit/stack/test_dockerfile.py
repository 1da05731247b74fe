"""What the Dockerfile promises: no root, nothing but the lock, nothing but what it copies."""

import re
import tomllib
from pathlib import Path

import pytest

from rehearsal.places import IMAGE_FOLDERS, IMAGE_SCRIPTS


@pytest.fixture(scope="module")
def steps(root: Path) -> list[list[str]]:
    text = (root / "Dockerfile").read_text().replace("\\\n", " ")
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


def copies(steps: list[list[str]]) -> list[tuple[list[str], str]]:
    """What is copied out of the project's folder, and where to."""
    words = [[w for w in step[1:] if not w.startswith("--chmod")] for step in steps if step[0] == "COPY"]
    return [(step[:-1], step[-1]) for step in words if not step[0].startswith("--from")]


def test_the_image_runs_as_the_user_that_the_compose_file_names(
    steps: list[list[str]], compose: dict[str, object]
) -> None:
    assert steps[-1] == ["USER", "50000:50000"]
    assert compose["x-airflow"]["user"] == steps[-1][1]  # type: ignore[index]


def test_both_stages_start_from_one_pinned_python_that_the_package_allows(
    steps: list[list[str]], root: Path
) -> None:
    images = {step[1] for step in steps if step[0] == "FROM"}
    assert len(images) == 1
    found = re.fullmatch(r"python:(3\.\d+)\.\d+-slim-bookworm", images.pop())
    assert found is not None
    allowed = tomllib.loads((root / "pyproject.toml").read_text())["project"]["requires-python"]
    assert allowed == ">=3.11,<3.14"
    assert found[1] in {"3.11", "3.12", "3.13"}


def test_everything_that_is_copied_exists_and_is_let_in(steps: list[list[str]], root: Path) -> None:
    ignored = (root / ".dockerignore").read_text().splitlines()
    for sources, _ in copies(steps):
        for source in sources:
            assert (root / source).exists(), source
            assert f"!{source.split('/')[0]}" in ignored, source


def test_every_package_of_ours_is_installed(steps: list[list[str]], root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())
    packages = {name.rstrip("*") for name in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    copied = {source for sources, _ in copies(steps) for source in sources}
    assert packages - {"rehearsal"} <= copied


def test_packages_come_from_the_lock_with_hashes_and_ours_without_others(steps: list[list[str]]) -> None:
    installs = [step[1:] for step in steps if step[0] == "RUN" and "install" in step and "pip" in step[1]]
    assert [("--require-hashes" in i, "--no-deps" in i) for i in installs] == [(True, False), (False, True)]


def test_no_secret_and_no_data_can_get_into_a_layer(steps: list[list[str]], root: Path) -> None:
    assert [step for step in steps if step[0] in {"ARG", "ADD"}] == []
    said = " ".join(" ".join(step) for step in steps if step[0] == "ENV")
    assert re.search(r"PASSWORD|SECRET|KEY|TOKEN", said) is None
    ignored = (root / ".dockerignore").read_text().splitlines()
    assert ignored[1] == "*"
    assert {"sample_data/extracts", "sample_data/truth", "**/.env"} <= set(ignored)


def test_the_rehearsal_takes_files_of_the_image_from_where_the_dockerfile_does(
    steps: list[list[str]],
) -> None:
    placed = {target: sources[0] for sources, target in copies(steps)}
    for target, source in IMAGE_FOLDERS.items():
        assert placed[target] == source
    for script, source in IMAGE_SCRIPTS.items():
        assert placed[f"/usr/local/bin/{script}"] == source


def test_writable_folders_of_the_image_are_the_mounts_of_the_compose_file(
    root: Path, compose: dict[str, object]
) -> None:
    mounts = compose["services"]["scheduler"]["volumes"]  # type: ignore[index]
    text = (root / "Dockerfile").read_text()
    named = [mount.split(":")[1] for mount in mounts if not mount.startswith("$")]
    assert [target for target in named if target not in text] == []


def test_every_data_file_of_our_packages_is_installed_with_them(root: Path) -> None:
    tool = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]
    forgotten = []
    for package in (name.rstrip("*") for name in tool["packages"]["find"]["include"]):
        covered = {
            p for pattern in tool["package-data"].get(package, []) for p in (root / package).glob(pattern)
        }
        forgotten += [
            str(path.relative_to(root))
            for path in (root / package).rglob("*")
            if path.is_file()
            and path.suffix not in {".py", ".md"}
            and "__pycache__" not in path.parts
            and not path.is_relative_to(root / "sample_data/extracts")
            and not path.is_relative_to(root / "sample_data/truth")
            and path not in covered
        ]
    assert forgotten == []
