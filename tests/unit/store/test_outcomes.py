"""Tables of outcomes, what is decided about their cases, and what is left of them when somebody is erased."""

import ast
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from linkage.errors import StoreError
from linkage.outcomes import OUTCOMES
from linkage.schema import CHILD_CHANGE, ELECTOR_CHECK, OUTCOME_FIGURE, ROW_FACT, Table, empty
from linkage.store.copy import read_table
from linkage.store.dispositions import add_disposition, count_dispositions
from linkage.store.judgements import restrict_resident
from linkage.store.outcomes import cases_with_dispositions, keep_outcome, replace_facts, standing
from linkage.store.removal import remove_records
from linkage.store.watching import watch
from tests.unit.outcomes.views import keep, rows
from tests.unit.store.small_index import dump, publish_people

ADA, BEN = "club:1:member:1", "club:2:member:1"
PEOPLE = {"R1": {ADA: {"forename": "ADA", "uprn": "100"}}, "R2": {BEN: {"forename": "BEN", "uprn": "100"}}}
ADAS = {"case_id": "C1", "finding": "not_validated", "resident_id": "R1", "record_id": ADA, "evidence": "[]"}
BENS = {"case_id": "C2", "finding": "validated", "resident_id": "R2", "record_id": BEN, "evidence": "[]"}


def cases(engine: sa.Engine, table: Table = ELECTOR_CHECK, **where: str) -> list[tuple]:
    with engine.connect() as connection:
        found = cases_with_dispositions(connection, table, where=where)
    return [(case["case_id"], case["disposition"], case["value"]) for case in found]


def counted(engine: sa.Engine) -> dict:
    with engine.connect() as connection:
        return count_dispositions(connection)[0]


def decide(
    engine: sa.Engine, case_id: str, verdict: str, value: float | None = None, reason: str = "seen"
) -> str:
    return add_disposition(engine, case_id, verdict, value=value, decided_by="clerk", reason=reason)


def test_a_run_puts_its_cases_in_place_of_those_before_and_what_was_decided_stays(engine: sa.Engine) -> None:
    keep(engine, ADAS, BENS)
    decide(engine, "C1", "confirmed", 40.0)
    keep(engine, ADAS)
    assert cases(engine) == [("C1", "confirmed", 40.0)]
    assert cases(engine, finding="not_validated", disposition="confirmed") == [("C1", "confirmed", 40.0)]
    assert cases(engine, disposition="open") == []


def test_what_was_decided_of_one_finding_is_not_decided_of_another(engine: sa.Engine) -> None:
    keep(engine, ADAS)
    decide(engine, "C1", "dismissed")
    keep(engine, {**ADAS, "finding": "probably_moved"})
    assert cases(engine) == [("C1", "open", None)]


def test_what_happened_after_a_decision_was_not_decided(engine: sa.Engine) -> None:
    left = {"case_id": "C1", "finding": "adult_left", "resident_id": "R1", "evidence": "[]"}
    keep(engine, left | {"change_date": pd.Timestamp("2026-05-01")}, table=CHILD_CHANGE)
    decide(engine, "C1", "dismissed")
    assert cases(engine, CHILD_CHANGE) == [("C1", "dismissed", None)]
    keep(engine, left | {"change_date": pd.Timestamp("2126-05-01")}, table=CHILD_CHANGE)
    assert cases(engine, CHILD_CHANGE) == [("C1", "open", None)]


def test_what_was_made_of_an_index_that_has_changed_since_is_not_kept(engine: sa.Engine) -> None:
    publish_people(engine, "one", PEOPLE)
    with engine.connect() as connection:
        was = standing(connection)
    keep(engine, ADAS)
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO operations.deletion (deletion_id, kind, decided_by, deleted_at, reason, counts) "
                "VALUES ('x', 'erasure', 'clerk', now(), 'asked', '{}')"
            )
        )
    nobody = rows(ELECTOR_CHECK)
    assert not keep_outcome(engine, was, ELECTOR_CHECK, nobody, empty(OUTCOME_FIGURE))
    assert cases(engine) == [("C1", "open", None)]
    with engine.connect() as connection:
        assert keep_outcome(engine, standing(connection), ELECTOR_CHECK, nobody, empty(OUTCOME_FIGURE))
    assert cases(engine) == []


def test_cases_and_facts_of_a_run_that_is_not_live_are_neither_shown_nor_kept(engine: sa.Engine) -> None:
    publish_people(engine, "one", PEOPLE)
    keep(engine, ADAS | {"run_id": "another"})
    with pytest.raises(StoreError, match="another run"):
        cases(engine)
    assert replace_facts(engine, "another", facts((ADA, "club")), ["club"]) is None


def test_the_latest_decision_holds_and_open_takes_one_back(engine: sa.Engine) -> None:
    keep(engine, ADAS)
    decide(engine, "C1", "dismissed")
    decide(engine, "C1", "confirmed", 5.5)
    assert cases(engine) == [("C1", "confirmed", 5.5)]
    decide(engine, "C1", "open")
    assert cases(engine) == [("C1", "open", None)]


def test_outcomes_are_counted_with_their_value_also_when_a_case_is_no_more(engine: sa.Engine) -> None:
    keep(engine, ADAS, BENS)
    decide(engine, "C1", "confirmed", 40.0)
    decide(engine, "C2", "confirmed", 2.0)
    keep(engine)
    decide(engine, "C2", "dismissed")
    assert counted(engine) == {
        "outcome": "elector_check", "open_count": 0, "confirmed_count": 1, "dismissed_count": 1,
        "gone_count": 2, "case_count": 2, "value": 40.0,
    }  # fmt: skip


def test_those_decided_are_counted_out_of_all_and_one_set_back_is_open_without_a_value(
    engine: sa.Engine,
) -> None:
    keep(engine, ADAS, BENS, {**BENS, "case_id": "C3"})
    decide(engine, "C1", "confirmed", 40.0)
    decide(engine, "C2", "confirmed", 2.0)
    decide(engine, "C2", "open", 2.0)
    assert counted(engine) == {
        "outcome": "elector_check", "open_count": 2, "confirmed_count": 1, "dismissed_count": 0,
        "gone_count": 0, "case_count": 3, "value": 40.0,
    }  # fmt: skip
    keep(engine)
    decide(engine, "C1", "open")
    assert counted(engine)["case_count"] == 0


def test_a_reason_is_kept_on_one_line(engine: sa.Engine) -> None:
    keep(engine, ADAS)
    decide(engine, "C1", "confirmed", reason="\tSeen\r\nby\u2028Si\u00f4n\n" + " " * 3000)
    with engine.connect() as connection:
        case = cases_with_dispositions(connection, ELECTOR_CHECK, where={})[0]
    assert case["disposition_reason"] == "Seen by Si\u00f4n"


@pytest.mark.parametrize(
    ("case_id", "verdict", "value", "reason"),
    [
        ("C9", "confirmed", None, "seen"),
        ("C1", "perhaps", None, "seen"),
        ("C1", "confirmed", -1.0, "seen"),
        ("C1", "confirmed", float("nan"), "seen"),
        ("C1", "confirmed", None, "  "),
        ("C1", "confirmed", None, "x" * 2001),
        ("C1", "confirmed", None, "see\x1b]0;owned\x07n"),
        ("C1", "confirmed", None, "see\x00n"),
        ("C1", "confirmed", None, "see\ud800n"),
        ("'; DROP TABLE outcomes.disposition; --", "confirmed", None, "seen"),
    ],
)
def test_what_is_no_decision_is_refused_and_nothing_is_noted(
    engine: sa.Engine, case_id: str, verdict: str, value: float | None, reason: str
) -> None:
    keep(engine, ADAS)
    with pytest.raises(StoreError) as refused:
        decide(engine, case_id, verdict, value, reason)
    assert case_id not in str(refused.value)
    assert cases(engine) == [("C1", "open", None)]


def test_a_decision_is_never_changed(engine: sa.Engine) -> None:
    keep(engine, ADAS)
    decide(engine, "C1", "confirmed")
    for statement in ("UPDATE outcomes.disposition SET verdict = 'open'", "DELETE FROM outcomes.disposition"):
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(sa.text(statement))


def facts(*given: tuple[str, str]) -> pd.DataFrame:
    return rows(ROW_FACT, *({"record_id": r, "fact": "status", "source": s, "value": "x"} for r, s in given))


def test_facts_of_a_source_that_did_not_deliver_stay_and_those_of_unknown_records_go(
    engine: sa.Engine,
) -> None:
    publish_people(engine, "one", PEOPLE)
    replace_facts(engine, "one", facts((ADA, "club"), (BEN, "choir")), ["club", "choir"])
    assert replace_facts(engine, "one", facts((ADA, "club"), ("club:9:member:1", "club")), ["club"]) == 1
    assert read_table(engine, ROW_FACT, "outcomes")["record_id"].tolist() == [ADA, BEN]


def test_of_somebody_who_is_erased_nothing_is_left_in_cases_facts_or_decisions(engine: sa.Engine) -> None:
    publish_people(engine, "one", PEOPLE)
    replace_facts(engine, "one", facts((ADA, "club"), (BEN, "club")), ["club"])
    named = '[{"source": "club", "said": [{"record_id": "club:1:member:1"}]}]'
    about_both = {"case_id": "C3", "resident_id": "R2", "record_id": BEN, "evidence": named}
    keep(engine, ADAS, BENS, about_both)
    decide(engine, "C1", "confirmed")
    decide(engine, "C2", "confirmed")
    watch(engine, ["R1"], is_watched=True, asked_by="clerk", reason="asked")
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM outcomes.watched_child"))
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL residents_index.deletion = 'x'"))
        remove_records(connection, [ADA])
    assert cases(engine) == [("C2", "confirmed", None)]
    left = dump(engine, ("outcomes",))
    assert ADA not in left
    assert "R1" not in left


def test_a_case_of_somebody_whose_processing_is_restricted_is_not_shown_from_that_moment(
    engine: sa.Engine,
) -> None:
    publish_people(engine, "one", PEOPLE)
    keep(engine, ADAS, BENS)
    restrict_resident(engine, "R1", decided_by="clerk", reason="asked")
    assert [case for case, _, _ in cases(engine)] == ["C2"]


def test_the_dag_makes_every_outcome_there_is() -> None:
    tree = ast.parse(Path("dags/resident_index.py").read_text(encoding="utf-8"))
    named = next(
        n.value for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "OUTCOMES"
    )
    assert list(ast.literal_eval(named)) == [outcome.name for outcome in OUTCOMES]
