"""Every test that uses a database, again, on a PostgreSQL that is not embedded: `make test-server`.

It takes the newest PostgreSQL that the machine has installed, starts a server of it in a temporary folder, in English
order of letters rather than that of code points, and gives the tests a role that may make databases and no more.
To test on a server of yours instead, set RESIDENT_INDEX_DATABASE_URL and run pytest.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import databases, postgres

INSTALLED = Path("/usr/lib/postgresql")
ENGLISH = ("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-GB")
OLDEST = 15
WANTING = (
    f"No PostgreSQL {OLDEST} or newer is installed below {INSTALLED}, and {postgres.VARIABLE} names no folder of its "
    "programs. `apt-get install postgresql` installs one."
)


def installed() -> Path | None:
    """Folder of the programs of the newest PostgreSQL here, or of the one that is asked for."""
    if postgres.VARIABLE in os.environ:
        return Path(os.environ[postgres.VARIABLE])
    found = [path for path in INSTALLED.glob("*/bin") if path.parent.name.isdecimal()]
    newest = max(found, key=lambda path: int(path.parent.name), default=None)
    return newest if newest is not None and int(newest.parent.name) >= OLDEST else None


def main(words: list[str]) -> int:
    """Run the tests; words for pytest narrow down which."""
    programs = installed()
    if programs is None:
        print(WANTING, file=sys.stderr)  # noqa: T201
        return 2
    with tempfile.TemporaryDirectory(prefix="ri-", dir="/tmp") as folder:
        server = postgres.Server(Path(folder), programs=programs, locale=ENGLISH)
        server.make()
        given = {databases.VARIABLE: server.url_with_password, postgres.VARIABLE: str(programs)}
        asked = [sys.executable, "-m", "pytest", "-m", "database and not soak", *words]
        try:
            return subprocess.run(asked, env={**os.environ, **given}, check=False).returncode
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
