"""What is masked tells nothing of the place, and all else of the person."""

import json

import pandas as pd
import pytest

from linkage.protect.few import told
from linkage.protect.mask import mask_quarantined, mask_records, mask_rows, without_records
from linkage.schema import LOCATING_ATTRIBUTES


def test_a_protected_record_keeps_the_person_and_loses_the_place() -> None:
    records = pd.DataFrame(
        {"record_id": ["a", "b"], "surname": "LEE", **dict.fromkeys(LOCATING_ATTRIBUTES, "X")}
    )
    statements = pd.DataFrame({"record_id": ["a", "b", "a"], "uprn": ["1", "2", "3"]})
    masked = mask_records(records, pd.Index(["a"]))
    left = without_records(statements, pd.Index(["a"]))
    assert masked.loc[0, list(LOCATING_ATTRIBUTES)].isna().all()
    assert masked.loc[1].equals(records.loc[1])
    assert masked["surname"].tolist() == ["LEE", "LEE"]
    assert left["uprn"].tolist() == ["2"]
    assert records.notna().all(axis=None)


def test_a_masked_row_looks_like_one_hidden_at_ingest(contract_of, raw_of) -> None:
    rows = mask_rows(raw_of({}, {}), pd.Index(["1/T1"]), contract_of())
    assert rows.loc[0, ["street", "phone", "property_ref"]].isna().all()
    assert rows.loc[1, ["street", "phone", "property_ref"]].notna().all()


def test_a_row_held_back_keeps_no_cell_that_may_lead_to_the_place(contract_of) -> None:
    cells = json.dumps({"surname": "Ólaf", "street": "1 Ash Road", "property_ref": "P1"})
    held = pd.DataFrame(
        {"source": ["homes", "homes", "other"], "record_key": ["1/T1", "2/T1", "1/T1"], "cells": cells}
    )
    masked = mask_quarantined(held, pd.Index(["1/T1"]), contract_of())
    assert json.loads(masked["cells"][0]) == {"surname": "Ólaf", "street": None, "property_ref": None}
    assert masked["cells"].tolist()[1:] == [cells, cells]


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "fewer than 10"), (9, "fewer than 10"), (10, "10 or more"), (1_237, "1,230 or more")],
)
def test_a_count_of_protected_rows_is_told_so_that_one_person_makes_no_difference(
    count: int, words: str
) -> None:
    assert told(count) == words
