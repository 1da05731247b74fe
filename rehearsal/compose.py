"""The Compose file as the rehearsal reads it: services, in order, with what can be run without an engine."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, Literal

import yaml

from rehearsal.errors import ComposeFileError
from rehearsal.interpolation import fill_all

Condition = Literal["service_healthy", "service_completed_successfully"]

REHEARSED = {
    "command",
    "environment",
    "depends_on",
    "healthcheck",
    "volumes",
    "tmpfs",
    "image",
    "build",
    "stop_grace_period",
}
LEFT_TO_THE_ENGINE = {
    "user": "the user that a service runs as",
    "read_only": "read-only root file systems",
    "cap_drop": "dropped capabilities",
    "security_opt": "no new privileges",
    "init": "an init process",
    "networks": "networks",
    "ports": "published ports",
    "restart": "restarts",
    "shm_size": "shared memory",
}
ENGINES_GRACE = "10s"
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class HealthCheck:
    """When a service counts as healthy: the command to run, and the seconds it is given until then."""

    command: tuple[str, ...]
    timeout: float
    patience: float


@dataclass(frozen=True)
class Mount:
    """A folder of a container: where it comes from (`None`: memory), and where it is."""

    source: str | None
    target: str


@dataclass(frozen=True)
class Service:
    """One service, its texts filled in; without a health check it is a one-shot: it is to end by itself."""

    name: str
    image: str
    is_built: bool
    command: tuple[str, ...]
    environment: Mapping[str, str]
    depends_on: Mapping[str, Condition]
    mounts: tuple[Mount, ...]
    health: HealthCheck | None
    grace: float
    """Seconds it is given to stop."""


def load_file(path: Path) -> dict[str, Any]:
    """The Compose file's content, references not filled in.

    Raises:
        ComposeFileError: It cannot be read as YAML.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ComposeFileError(f"{path.name} cannot be read ({type(error).__name__}). Is it YAML?") from None
    if not isinstance(content, dict) or not isinstance(content.get("services"), dict):
        raise ComposeFileError(f"{path.name} has no `services`.")
    return content


def read_services(content: Mapping[str, Any], values: Mapping[str, str]) -> list[Service]:
    """The services, each after those it depends on.

    Args:
        content: The file as `load_file` gives it.
        values: Settings by name, as in .env.

    Raises:
        ComposeFileError: A service has a part that is neither rehearsed nor knowingly left to the engine, or
            depends on one that is not there.
    """
    services = {name: _service(name, fill_all(part, values)) for name, part in content["services"].items()}
    for service in services.values():
        _check_dependencies(service, services)
    try:
        order = TopologicalSorter({s.name: sorted(s.depends_on) for s in services.values()}).static_order()
        return [services[name] for name in order]
    except CycleError:
        raise ComposeFileError("Services of the Compose file depend on each other in a circle.") from None


def _check_dependencies(service: Service, services: Mapping[str, Service]) -> None:
    for other, condition in service.depends_on.items():
        if other not in services:
            raise ComposeFileError(f"Service {service.name} depends on {other}, which is not in the file.")
        if (condition == "service_completed_successfully") != (services[other].health is None):
            raise ComposeFileError(
                f"Service {service.name} waits for {other} to be `{condition}`, which it can never be: "
                "a service with a health check gets healthy, one without ends."
            )


def _service(name: str, part: Mapping[str, Any]) -> Service:
    unknown = part.keys() - REHEARSED - LEFT_TO_THE_ENGINE.keys()
    if unknown:
        raise ComposeFileError(
            f"Service {name} has `{sorted(unknown)[0]}`, which the rehearsal does not know. "
            "Add it to rehearsal/compose.py."
        )
    return Service(
        name=name,
        image=part.get("image", ""),
        is_built="build" in part,
        command=_words(name, "command", part.get("command", [])),
        environment=_environment(name, part.get("environment", {})),
        depends_on={other: how["condition"] for other, how in part.get("depends_on", {}).items()},
        mounts=_mounts(part),
        health=_health(name, part.get("healthcheck")),
        grace=seconds(part.get("stop_grace_period", ENGINES_GRACE)),
    )


def _words(name: str, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ComposeFileError(
            f"`{key}` of service {name} is not a list of words, the only form that needs no shell."
        )
    return tuple(str(word) for word in value)


def _environment(name: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise ComposeFileError(
            f"`environment` of service {name} is not a mapping to texts: quote numbers and true/false."
        )
    return value


def _mounts(part: Mapping[str, Any]) -> tuple[Mount, ...]:
    volumes = [volume.split(":") for volume in part.get("volumes", [])]
    memory = [Mount(None, entry.split(":")[0]) for entry in part.get("tmpfs", [])]
    return (*(Mount(words[0], words[1]) for words in volumes), *memory)


def _health(name: str, part: Mapping[str, Any] | None) -> HealthCheck | None:
    if part is None:
        return None
    kind, *command = _words(name, "healthcheck", part["test"])
    if kind != "CMD" or not command:
        raise ComposeFileError(f"The health check of service {name} is not of the form [CMD, program, ...].")
    interval, timeout, start = (seconds(part[key]) for key in ("interval", "timeout", "start_period"))
    return HealthCheck(tuple(command), timeout, start + int(part["retries"]) * (interval + timeout))


def seconds(text: str) -> float:
    """Seconds of a Compose duration such as `1m30s`."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h)", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ComposeFileError(f"`{text}` is not a duration such as 30s or 1m30s.")
    return sum(float(number) * SECONDS[unit] for number, unit in parts)
