"""Alembic's entry: run the migrations over the connection that `migrate` opened."""

import sqlalchemy as sa
from alembic import context

from linkage.schema.ddl import metadata

VERSION_SCHEMA = "operations"


def run() -> None:
    """Run the migrations that were asked for."""
    connection = context.config.attributes["connection"]
    connection.execute(sa.text(f"CREATE SCHEMA IF NOT EXISTS {VERSION_SCHEMA}"))
    context.configure(
        connection=connection,
        target_metadata=metadata(),
        include_schemas=True,
        version_table_schema=VERSION_SCHEMA,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
