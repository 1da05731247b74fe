"""From the words of a container to those of this machine."""

import sys
from pathlib import Path

import pytest

from rehearsal.compose import Mount, Service, load_file, read_services
from rehearsal.dotenv import make_values, read_example
from rehearsal.errors import ComposeFileError
from rehearsal.places import Places, container_ports, free_ports, is_port

MOUNTS = (Mount("data", "/var/lib/data"), Mount("./deploy", "/init"), Mount(None, "/tmp"))


def a_service(**environment: str) -> Service:
    return Service("one", "ours:1.0", True, ("airflow",), environment, {}, MOUNTS, None, 10.0)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(
        project=tmp_path / "project",
        scratch=tmp_path / "scratch",
        postgres_programs=tmp_path / "pg",
        services=frozenset({"one", "postgres"}),
        ports={"5432": 40001, "8080": 40002},
    )


@pytest.mark.parametrize(
    ("said", "here"),
    [
        ("http://one:8080/x", "http://127.0.0.1:40002/x"),
        ("http://localhost:8080", "http://127.0.0.1:40002"),
        (
            "postgresql+psycopg://who:pass@postgres:5432/db",
            "postgresql+psycopg://who:pass@127.0.0.1:40001/db",
        ),
        ("urlopen('http://127.0.0.1:8080/h', timeout=5)", "urlopen('http://127.0.0.1:40002/h', timeout=5)"),
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104  the text to be replaced
        ("LocalExecutor", "LocalExecutor"),
    ],
)
def test_addresses_become_local(places: Places, said: str, here: str) -> None:
    assert places.text(a_service(), said) == here


@pytest.mark.parametrize("said", ["http://elsewhere:8080/", "http://example.org:8080", "http://one:9999/"])
def test_an_address_or_port_that_is_no_services_is_refused(places: Places, said: str) -> None:
    with pytest.raises(ComposeFileError):
        places.text(a_service(), said)


def test_paths_become_local_by_the_nearest_mount(places: Places, tmp_path: Path) -> None:
    one = a_service()
    assert places.text(one, "/var/lib/data/a/b") == str(tmp_path / "scratch/volumes/data/a/b")
    assert places.text(one, "/init") == str(tmp_path / "project/deploy")
    assert places.text(one, "/tmp") == str(tmp_path / "scratch/memory/one/tmp")
    assert places.text(one, "/opt/residents-index/dags") == str(tmp_path / "project/dags")


@pytest.mark.parametrize("said", ["/etc/passwd", "/var/lib/database", "/"])
def test_a_path_that_is_nowhere_mounted_is_refused(places: Places, said: str) -> None:
    with pytest.raises(ComposeFileError, match="nowhere mounted"):
        places.text(a_service(), said)


def test_ports_of_the_environment_are_replaced_and_other_numbers_are_not(places: Places) -> None:
    environment = places.environment(a_service(PGPORT="5432", A_PORT="8080", PARALLELISM="8080"))
    assert (environment["PGPORT"], environment["A_PORT"], environment["PARALLELISM"]) == (
        "40001",
        "40002",
        "8080",
    )


def test_nothing_of_this_process_gets_into_a_services_environment(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESIDENT_INDEX_DATABASE_URL", "postgresql://other/")
    assert places.environment(a_service(A="b")).keys() == {"A", "PATH", "TMPDIR", "LANG"}


def test_programs_are_those_of_this_environment(places: Places, tmp_path: Path) -> None:
    here = Path(sys.executable).parent
    one = a_service()
    assert places.command(one, ["airflow", "scheduler"]) == [str(here / "airflow"), "scheduler"]
    assert places.command(one, ["pg_isready"]) == [str(tmp_path / "pg/pg_isready")]
    script = str(tmp_path / "project/deploy/with_login.py")
    assert places.command(one, ["with-login", "airflow", "x"]) == [
        sys.executable,
        script,
        str(here / "airflow"),
        "x",
    ]


@pytest.mark.parametrize("program", ["rm", "bash", "/bin/sh", "with-login-too"])
def test_an_unknown_program_is_refused(places: Places, program: str) -> None:
    with pytest.raises(ComposeFileError, match="not a program"):
        places.command(a_service(), [program])


def test_free_ports_are_all_different() -> None:
    found = free_ports({str(n) for n in range(50)})
    assert len(set(found.values())) == 50


@pytest.mark.parametrize(("name", "expected"), [("PGPORT", True), ("A_PORT", True), ("REPORT", False)])
def test_a_report_is_no_port(name: str, expected: bool) -> None:
    assert is_port(name) is expected


def test_every_word_of_the_real_file_has_a_place(root: Path, example: str, tmp_path: Path) -> None:
    services = read_services(load_file(root / "docker-compose.yml"), make_values(read_example(example)))
    places = Places(
        project=root,
        scratch=tmp_path,
        postgres_programs=tmp_path,
        services=frozenset(s.name for s in services),
        ports=free_ports(container_ports(services)),
    )
    for service in services:
        said = [*places.environment(service).values()]
        if service.is_built:
            said += places.command(service, service.command)
        if service.health:
            said += places.command(service, service.health.command)
        assert [word for word in said if "://" in word and "127.0.0.1" not in word] == []
        assert [word for word in said if word.startswith(("/opt/", "/run/", "/var/lib/"))] == []
