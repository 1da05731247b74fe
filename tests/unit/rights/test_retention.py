from datetime import date

import pandas as pd
import pytest

from linkage.rights import blank_erased, drop_erased, expired, first_day_kept, record_hashes, row_ids
from linkage.schema import ERASED_RECORD, conform
from tests.unit.rights.judging import remembered, stating

A, B = "a:1:x:1", "b:1:x:1"
MONTHS = {"a": 24, "b": 12}
TODAY = date(2028, 8, 1)


@pytest.mark.parametrize(
    ("day", "months", "kept"),
    [
        (date(2028, 8, 1), 24, date(2026, 8, 1)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 3, 31), 0, date(2026, 3, 31)),
    ],
)
def test_the_first_day_kept_is_so_many_months_before(day: date, months: int, kept: date) -> None:
    assert first_day_kept(day, months) == kept


@pytest.mark.parametrize(
    ("closed", "over"),
    [
        ("2026-08-01", [True, True]),
        ("2026-08-02", [False, True]),
        ("2027-08-02", [False, False]),
        (None, [False, False]),
    ],
)
def test_a_closed_record_is_over_by_the_retention_of_its_own_source(
    closed: str | None, over: list[bool]
) -> None:
    said = {"closed_date": closed, "snapshot_date": pd.Timestamp(TODAY)}
    assert expired(remembered(A, B, a1=said, b1=said), MONTHS, TODAY).tolist() == over


def test_a_record_that_its_silent_source_has_not_sent_for_so_long_is_over_too() -> None:
    said = {"snapshot_date": pd.Timestamp("2026-08-01")}
    assert expired(remembered(A, a1=said), MONTHS, TODAY).tolist() == [True]


def test_a_source_without_a_contract_has_the_shortest_retention() -> None:
    said = {"closed_date": "2027-08-01", "snapshot_date": pd.Timestamp(TODAY)}
    assert expired(remembered("z:1:x:1", z1=said), MONTHS, TODAY).tolist() == [True]


def test_a_statement_that_ended_long_ago_is_over_while_its_record_is_not() -> None:
    assert expired(stating((A, "100"), closed="2026-08-01"), MONTHS, TODAY).tolist() == [True]
    assert expired(stating((A, "100")), MONTHS, TODAY).tolist() == [False]


def test_no_records_are_never_over() -> None:
    assert expired(remembered(), MONTHS, TODAY).tolist() == []


def test_an_erased_record_that_is_still_sent_is_left_out_and_counted() -> None:
    erased = pd.DataFrame({"record_sha256": record_hashes(pd.Series([A])), "deletion_id": "d"})
    records, statements, count = drop_erased(
        remembered(A, B), stating((A, "1"), (B, "1")), conform(erased, ERASED_RECORD)
    )
    assert (records["record_id"].tolist(), statements["record_id"].tolist(), count) == ([B], [B], 1)


def test_a_hash_is_that_of_the_record_id_and_nothing_else() -> None:
    assert record_hashes(pd.Series(["a"])).tolist() == [
        "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    ]


def test_a_row_that_an_erased_person_was_in_is_held_back_without_key_and_cells() -> None:
    held = pd.DataFrame({"source": ["a", "a", "a"], "record_key": ["1", "2", None], "cells": ["x", "y", "z"]})
    hashes = record_hashes(row_ids(held).dropna().head(1))
    erased = conform(pd.DataFrame({"record_sha256": hashes, "deletion_id": "d"}), ERASED_RECORD)
    left = blank_erased(held.astype("string[pyarrow]"), erased)
    assert left["record_key"].fillna("").tolist() == ["", "2", ""]
    assert left["cells"].fillna("").tolist() == ["", "y", "z"]
