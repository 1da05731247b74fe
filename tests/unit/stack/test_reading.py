"""Reading a Compose file for a rehearsal: what is understood, and what is refused."""

from pathlib import Path
from typing import Any

import pytest

from rehearsal.compose import HealthCheck, Mount, load_file, read_services, seconds
from rehearsal.errors import ComposeFileError

HEALTHY = {
    "test": ["CMD", "python", "-V"],
    "interval": "5s",
    "timeout": "2s",
    "retries": 3,
    "start_period": "1m",
}


def read_one(**part: Any) -> Any:
    return read_services({"services": {"one": part}}, {"A": "1"})[0]


def test_a_service_is_read_with_its_texts_filled_in() -> None:
    one = read_one(
        build=".",
        image="ours:1.0",
        command=["python", "-c", "${A}"],
        environment={"X": "${A}"},
        healthcheck=HEALTHY,
        volumes=["data:/data", "./here:/there:ro"],
        tmpfs=["/tmp:mode=0700"],
        stop_grace_period="1m30s",
    )
    assert (one.command, one.environment, one.grace) == (("python", "-c", "1"), {"X": "1"}, 90.0)
    assert one.mounts == (Mount("data", "/data"), Mount("./here", "/there"), Mount(None, "/tmp"))
    assert one.health == HealthCheck(("python", "-V"), timeout=2.0, patience=60 + 3 * (5 + 2))


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"privileged": True}, "`privileged`"),
        ({"command": "airflow scheduler"}, "list of words"),
        ({"environment": ["A=1"]}, "mapping to texts"),
        ({"environment": {"A": 1}}, "quote numbers"),
        ({"healthcheck": HEALTHY | {"test": ["CMD-SHELL", "true"]}}, "form"),
        ({"healthcheck": HEALTHY | {"interval": "often"}}, "duration"),
        ({"depends_on": {"two": {"condition": "service_healthy"}}}, "not in the file"),
    ],
)
def test_what_is_not_understood_is_refused(part: dict[str, Any], message: str) -> None:
    with pytest.raises(ComposeFileError, match=message):
        read_one(image="ours:1.0", **part)


def test_services_come_after_those_they_depend_on() -> None:
    content = {
        "services": {
            "b": {"depends_on": {"a": {"condition": "service_completed_successfully"}}},
            "a": {"depends_on": {"c": {"condition": "service_healthy"}}},
            "c": {"healthcheck": HEALTHY},
        }
    }
    assert [service.name for service in read_services(content, {})] == ["c", "a", "b"]


def test_a_circle_is_refused() -> None:
    wait = {"condition": "service_completed_successfully"}
    content = {"services": {"a": {"depends_on": {"b": wait}}, "b": {"depends_on": {"a": wait}}}}
    with pytest.raises(ComposeFileError, match="circle"):
        read_services(content, {})


def test_waiting_for_a_one_shot_to_be_healthy_is_refused() -> None:
    content = {"services": {"a": {"depends_on": {"b": {"condition": "service_healthy"}}}, "b": {}}}
    with pytest.raises(ComposeFileError, match="never be"):
        read_services(content, {})


@pytest.mark.parametrize(("text", "value"), [("5s", 5), ("1m30s", 90), ("500ms", 0.5), ("1.5h", 5400)])
def test_durations_are_seconds(text: str, value: float) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize("text", ["a: [", "services: 1", "other: {}", "[]"])
def test_a_file_without_services_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "docker-compose.yml"
    path.write_text(text)
    with pytest.raises(ComposeFileError):
        load_file(path)
