import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.outcomes.cases import anchors, case_ids, evidence_lists
from linkage.schema import CROSSWALK, SOURCE_RECORD
from tests.unit.outcomes.views import a_view, rows

TEXTS = st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), min_size=1, max_size=8, unique=True)


@given(pairs=TEXTS)
def test_different_subjects_are_different_cases_whatever_their_order(pairs: list[tuple[str, str]]) -> None:
    frame = pd.DataFrame([p for p in pairs if "\x1f" not in p[0] + p[1]], columns=["a", "b"])
    ids = case_ids("electors", frame["a"], frame["b"])
    assert ids.is_unique
    turned = frame[::-1].reset_index(drop=True)
    assert case_ids("electors", turned["a"], turned["b"])[::-1].tolist() == ids.tolist()


def test_one_subject_is_another_case_of_another_outcome() -> None:
    about = pd.Series(["a"])
    assert case_ids("electors", about)[0] != case_ids("tenancies", about)[0]


def test_evidence_is_told_by_case_with_dates_as_people_write_them_and_nothing_made_up() -> None:
    rows = pd.DataFrame(
        {
            "case_id": ["C1", "C2", "C1"],
            "source": ['a "quoted" one', "b", "c"],
            "from_date": pd.to_datetime(["2026-08-01", None, None]),
        }
    )
    told = evidence_lists(rows, "case_id")
    assert json.loads(told["C1"]) == [
        {"source": 'a "quoted" one', "from_date": "2026-08-01"},
        {"source": "c", "from_date": None},
    ]
    assert json.loads(told["C2"]) == [{"source": "b", "from_date": None}]


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\x85", "\x0b", "\x1c", "\n", "\r"])
def test_a_value_with_any_kind_of_line_end_in_it_is_told_whole(odd: str) -> None:
    rows = pd.DataFrame({"case_id": ["C1", "C2"], "service": [f"a{odd}b{odd}", "c"]})
    told = evidence_lists(rows, "case_id")
    assert [json.loads(text) for text in told] == [[{"service": f"a{odd}b{odd}"}], [{"service": "c"}]]


def test_a_residents_anchor_is_the_first_record_received_of_the_sources_that_count() -> None:
    told = [("b:1", "b", "2026-09-01"), ("a:2", "a", "2026-09-01"), ("c:3", "c", "2026-08-01")]
    records = [
        {"record_id": record, "source": source, "resident_id": "R1", "first_snapshot_date": day}
        for record, source, day in told
    ]
    view = a_view((SOURCE_RECORD, rows(SOURCE_RECORD, *records)), (CROSSWALK, rows(CROSSWALK, *records)))
    asked = pd.Series(["R1", None, "R1", "R9"])
    assert anchors(view, asked).to_dict() == {"R1": "c:3"}
    assert anchors(view, asked, ["a", "b"]).to_dict() == {"R1": "a:2"}
