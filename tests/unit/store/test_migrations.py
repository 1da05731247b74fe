from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from linkage.errors import StoreError
from linkage.schema.ddl import metadata
from linkage.store import migrate
from linkage.store.migrations import alembic_config


def differences(engine: sa.Engine) -> list:
    with engine.connect() as connection:
        options = {
            "include_schemas": True,
            "version_table_schema": "operations",
            "compare_server_default": True,
        }
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata())


def test_a_migrated_database_is_the_declared_one(empty_engine: sa.Engine) -> None:
    assert differences(empty_engine)
    migrate(empty_engine)
    assert differences(empty_engine) == []


def test_migrating_again_changes_nothing(engine: sa.Engine) -> None:
    migrate(engine)
    assert differences(engine) == []


def test_several_programs_may_migrate_at_once(empty_engine: sa.Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: migrate(empty_engine), range(4)))
    assert differences(empty_engine) == []


def test_going_back_is_refused_and_loses_nothing(engine: sa.Engine) -> None:
    with pytest.raises(StoreError, match="ledger of resident ids"), engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    assert differences(engine) == []


def test_migrating_says_nothing(empty_engine: sa.Engine, capfd: pytest.CaptureFixture[str]) -> None:
    migrate(empty_engine)
    assert capfd.readouterr() == ("", "")


def test_a_database_that_is_down_is_told_without_its_address() -> None:
    down = sa.create_engine("postgresql+psycopg://clerk:opensesame@127.0.0.1:9/index")
    with pytest.raises(StoreError) as caught:
        migrate(down)
    said = f"{caught.value}{caught.value.__cause__}"
    assert not any(secret in said for secret in ("opensesame", "clerk", "127.0.0.1"))
    assert caught.value.__suppress_context__
