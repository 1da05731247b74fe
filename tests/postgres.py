"""A PostgreSQL server of a test's own, which it may restart and kill."""

import os
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.postgres import program_folder

VARIABLE = "RESIDENT_INDEX_TEST_POSTGRES"
"""Names the folder of the programs of another PostgreSQL than the embedded one."""
ACCESS = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
HASTE = "-c fsync=off -c full_page_writes=off"
STARTING_SECONDS = 60


def programs() -> Path:
    return Path(os.environ[VARIABLE]) if VARIABLE in os.environ else program_folder()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@dataclass
class Server:
    """A server; it is stopped, and its files are removed, by whoever made it.

    Attributes:
        folder: Its data and its socket.
        programs: Folder of its programs.
        locale: Words of initdb about languages.
        port: Port that its socket is named after, and that it listens on.
        owner_password: Password of `owner`, a role that may make databases and no more.
    """

    folder: Path
    programs: Path = field(default_factory=programs)
    locale: Sequence[str] = ("--locale=C.UTF-8",)
    port: int = field(default_factory=free_port)
    owner_password: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)

    @property
    def superuser_url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.folder}&port={self.port}"

    @property
    def url(self) -> str:
        """Of the role's own database, by the socket, where nobody is asked for a password."""
        return f"postgresql://owner@/owner?host={self.folder}&port={self.port}"

    @property
    def url_with_password(self) -> str:
        return f"postgresql://owner:{self.owner_password}@127.0.0.1:{self.port}/owner"

    def make(self) -> None:
        """Make the database and the role, and start."""
        user = system_user()
        if user is not None:
            subprocess.run(["chown", user, str(self.folder)], check=True)
        initdb = ["initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", *self.locale]
        self._do(*initdb, "-D", str(self.data))
        (self.data / "pg_hba.conf").write_text(ACCESS, encoding="utf-8")
        self.start()
        self._do(
            "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname", self.superuser_url,
            said=f"CREATE ROLE owner LOGIN CREATEDB PASSWORD '{self.owner_password}';\n"
            "CREATE DATABASE owner OWNER owner;\n",
        )  # fmt: skip

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        """Start, or start again: a server that was killed waits for its last processes, then recovers."""
        options = f"-h 127.0.0.1 -p {self.port} -k {self.folder} {HASTE}"
        latest = time.monotonic() + STARTING_SECONDS
        words = ["-w", "-t", "30", "-D", str(self.data), "-l", str(self.data / "log"), "-o", options, "start"]
        while True:
            try:
                self._do("pg_ctl", *words)
            except subprocess.CalledProcessError:
                if time.monotonic() > latest:
                    raise
                time.sleep(0.1)
            else:
                return

    def restart(self) -> None:
        """As when the machine is started anew: nothing is written out, nobody is waited for."""
        self._do("pg_ctl", "-w", "-D", str(self.data), "-m", "immediate", "stop")
        self.start()

    def kill(self) -> None:
        """Kill -9 the server's first process; the others notice."""
        first = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(first, signal.SIGKILL)

    def stop(self) -> None:
        self._do("pg_ctl", "-w", "-D", str(self.data), "-m", "immediate", "stop")

    def _do(self, program: str, *words: str, said: str = "") -> None:
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        with tempfile.TemporaryFile() as output:  # a server keeps it open: a pipe would never end
            subprocess.run(
                [str(self.programs / program), *words],
                user=system_user(),
                env=environment,
                cwd=self.folder,
                input=said.encode(),
                stdout=output,
                stderr=output,
                check=True,
            )


def system_user() -> str | None:
    """Whom PostgreSQL runs as, which refuses to run as root; nobody else when we are not."""
    return "nobody" if os.geteuid() == 0 else None
