"""The services of the Compose file on this machine: which run, which are ready, and since when."""

import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal import postgres, processes
from rehearsal.compose import Service
from rehearsal.errors import ComposeFileError, RehearsalError
from rehearsal.places import Places

SECONDS_FOR_ONE_SHOT = 120


@dataclass
class Stack:
    """Services, and what has become of them so far."""

    services: Mapping[str, Service]
    places: Places
    logs: Path
    began: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    """Seconds from a service's start until it was ready: healthy, or a one-shot that has ended well."""
    running: dict[str, processes.Running] = field(default_factory=dict)
    servers: dict[str, postgres.EmbeddedPostgres] = field(default_factory=dict)
    killed: list[str] = field(default_factory=list)
    """Services that did not end in the time that the file gives them."""

    def environment(self, name: str) -> dict[str, str]:
        """A service's environment as it is on this machine."""
        return self.places.environment(self.services[name])

    def waiting(self) -> list[Service]:
        """Services that are not ready yet."""
        return [service for name, service in self.services.items() if name not in self.seconds]

    def may_start(self, service: Service) -> bool:
        """Whether all that a service depends on is ready."""
        return service.depends_on.keys() <= self.seconds.keys()

    def start(self, service: Service) -> None:
        """Start a service.

        Raises:
            ComposeFileError: Its image is neither built here nor PostgreSQL's.
            RehearsalError: PostgreSQL does not start.
        """
        self.began[service.name] = time.monotonic()
        environment = self.environment(service.name)
        if service.is_built:
            command = self.places.command(service, service.command)
            log = self.logs / f"{service.name}.log"
            self.running[service.name] = processes.start(service.name, command, environment, log)
        elif service.image.startswith("postgres:") and not service.command:
            self._start_postgres(service, environment)
        else:
            raise ComposeFileError(f"Service {service.name} runs an image that cannot be rehearsed.")

    def _start_postgres(self, service: Service, environment: Mapping[str, str]) -> None:
        volume = self.places.folder(service, postgres.DATA_FOLDER)
        scripts = self.places.folder(service, postgres.INIT_FOLDER)
        if volume is None or scripts is None:
            needed = f"{postgres.DATA_FOLDER} and {postgres.INIT_FOLDER}"
            raise ComposeFileError(f"Service {service.name} needs mounts at {needed}.")
        server = postgres.start(volume / "18", int(environment["PGPORT"]), environment)
        self.servers[service.name] = server
        server.run_scripts(scripts)

    def look(self, service: Service) -> bool:
        """Whether a service that was started is ready now; if so, the time is noted.

        Raises:
            RehearsalError: A one-shot failed, or the service has used up its time.
        """
        taken = time.monotonic() - self.began[service.name]
        if self._is_done(service) if service.health is None else self._is_healthy(service):
            self.seconds[service.name] = taken
            return True
        patience = service.health.patience if service.health else SECONDS_FOR_ONE_SHOT
        if taken > patience:
            raise self.failure(service, f"was not ready within {patience:.0f} s")
        return False

    def _is_done(self, service: Service) -> bool:
        code = self.running[service.name].process.poll()
        if code:
            raise self.failure(service, f"failed with exit code {code}")
        return code == 0

    def _is_healthy(self, service: Service) -> bool:
        if service.health is None:
            return False
        command = self.places.command(service, service.health.command)
        environment = self.environment(service.name)
        try:
            done = subprocess.run(
                command, env=environment, capture_output=True, timeout=service.health.timeout, check=False
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0

    def failure(self, service: Service, what: str) -> RehearsalError:
        """The error that says what a service did wrong, with the end of its log where it has one."""
        said = f"Service {service.name} {what}."
        running = self.running.get(service.name)
        return RehearsalError(f"{said} {running.log_end()}" if running else said)

    def check_alive(self) -> None:
        """Refuse to go on when a service has ended that should not have.

        Raises:
            RehearsalError: Names the service and shows the end of its log.
        """
        for name, running in self.running.items():
            code = running.process.poll()
            if self.services[name].health is not None and code is not None:
                raise self.failure(self.services[name], f"ended by itself with exit code {code}")
