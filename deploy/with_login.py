#!/usr/bin/env python3
"""Write the login file of Airflow's API server from the environment, then become the command given.

Airflow's simple auth manager makes up a password and prints it to the log when it finds none. This writes the
one that was set instead, into a file that only this user can read, and takes it out of the environment. Needs
the standard library only. Usage: with-login airflow api-server
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

FILE_VARIABLE = "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"
NAME_VARIABLE = "AIRFLOW_LOGIN_NAME"
PASSWORD_VARIABLE = "AIRFLOW_LOGIN_PASSWORD"  # noqa: S105  a variable's name
SHORTEST_PASSWORD = 12


def write_login(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for the server, once its login file is written.

    Args:
        environment: Holds the file's path, the login's name and its password.

    Returns:
        The same without the password.

    Raises:
        SystemExit: A variable is missing or the password is too short; the message never shows it.
    """
    for name in (FILE_VARIABLE, NAME_VARIABLE, PASSWORD_VARIABLE):
        if not environment.get(name):
            raise SystemExit(f"with-login: {name} is not set. See .env.example.")
    password = environment[PASSWORD_VARIABLE]
    if len(password) < SHORTEST_PASSWORD:
        raise SystemExit(f"with-login: {PASSWORD_VARIABLE} needs at least {SHORTEST_PASSWORD} characters.")
    path = Path(environment[FILE_VARIABLE])
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps({environment[NAME_VARIABLE]: password}), encoding="utf-8")
    return {name: value for name, value in environment.items() if name != PASSWORD_VARIABLE}


def main(command: list[str]) -> None:
    """Write the login, then replace this process by the command."""
    if not command:
        raise SystemExit("with-login: no command given. Usage: with-login airflow api-server")
    environment = write_login(os.environ)
    os.execvpe(command[0], command, environment)  # noqa: S606  the command is the image's own


if __name__ == "__main__":
    main(sys.argv[1:])
