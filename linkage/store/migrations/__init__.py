"""Migrations of the index's database, run from the installed package."""

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from linkage.store.transaction import writing

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent
LOCK_NAME = "residents_index.migrate"


def migrate(engine: sa.Engine) -> None:
    """Bring the database to the newest migration; one that is there already is left as it is.

    All migrations run in one transaction: all take effect or none does. A second caller waits.

    Args:
        engine: The index's database.

    Raises:
        StoreError: The database does not answer or refuses.
    """
    from alembic import command  # takes half a second to load, and only this function needs it

    with writing(engine) as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": LOCK_NAME})
        command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: sa.Connection) -> "Config":
    """Alembic's configuration for this package's migrations over an open connection; the caller commits."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
