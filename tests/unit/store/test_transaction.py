"""What a person is told when the database refuses, is full, or goes away."""

import psycopg
import pytest
import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.store.transaction import reading, writing


def refused(engine: sa.Engine, error: Exception) -> str:
    with pytest.raises(StoreError) as told, writing(engine):
        raise error
    assert told.value.__suppress_context__
    assert "CANARY" not in str(told.value)
    return str(told.value)


def test_a_full_database_is_told_to_have_no_room(engine: sa.Engine) -> None:
    said = refused(engine, psycopg.errors.DiskFull("CANARY"))
    assert "(DiskFull, 53100); nothing was changed. It has no room left on its disk" in said


def test_a_refusal_says_that_nothing_was_changed(engine: sa.Engine) -> None:
    assert "(NotNullViolation, 23502); nothing was changed. Check" in refused(
        engine, psycopg.errors.NotNullViolation("CANARY")
    )


@pytest.mark.parametrize(
    "error",
    [
        psycopg.errors.AdminShutdown("CANARY"),
        psycopg.OperationalError("CANARY"),
        psycopg.errors.ConnectionFailure(""),
    ],
)
def test_a_lost_connection_does_not_claim_that_nothing_was_changed(
    engine: sa.Engine, error: Exception
) -> None:
    said = refused(engine, error)
    assert "the connection ended, and either all of it has taken effect or nothing" in said
    assert "nothing was changed" not in said


def test_a_connection_that_the_server_ends_is_a_lost_one(engine: sa.Engine) -> None:
    end = sa.text("SELECT pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(StoreError, match="the connection ended"), reading(engine) as connection:
        connection.execute(end)
