"""What the code imports is what pyproject.toml declares, and nothing is declared for nothing."""

import ast
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import files, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
FOLDERS = (
    "linkage",
    "expectations",
    "pipeline",
    "service",
    "rehearsal",
    "sample_data",
    "dags",
    "benchmarks",
    "tests",
)
PEERS = Path("benchmarks/peers")
"""Scripts that run in an environment of their own, made from requirements of their own."""
IMPORTERS = ("import_module", "__import__")
METAPACKAGES = {"apache-airflow": ("apache-airflow-core", "apache-airflow-task-sdk")}
"""Distributions without modules of their own, and those that they pin and that hold the modules."""
NEVER_IMPORTED = {
    "apache-airflow-providers-postgres": "brings the async driver that Airflow's engine needs on PostgreSQL",
    "check-jsonschema": "command: the tests check docker-compose.yml with it",
    "import-linter": "command: `lint-imports` in `make check`",
    "mypy": "command: `make check`",
    "pandas-stubs": "types of pandas, read by mypy",
    "pytest-xdist": "plugin of pytest: `make test` runs a worker on each core with it",
    "ruff": "command: `make check` and `make format`",
    "setuptools": "builds the project, without isolation, in `make setup`",
    "types-openpyxl": "types of openpyxl, read by mypy",
    "types-psutil": "types of psutil, read by mypy",
    "types-pyyaml": "types of PyYAML, read by mypy",
    "uv": "command: `make lock`",
}


@cache
def declared() -> dict[str, Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = (*project["dependencies"], *project["optional-dependencies"]["dev"])
    return {canonicalize_name(r.name): r for r in map(Requirement, lines)}


@cache
def declared_of_peers() -> frozenset[str]:
    lines = (ROOT / PEERS / "requirements.in").read_text().splitlines()
    return frozenset(canonicalize_name(Requirement(line).name) for line in lines if line.strip())


def imported_by(source: str) -> Iterator[str]:
    """Dotted names that a module imports, absolute ones only."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and called(node) in IMPORTERS:
            yield named_first(node)


def called(node: ast.Call) -> str:
    function = node.func
    return getattr(function, "attr", "") or getattr(function, "id", "")


def named_first(node: ast.Call) -> str:
    """The name that an import by text begins with; of a text built up, the packages that are written out."""
    given = [*node.args, *(k.value for k in node.keywords if k.arg == "name")]
    name = given[0] if given else None
    if isinstance(name, ast.Constant) and isinstance(name.value, str):
        return name.value
    parts = name.values if isinstance(name, ast.JoinedStr) else [getattr(name, "left", None)]
    start = parts[0] if parts else None
    if isinstance(start, ast.Constant) and isinstance(start.value, str) and "." in start.value:
        return start.value.rpartition(".")[0]
    raise AssertionError(f"line {node.lineno}: the import's name must begin with its package, written out")


@cache
def third_party() -> dict[str, str]:
    """Dotted name -> first file that imports it."""
    every = {path.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")}
    return first_importers(path for path in every if not path.is_relative_to(PEERS))


@cache
def third_party_of_peers() -> dict[str, str]:
    """The same of the peers' scripts, by first package: what they need need not be installed here."""
    of_modules = first_importers(path.relative_to(ROOT) for path in (ROOT / PEERS).rglob("*.py"))
    return {name.partition(".")[0]: path for name, path in of_modules.items()}


def first_importers(paths: Iterable[Path]) -> dict[str, str]:
    found: dict[str, str] = {}
    own = {*FOLDERS, *sys.stdlib_module_names, ""}
    for path in sorted(paths):
        for name in imported_by((ROOT / path).read_text()):
            if name.partition(".")[0] not in own:
                found.setdefault(name, str(path))
    return found


@cache
def holders() -> Mapping[str, list[str]]:
    """First package -> distributions that hold modules of it; read once, for reading takes a while."""
    return packages_distributions()


@cache
def files_of(distribution: str) -> frozenset[str]:
    return frozenset(str(file) for file in files(distribution) or ())


def places(name: str) -> Iterator[set[str]]:
    """Files that may hold a dotted name, of the longest module that it may name first."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        place = "/".join(parts[:length])
        yield {f"{place}.py", f"{place}/__init__.py"}


@cache
def distributions_of(name: str) -> frozenset[str]:
    """Distributions that hold a module; where several share its first package, those that have its file."""
    sharing = set(holders().get(name.partition(".")[0], ()))
    if len(sharing) > 1:
        by_file = ({s for s in sharing if files_of(s) & place} for place in places(name))
        sharing = next(filter(None, by_file), sharing)
    whole = {meta for meta, parts in METAPACKAGES.items() if sharing & set(parts)}
    return frozenset(canonicalize_name(distribution) for distribution in sharing | whole)


def test_every_third_party_import_is_declared() -> None:
    undeclared = [
        f"{path} imports {name} of {' or '.join(sorted(distributions_of(name))) or 'no distribution'}"
        for name, path in sorted(third_party().items())
        if not distributions_of(name) & declared().keys()
    ]
    assert undeclared == []


def test_what_the_peers_scripts_import_is_declared_for_their_environment_and_nothing_else_is() -> None:
    imported = {canonicalize_name(name): path for name, path in third_party_of_peers().items()}
    undeclared = [
        f"{path} imports {name}" for name, path in sorted(imported.items()) if name not in declared_of_peers()
    ]
    assert undeclared == []
    assert sorted(declared_of_peers() - imported.keys()) == []


def test_every_declared_dependency_is_imported_or_used_otherwise_for_a_reason() -> None:
    imported = {holder for name in third_party() for holder in distributions_of(name)}
    assert sorted(declared().keys() - imported - NEVER_IMPORTED.keys()) == []


def test_no_reason_outlives_its_dependency() -> None:
    imported = {holder for name in third_party() for holder in distributions_of(name)}
    assert sorted(NEVER_IMPORTED.keys() - (declared().keys() - imported)) == []


@pytest.mark.parametrize(("meta", "parts"), METAPACKAGES.items())
def test_a_metapackage_asks_for_the_parts_that_stand_for_it(meta: str, parts: tuple[str, ...]) -> None:
    assert set(parts) <= {Requirement(line).name for line in requires(meta) or ()}


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import one.two as three", "one.two"),
        ("from one.two import three", "one.two.three"),
        ("def late():\n    import one", "one"),
        ("import_module('one.two')", "one.two"),
        ("importlib.import_module(name='one')", "one"),
        ("__import__('one')", "one"),
        ("import_module(f'one.two.{rest}')", "one.two"),
        ("import_module('one.two.' + rest)", "one.two"),
    ],
)
def test_each_way_to_import_is_seen(source: str, name: str) -> None:
    assert list(imported_by(source)) == [name]


@pytest.mark.parametrize("source", ["import_module(name)", "import_module(f'{name}.two')"])
def test_an_import_whose_package_is_not_written_out_is_refused(source: str) -> None:
    with pytest.raises(AssertionError, match="written out"):
        list(imported_by(source))


def test_a_relative_import_is_the_projects_own() -> None:
    assert list(imported_by("from . import one\nfrom .one import two")) == []
