"""Where the things of a container are on this machine: the one mapping from the file's words to local ones.

| in the container                            | here                                                        |
|---------------------------------------------|-------------------------------------------------------------|
| a service's name, localhost, 127.0.0.1      | 127.0.0.1; also for 0.0.0.0: nobody else is to listen in    |
| a port, named by a `..._PORT` or PGPORT     | a free port                                                 |
| a program                                   | that of this Python environment or the embedded PostgreSQL  |
| `with-login`, the folder of DAGs            | the files that the Dockerfile copies there                  |
| a named volume                              | a temporary folder, the same for every service              |
| a folder in memory                          | a temporary folder of the service's own                     |
| a folder of the project                     | that folder                                                 |

Anything else is refused, so that no path or address of a container is tried on this machine by mistake.
"""

import re
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rehearsal.compose import Mount, Service
from rehearsal.errors import ComposeFileError

ADDRESS = re.compile(r"(?P<before>://(?:[^/@\s]*@)?)(?P<host>[A-Za-z0-9.-]+):(?P<port>\d+)")
HERE = "127.0.0.1"
ANYBODY = "0.0.0.0"  # noqa: S104  recognised here in order to be replaced
IMAGE_FOLDERS = {"/opt/residents-index/dags": "dags"}
IMAGE_SCRIPTS = {"with-login": "deploy/with_login.py"}
PYTHON_PROGRAMS = frozenset({"airflow", "resident-index"})
POSTGRES_PROGRAMS = frozenset({"pg_isready"})


@dataclass(frozen=True)
class Places:
    """The mapping for one rehearsal."""

    project: Path
    scratch: Path
    postgres_programs: Path
    services: frozenset[str]
    ports: Mapping[str, int]

    def folder(self, service: Service, path: str) -> Path | None:
        """The local folder or file of a container's path; `None` for a path that is nowhere here."""
        image = {target: self.project / local for target, local in IMAGE_FOLDERS.items()}
        known = image | {mount.target: self.mounted(service, mount) for mount in service.mounts}
        for target in sorted(known, key=len, reverse=True):
            if path == target or path.startswith(f"{target}/"):
                return known[target] / path.removeprefix(target).lstrip("/")
        return None

    def mounted(self, service: Service, mount: Mount) -> Path:
        """The local folder behind a mount."""
        if mount.source is None:
            return self.scratch / "memory" / service.name / mount.target.strip("/").replace("/", "-")
        if mount.source.startswith((".", "/")):
            return (self.project / mount.source).resolve()
        return self.scratch / "volumes" / mount.source

    def command(self, service: Service, words: Sequence[str]) -> list[str]:
        """A command of the file as it is run here.

        Raises:
            ComposeFileError: Its program, or an address or path in it, has no place here.
        """
        if words[0] in IMAGE_SCRIPTS:
            script = str(self.project / IMAGE_SCRIPTS[words[0]])
            return [sys.executable, script, *self.command(service, words[1:])]
        return [self._program(words[0]), *(self.text(service, word) for word in words[1:])]

    def environment(self, service: Service) -> dict[str, str]:
        """A service's environment here: what the file says, and where programs and scratch files are."""
        said = {name: self._value(service, name, value) for name, value in service.environment.items()}
        path = f"{Path(sys.executable).parent}:{self.postgres_programs}:/usr/local/bin:/usr/bin:/bin"
        return {**said, "PATH": path, "TMPDIR": str(self.folder(service, "/tmp")), "LANG": "C.UTF-8"}  # noqa: S108

    def text(self, service: Service, text: str) -> str:
        """A text with container addresses and paths replaced by local ones.

        Raises:
            ComposeFileError: It names a path that is nowhere mounted, or an address that is no service's.
        """
        if text == ANYBODY:
            return HERE
        if text.startswith("/"):
            local = self.folder(service, text)
            if local is None:
                raise ComposeFileError(
                    f"Service {service.name} names a path that is nowhere mounted: {text}."
                )
            return str(local)
        return ADDRESS.sub(self._address, text)

    def _value(self, service: Service, name: str, value: str) -> str:
        return str(self._port(value)) if is_port(name) else self.text(service, value)

    def _address(self, match: re.Match[str]) -> str:
        if match["host"] not in {*self.services, "localhost", HERE}:
            raise ComposeFileError(
                f"`{match['host']}` is neither a service of the Compose file nor this machine."
            )
        return f"{match['before']}{HERE}:{self._port(match['port'])}"

    def _port(self, port: str) -> int:
        if port not in self.ports:
            raise ComposeFileError(
                f"Port {port} is no `..._PORT` of any service's environment. State it there."
            )
        return self.ports[port]

    def _program(self, name: str) -> str:
        if name == "python":
            return sys.executable
        if name in PYTHON_PROGRAMS:
            return str(Path(sys.executable).parent / name)
        if name in POSTGRES_PROGRAMS:
            return str(self.postgres_programs / name)
        raise ComposeFileError(
            f"`{name}` is not a program that the rehearsal knows. Add it to rehearsal/places.py."
        )


def is_port(name: str) -> bool:
    """Whether a variable of an environment names a port."""
    return name == "PGPORT" or name.endswith("_PORT")


def container_ports(services: Sequence[Service]) -> set[str]:
    """Every port that the services' environments name."""
    return {value for s in services for name, value in s.environment.items() if is_port(name)}


def free_ports(ports: set[str]) -> dict[str, int]:
    """A free local port for each container port, all different."""
    sockets = {port: socket.socket() for port in sorted(ports)}
    try:
        for held in sockets.values():
            held.bind((HERE, 0))
        return {port: held.getsockname()[1] for port, held in sockets.items()}
    finally:
        for held in sockets.values():
            held.close()
