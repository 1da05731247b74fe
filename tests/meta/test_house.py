"""The house rules that a machine can check."""

import ast
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("linkage", "expectations", "pipeline", "service", "sample_data", "rehearsal", "dags")
NAMED_FOR_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}
LONGEST_MODULE = 400
LONGEST_README = 150


def modules() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def tracked_text() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [
        path
        for path in paths
        if path.is_file() and not path.is_relative_to(ROOT / "sample_data" / "extracts")
    ]


def test_no_module_is_longer_than_a_person_can_hold() -> None:
    assert [str(p) for p in modules() if len(p.read_text().splitlines()) > LONGEST_MODULE] == []


def test_no_module_is_named_for_nothing() -> None:
    assert [str(p) for p in modules() if p.stem in NAMED_FOR_NOTHING] == []


def test_every_public_module_function_and_class_says_what_it_is_for() -> None:
    silent = []
    for path in modules():
        tree = ast.parse(path.read_text())
        nodes = [tree, *(n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef))]
        silent += [
            f"{path.name}: {getattr(n, 'name', 'module')}"
            for n in nodes
            if not getattr(n, "name", "").startswith("_") and not ast.get_docstring(n)
        ]
    assert silent == []


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    hiding = re.compile(r"@pytest\.mark\.(skip|xfail)|pytest\.(skip|xfail|importorskip)\(")
    here = Path(__file__).name
    found = [
        p.name for p in (ROOT / "tests").rglob("*.py") if p.name != here and hiding.search(p.read_text())
    ]
    assert found == []


def test_no_to_do_is_left_in_the_code() -> None:
    left = re.compile(r"# *(TODO|FIXME|XXX)\b|raise NotImplementedError")
    assert [str(p) for p in modules() if left.search(p.read_text())] == []


def test_no_file_names_a_package_index() -> None:
    index = re.compile(rb"https?://[^ ]*/simple(/|\b)|(extra-)?index-url [^\n]*http")
    found = [p.name for p in tracked_text() if p != Path(__file__) and index.search(p.read_bytes())]
    assert found == []


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) < LONGEST_README


def test_every_stage_is_in_the_glossary() -> None:
    words = set(re.findall(r"\*\*(.+?)\*\*", (ROOT / "GLOSSARY.md").read_text()))
    known = {word.strip() for entry in words for word in entry.split(",")}
    assert {
        "raw",
        "valid",
        "record",
        "pair",
        "cluster",
        "resident",
        "household",
        "run",
        "quarantine",
    } <= known
