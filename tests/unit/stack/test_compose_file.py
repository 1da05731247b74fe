"""What docker-compose.yml promises: valid by the specification, whole, and with nothing given away."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from rehearsal.dotenv import make_values, read_example
from rehearsal.interpolation import names

ONE_SHOTS = {"airflow-migrate", "index-migrate"}
LONG_RUNNING = {"postgres", "api-server", "scheduler", "dag-processor", "triggerer"}
SERVICES = sorted(ONE_SHOTS | LONG_RUNNING)
SECRET = re.compile(r"PASSWORD|SECRET|FERNET_KEY|SQL_ALCHEMY_CONN|DATABASE_URL")
PINNED = re.compile(r"^[a-z0-9./-]+:\d+\.\d+(\.\d+)?(-[a-z0-9]+)*$")


def service(compose: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = compose["services"][name]
    return found


def test_the_file_follows_the_compose_specification(root: Path) -> None:
    words = ["--builtin-schema", "vendor.compose-spec", str(root / "docker-compose.yml")]
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_schema_check_refuses_a_misspelt_key(root: Path, tmp_path: Path) -> None:
    broken = tmp_path / "docker-compose.yml"
    broken.write_text((root / "docker-compose.yml").read_text().replace("healthcheck:", "healthchek:"))
    words = ["--builtin-schema", "vendor.compose-spec", str(broken)]
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *words], capture_output=True, check=False
    )
    assert done.returncode == 1


def test_the_services_are_those_that_the_docs_name(compose: dict[str, Any], root: Path) -> None:
    assert sorted(compose["services"]) == SERVICES
    page = (root / "docs/how-to/run-the-stack.md").read_text()
    assert [name for name in SERVICES if f"`{name}`" not in page] == []


@pytest.mark.parametrize("name", SERVICES)
def test_whatever_a_service_depends_on_is_there_and_waited_for(compose: dict[str, Any], name: str) -> None:
    for other, how in service(compose, name).get("depends_on", {}).items():
        expected = "service_completed_successfully" if other in ONE_SHOTS else "service_healthy"
        assert how == {"condition": expected}
        assert other in compose["services"]


def test_every_named_volume_is_declared_and_used(compose: dict[str, Any]) -> None:
    mounts = [mount for part in compose["services"].values() for mount in part.get("volumes", [])]
    named = {mount.split(":")[0] for mount in mounts if not mount.startswith((".", "/", "$"))}
    assert named == set(compose["volumes"])


def test_every_network_is_declared_and_the_databases_is_closed(compose: dict[str, Any]) -> None:
    used = {network for part in compose["services"].values() for network in part["networks"]}
    assert used == set(compose["networks"])
    assert service(compose, "postgres")["networks"] == ["inside"]
    assert compose["networks"]["inside"] == {"internal": True}


@pytest.mark.parametrize("name", sorted(LONG_RUNNING))
def test_a_long_running_service_has_a_health_check_and_comes_back(compose: dict[str, Any], name: str) -> None:
    check = service(compose, name)["healthcheck"]
    assert check.keys() == {"test", "interval", "timeout", "retries", "start_period"}
    assert check["test"][0] == "CMD"
    assert service(compose, name)["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", sorted(ONE_SHOTS))
def test_a_one_shot_ends_and_is_not_started_again(compose: dict[str, Any], name: str) -> None:
    assert not service(compose, name).keys() & {"healthcheck", "restart"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_has_no_more_rights_than_it_needs(compose: dict[str, Any], name: str) -> None:
    part = service(compose, name)
    assert part["user"].split(":")[0] not in {"", "0", "root"}
    assert part["cap_drop"] == ["ALL"]
    assert part["security_opt"] == ["no-new-privileges:true"]
    assert part["read_only"] is True
    assert not part.keys() & {"privileged", "cap_add", "pid", "network_mode", "env_file"}


def test_images_are_pinned_and_ours_has_the_packages_version(compose: dict[str, Any], root: Path) -> None:
    assert [part["image"] for part in compose["services"].values() if not PINNED.match(part["image"])] == []
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    built = {part["image"] for part in compose["services"].values() if "build" in part}
    assert built == {f"residents-index:{version}"}


def test_the_rehearsed_postgresql_is_the_one_that_the_file_pins(compose: dict[str, Any]) -> None:
    from rehearsal.postgres import program_folder

    said = subprocess.run(
        [program_folder() / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    assert service(compose, "postgres")["image"] == f"postgres:{said.split()[-1]}"


def test_the_data_of_postgresql_18_is_on_its_volume(compose: dict[str, Any]) -> None:
    assert "postgres-data:/var/lib/postgresql" in service(compose, "postgres")["volumes"]


def test_every_secret_comes_from_the_environment_and_must_be_set(compose: dict[str, Any]) -> None:
    for part in compose["services"].values():
        for name, value in part["environment"].items():
            if SECRET.search(name) and not name.endswith("_FILE"):
                assert ":?" in value, name
                assert re.search(r"://[^:@$]*:[^$@]+@", value) is None, name


def test_the_example_has_every_setting_of_the_file_and_no_other(
    compose: dict[str, Any], example: str
) -> None:
    listed = {setting.name: setting for setting in read_example(example)}
    referred = dict(names(compose))
    assert listed.keys() == referred.keys()
    assert {n for n, is_required in referred.items() if is_required} == {
        n for n, s in listed.items() if s.recipe
    }


def test_no_usable_secret_is_in_the_example(example: str) -> None:
    assert [s.name for s in read_example(example) if SECRET.search(s.name) and s.default] == []
    first, second = (make_values(read_example(example)) for _ in range(2))
    recipes = [s.name for s in read_example(example) if s.recipe]
    assert all(first[name] != second[name] and len(first[name]) >= 32 for name in recipes)


def test_passwords_that_become_part_of_an_address_need_no_quoting(example: str) -> None:
    values = make_values(read_example(example))
    assert all(values[name].isalnum() for name in values if name.endswith("DATABASE_PASSWORD"))


def test_ports_are_open_to_this_machine_only(compose: dict[str, Any]) -> None:
    ports = {name: part["ports"] for name, part in compose["services"].items() if "ports" in part}
    assert list(ports) == ["api-server"]
    assert all(port.startswith("127.0.0.1:") for port in ports["api-server"])


def test_only_services_that_need_it_know_the_index(compose: dict[str, Any]) -> None:
    knowing = {
        name
        for name, part in compose["services"].items()
        if "RESIDENT_INDEX_DATABASE_URL" in part["environment"]
    }
    assert knowing == {"index-migrate", "scheduler"}
    mounting = {name for name, part in compose["services"].items() if "/extracts" in str(part.get("volumes"))}
    assert mounting == {"scheduler"}
    assert any(mount.endswith(":/extracts:ro") for mount in service(compose, "scheduler")["volumes"])
