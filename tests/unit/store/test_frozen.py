"""What weights were frozen with comes back from the database to the last bit."""

import pandas as pd
import pytest
import sqlalchemy as sa

from linkage.schema import FREQUENCY, conform
from linkage.store.frozen import keep_frozen, read_frozen

NUMBERS = {"record_count": 3, "pair_count": 0.1 + 0.2, "means": {"surname": [1 / 3, 2e-17]}}


@pytest.fixture
def table() -> pd.DataFrame:
    held = {
        "key": ["surname", "surname", "full name"],
        "fingerprint": [2**62 + 1, -(2**63), 7],
        "record_count": [5, 3, 2],
        "part_product": [None, None, 1 / 7],
    }
    return conform(pd.DataFrame(held), FREQUENCY)


def test_what_was_frozen_comes_back_to_the_last_bit(engine: sa.Engine, table: pd.DataFrame) -> None:
    frozen_id = keep_frozen(engine, table, NUMBERS, model_version="m")
    kept = read_frozen(engine, frozen_id, model_version="m")
    assert kept is not None
    ordered = table.sort_values(["key", "fingerprint"], ignore_index=True)
    pd.testing.assert_frame_equal(kept[0], ordered, check_exact=True)
    assert kept[1] == NUMBERS


def test_keeping_it_again_in_any_order_changes_nothing(engine: sa.Engine, table: pd.DataFrame) -> None:
    ids = {keep_frozen(engine, rows, NUMBERS, model_version="m") for rows in (table, table.iloc[::-1])}
    assert len(ids) == 1
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM operations.frozen_frequency")) == len(table)


def test_another_model_or_another_count_is_another_freezing(engine: sa.Engine, table: pd.DataFrame) -> None:
    first = keep_frozen(engine, table, NUMBERS, model_version="m")
    assert keep_frozen(engine, table, NUMBERS, model_version="n") != first
    assert keep_frozen(engine, table.assign(record_count=[5, 3, 4]), NUMBERS, model_version="m") != first
    assert read_frozen(engine, first, model_version="n") is None
    assert read_frozen(engine, "", model_version="m") is None
