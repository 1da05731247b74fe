"""Erasure, restriction, forgetting and retention on a real database."""

import json
from datetime import date

import pandas as pd
import pytest
import sqlalchemy as sa

from linkage.errors import GateClosedError, StoreError
from linkage.index.reading import open_index
from linkage.index.rollback import roll_back
from linkage.index.versions import as_of
from linkage.rights import record_hashes
from linkage.schema import CHANGE, QUARANTINE, RESIDENT, RESTRICTED_RECORD, conform
from linkage.schema.ddl import metadata
from linkage.store.copy import copy_frame
from linkage.store.corrections import add_corrections, read_corrections
from linkage.store.deletions import add_erased, deleting, list_deletions, read_erased
from linkage.store.erasing import erase_subject
from linkage.store.expiry import expire, waiting_count
from linkage.store.forgetting import forget_run
from linkage.store.holdings import read_holdings
from linkage.store.judgements import add_judgement, read_judgements, restrict_resident, withdraw_judgement
from linkage.store.ledger_check import ledger_adds_up
from linkage.store.quarantine import record_quarantine
from linkage.store.restricted import (
    leave_out_restricted,
    read_restricted,
    restriction_now,
    store_restricted,
    without_restricted,
)
from linkage.store.subjects import find_subject
from tests.unit.store.small_index import dump, publish_people, record_frame

SIGNED = {"decided_by": "clerk", "reason": "asked in writing"}
ADA = {
    "a:1:x:1": {
        "forename": "ADA", "surname": "ZZYZX", "birth_date": "1984-06-02", "uprn": "100", "postcode": "NX1 4AB",
    },
    "b:1:x:1": {"forename": "ADA", "surname": "ZZYZX", "nhs_number": "9999999468", "uprn": "100"},
}  # fmt: skip
BEN = {"a:2:x:1": {"forename": "BEN", "surname": "BARROW", "uprn": "100"}}
BOTH = {"R1": ADA, "R2": BEN}
AUGUST, SEPTEMBER, OCTOBER = date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)
EVENTS = "SELECT resident_id, kind, reason FROM operations.identity_event ORDER BY event_id"


def hold_back(engine: sa.Engine, run_id: str, key: str, cells: dict[str, str], source: str = "a") -> str:
    row = {
        "quarantine_id": f"{source}-{key}", "source": source, "snapshot_date": pd.Timestamp(AUGUST), "row_number": 1,
        "record_key": key, "file_sha256": "f", "rules": "[]", "reason": "not a date", "cells": json.dumps(cells),
    }  # fmt: skip
    record_quarantine(engine, run_id, conform(pd.DataFrame([row]), QUARANTINE))
    return row["quarantine_id"]


def erase(engine: sa.Engine, resident_id: str) -> dict[str, int]:
    with engine.begin() as connection:
        subject = find_subject(connection, resident_id)
        with deleting(connection, "erasure", **SIGNED, resident_id=subject.resident_id) as proof:
            add_erased(connection, proof.deletion_id, pd.Series(subject.record_ids, dtype=object))
            proof.counts.update(erase_subject(connection, subject, reason=f"Erased: {proof.deletion_id}."))
    return dict(proof.counts)


def scalar(engine: sa.Engine, asked: str) -> object:
    with engine.connect() as connection:
        return connection.scalar(sa.text(asked))


def test_an_erased_person_is_in_no_table_and_the_proof_counts_what_went(engine: sa.Engine) -> None:
    publish_people(engine, "one", BOTH)
    counts = erase(engine, "R1")
    left = dump(engine)
    assert not any(value in left for value in (*ADA, "ZZYZX", "1984-06-02", "9999999468"))
    assert "BARROW" in left
    proof = list_deletions(engine)[0]
    assert (proof["kind"], proof["resident_id"], proof["counts"]) == ("erasure", "R1", counts)
    assert counts["published.source_record"] == 2
    assert set(read_erased(engine)["record_sha256"]) == set(record_hashes(pd.Series(list(ADA))))


def test_the_id_of_an_erased_person_is_retired_and_the_ledger_adds_up(engine: sa.Engine) -> None:
    publish_people(engine, "one", BOTH)
    erase(engine, "R1")
    with engine.connect() as connection:
        assert ledger_adds_up(connection).adds_up
        last = connection.execute(sa.text(EVENTS)).all()[-1]
    assert (last.resident_id, last.kind) == ("R1", "retired")
    assert last.reason == f"Erased: {list_deletions(engine)[0]['deletion_id']}."


def test_erasing_again_finds_nothing_and_adds_no_event(engine: sa.Engine) -> None:
    publish_people(engine, "one", BOTH)
    erase(engine, "R1")
    before = scalar(engine, "SELECT count(*) FROM operations.identity_event")
    assert erase(engine, "R1") == {}
    assert scalar(engine, "SELECT count(*) FROM operations.identity_event") == before
    with pytest.raises(StoreError, match="ever had"):
        erase(engine, "R9")


def test_former_ids_of_records_are_erased_and_do_not_come_back(engine: sa.Engine) -> None:
    publish_people(engine, "one", BOTH)
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO published.record_alias VALUES ('a:0:x:1', 'a:1:x:1', 1)"))
    erase(engine, "R1")
    assert "a:0:x:1" not in dump(engine)
    assert record_hashes(pd.Series(["a:0:x:1"]))[0] in set(read_erased(engine)["record_sha256"])


def test_rows_held_back_go_by_key_and_by_what_is_written_in_them(engine: sa.Engine) -> None:
    publish_people(engine, "one", BOTH)
    by_key = hold_back(engine, "one", "1", {"born": "2nd of June"})
    hold_back(engine, "one", "7", {"Name": "Zzyzx, Ada", "pc": "nx14ab"}, source="c")
    hold_back(engine, "one", "8", {"Name": "Zzyzx, Ada", "pc": "ZZ9 9ZZ"}, source="c")
    hold_back(engine, "one", "9", {"Name": "Barrow, Ben", "pc": "NX1 4AB"}, source="c")
    cell = {
        "quarantine_id": by_key, "source": "a", "snapshot_date": pd.Timestamp(AUGUST), "row_number": 1,
        "file_sha256": "f", "column": "born", "corrected_value": "1984-06-02", "decided_by": "clerk",
    }  # fmt: skip
    add_corrections(engine, pd.DataFrame([cell]))
    counts = erase(engine, "R1")
    assert (counts["operations.quarantine_log"], counts["operations.correction"]) == (2, 1)
    assert read_corrections(engine).empty
    with engine.connect() as connection:
        left = connection.scalars(
            sa.text("SELECT record_key FROM operations.quarantine_log ORDER BY 1")
        ).all()
    assert left == ["8", "9"]


def test_judgements_about_the_records_go_and_those_about_others_too_stay_about_the_others(
    engine: sa.Engine,
) -> None:
    publish_people(engine, "one", {"R1": ADA | BEN})
    whole = restrict_resident(engine, "R1", **SIGNED)
    withdrawn = withdraw_judgement(engine, whole, **SIGNED)
    add_judgement(engine, "different_person", "a:1:x:1", "a:2:x:1", **SIGNED)
    publish_people(engine, "two", BOTH, snapshot=SEPTEMBER)
    restrict_resident(engine, "R1", **SIGNED)
    assert erase(engine, "R1")["operations.judgement"] == 2
    log = read_judgements(engine)
    assert log["judgement_id"].tolist() == [whole, withdrawn]
    assert log["record_id_l"].tolist() == ["a:2:x:1", "a:2:x:1"]
    assert json.loads(log["record_ids"][0]) == ["a:2:x:1"]


def test_what_sources_say_of_the_protection_of_an_erased_person_goes_too(engine: sa.Engine) -> None:
    publish_people(engine, "one", BOTH)
    rows = "('a', 'row_address', '1', '', ''), ('b', 'link', '9', '7', '')"
    said = f"INSERT INTO operations.declared_protection VALUES {rows}"  # noqa: S608
    forbidden = "INSERT INTO operations.forbidden_link VALUES ('a:1:x:1', 'z:9:x:1', 'a:1:x:1', 'one')"
    with engine.begin() as connection:
        connection.execute(sa.text(said))
        connection.execute(sa.text(forbidden))
        connection.execute(
            sa.text("INSERT INTO operations.protected_record VALUES ('b:1:x:1', 'person', 'one')")
        )
    counts = erase(engine, "R1")
    gone = ("declared_protection", "forbidden_link", "protected_record")
    assert [counts[f"operations.{name}"] for name in gone] == [1, 1, 1]
    assert scalar(engine, "SELECT count(*) FROM operations.declared_protection") == 1


def test_a_log_lets_rows_go_for_a_deletion_only(engine: sa.Engine) -> None:
    add_judgement(engine, "same_person", "a:1:x:1", "b:1:x:1", **SIGNED)
    with engine.begin() as connection, deleting(connection, "erasure", **SIGNED):
        connection.execute(sa.text("DELETE FROM operations.judgement"))
    add_judgement(engine, "same_person", "a:1:x:1", "b:1:x:1", **SIGNED)
    with engine.begin() as connection:
        with deleting(connection, "erasure", **SIGNED):
            pass
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            connection.execute(sa.text("DELETE FROM operations.judgement"))
        connection.rollback()
    assert len(read_judgements(engine)) == 1


def test_a_deletion_needs_who_and_why(engine: sa.Engine) -> None:
    with (
        pytest.raises(StoreError, match="who decided and why"),
        engine.begin() as connection,
        deleting(connection, "erasure", decided_by="", reason="x"),
    ):
        pass
    assert list_deletions(engine) == []


def test_an_erased_record_that_a_run_brings_back_is_refused_by_the_audit(engine: sa.Engine) -> None:
    publish_people(engine, "one", BOTH)
    erase(engine, "R1")
    with pytest.raises(GateClosedError, match="erased_records_stay_away"):
        publish_people(engine, "two", BOTH, snapshot=SEPTEMBER)


def set_aside(engine: sa.Engine, judgement_id: str) -> None:
    """As the next run does: the index without Ada, her records kept apart."""
    frame = record_frame({"R1": ADA}).assign(statements="[]", judgement_id=judgement_id)
    publish_people(engine, "two", {"R2": BEN}, snapshot=SEPTEMBER)
    with engine.begin() as connection:
        store_restricted(connection, conform(frame[RESTRICTED_RECORD.names], RESTRICTED_RECORD))


def shown(engine: sa.Engine, run_id: str | None) -> list[str]:
    with open_index(engine, run_id) as index:
        rows = index.table(RESIDENT)
        return sorted(index.connection.scalars(sa.select(rows.c.resident_id)))


def test_restriction_is_told_from_the_moment_it_is_judged_and_until_it_is_withdrawn(
    engine: sa.Engine,
) -> None:
    publish_people(engine, "one", BOTH)
    assert restriction_now(engine, "R1") is None
    made = restrict_resident(engine, "R1", **SIGNED)
    told = restriction_now(engine, "R1")
    assert told is not None
    assert told["judgement_id"] == made
    set_aside(engine, made)
    assert restriction_now(engine, "R1") == told
    assert restriction_now(engine, "R2") is None
    withdraw_judgement(engine, made, **SIGNED)
    assert restriction_now(engine, "R1") is None


def test_a_restricted_resident_is_shown_as_of_no_run_and_again_when_it_is_lifted(engine: sa.Engine) -> None:
    publish_people(engine, "one", BOTH)
    set_aside(engine, restrict_resident(engine, "R1", **SIGNED))
    assert shown(engine, "one") == shown(engine, None) == ["R2"]
    with engine.begin() as connection:
        store_restricted(connection, read_restricted(engine).head(0))
    assert shown(engine, "one") == ["R1", "R2"]


def test_changes_about_a_restricted_resident_are_not_shown(engine: sa.Engine) -> None:
    publish_people(engine, "one", BOTH)
    rows = [
        {"change_id": c, "run_id": "one", "kind": "joined", "resident_id": c, "probability": 0.9, "source_count": 1,
         "reason": "x", "evidence": "[]", "related_resident_id": related}
        for c, related in (("R1", None), ("R2", None), ("R3", "R1"))
    ]  # fmt: skip
    frame = pd.DataFrame(rows).assign(change_date=pd.NaT)
    with engine.begin() as connection:
        copy_frame(connection, conform(frame, CHANGE), CHANGE, "published")
    set_aside(engine, restrict_resident(engine, "R1", **SIGNED))
    with engine.connect() as connection:
        allowed = without_restricted(metadata().tables["published.change"], None)
        assert connection.scalars(sa.select(allowed.c.change_id)).all() == ["R2"]


def test_a_rollback_leaves_out_who_is_restricted_now_and_passes_the_audit(engine: sa.Engine) -> None:
    publish_people(engine, "one", BOTH)
    set_aside(engine, restrict_resident(engine, "R1", **SIGNED))
    roll_back(engine, "one")
    assert shown(engine, None) == ["R2"]
    assert scalar(engine, "SELECT member_count FROM published.household") == 1
    with engine.begin() as connection:
        assert leave_out_restricted(connection) == 0
        rows = as_of(RESIDENT, 1)
        assert "R1" in connection.scalars(sa.select(rows.c.resident_id)).all()
        assert ledger_adds_up(connection).adds_up


def test_everything_about_a_subject_is_found_and_others_in_the_same_row_are_told(engine: sa.Engine) -> None:
    joint = {"a:1:x:2": {"forename": "BEN", "uprn": "100"}}
    publish_people(engine, "one", {"R1": ADA, "R2": joint})
    publish_people(
        engine, "two", {"R1": {**ADA, "c:9:x:1": {"email": "a@x"}}, "R2": joint}, snapshot=SEPTEMBER
    )
    hold_back(engine, "two", "1", {"x": "y"})
    restrict_resident(engine, "R1", **SIGNED)
    with engine.connect() as connection:
        held = read_holdings(connection, find_subject(connection, "R1"))
    assert [row["record_id"] for row in held.now["source_record"]] == ["a:1:x:1", "b:1:x:1", "c:9:x:1"]
    assert [row["record_count"] for row in held.before["resident"]] == [2]
    assert {name: len(rows) for name, rows in held.operations.items() if rows} == {
        "identity_event": 1, "judgement": 1, "quarantine_log": 1,
    }  # fmt: skip
    assert held.own_keys == {("b", "1"), ("c", "9")}
    assert held.others_at_home == 1


def test_a_subject_is_followed_from_an_id_that_has_merged(engine: sa.Engine) -> None:
    publish_people(engine, "one", BOTH)
    publish_people(engine, "two", {"R2": ADA | BEN}, snapshot=SEPTEMBER)
    with engine.begin() as connection, deleting(connection, "protection", **SIGNED):
        connection.execute(sa.text("ALTER TABLE operations.identity_event DISABLE TRIGGER USER"))
        connection.execute(
            sa.text(
                "UPDATE operations.identity_event SET kind = 'merged', other_resident_id = 'R2' WHERE kind = 'retired'"
            )
        )
        connection.execute(sa.text("ALTER TABLE operations.identity_event ENABLE TRIGGER USER"))
    with engine.connect() as connection:
        subject = find_subject(connection, "R1")
    assert (subject.resident_id, subject.resident_ids) == ("R2", ("R1", "R2"))
    assert set(subject.record_ids) == {*ADA, *BEN}


def three_runs(engine: sa.Engine) -> None:
    publish_people(engine, "one", {"R1": ADA, "R2": {"a:2:x:1": {"forename": "BENJAMIN"}}}, snapshot=AUGUST)
    publish_people(engine, "two", BOTH, snapshot=SEPTEMBER)
    publish_people(engine, "three", {"R1": ADA, "R2": {"a:2:x:1": {"forename": "BENNY"}}}, snapshot=OCTOBER)


def forget(engine: sa.Engine, run_id: str) -> dict[str, int]:
    with (
        engine.begin() as connection,
        deleting(connection, "forgotten_run", **SIGNED, run_id=run_id) as proof,
    ):
        proof.counts.update(forget_run(connection, run_id))
    return dict(proof.counts)


def test_what_only_a_forgotten_run_showed_is_gone_and_the_ledger_adds_up(engine: sa.Engine) -> None:
    three_runs(engine)
    hold_back(engine, "one", "1", {"x": "y"})
    counts = forget(engine, "one")
    assert counts["operations.quarantine_log"] == 1
    assert "BENJAMIN" not in dump(engine)
    assert shown(engine, "two") == ["R1", "R2"]
    with engine.connect() as connection:
        assert ledger_adds_up(connection).adds_up
    roll_back(engine, "two")


def test_asking_as_of_a_forgotten_run_says_when_it_was_forgotten(engine: sa.Engine) -> None:
    three_runs(engine)
    forget(engine, "one")
    day = list_deletions(engine)[0]["deleted_at"].date()
    with pytest.raises(StoreError, match=f"Run one was forgotten on {day}"):
        shown(engine, "one")
    with pytest.raises(StoreError, match="forgotten already"):
        forget(engine, "one")


def test_what_two_runs_showed_goes_with_the_last_of_them(engine: sa.Engine) -> None:
    for run_id, snapshot in (
        ("one", AUGUST),
        ("two", SEPTEMBER),
        ("three", OCTOBER),
        ("four", date(2026, 11, 1)),
    ):
        name = "BENJAMIN" if run_id in ("one", "two") else "BENNY"
        publish_people(engine, run_id, {"R2": {"a:2:x:1": {"forename": name}}}, snapshot=snapshot)
    forget(engine, "one")
    assert "BENJAMIN" in dump(engine)
    forget(engine, "two")
    assert "BENJAMIN" not in dump(engine)


@pytest.mark.parametrize("run_id", ["three", "two", "nine"])
def test_the_live_run_its_base_and_no_run_cannot_be_forgotten(engine: sa.Engine, run_id: str) -> None:
    three_runs(engine)
    with pytest.raises(StoreError, match=r"cannot be forgotten|no such run"):
        forget(engine, run_id)


def test_records_that_are_over_leave_the_history_by_the_retention_of_their_source(engine: sa.Engine) -> None:
    closed = {record: {**said, "closed_date": "2026-08-01"} for record, said in ADA.items()}
    publish_people(engine, "one", {"R1": closed, "R2": BEN}, snapshot=AUGUST)
    publish_people(engine, "two", {"R1": closed, "R2": BEN}, snapshot=SEPTEMBER)
    months = {"a": 12, "b": 24}
    with engine.begin() as connection:
        assert waiting_count(connection, months, date(2027, 8, 1)) == 1
    publish_people(engine, "three", {"R2": BEN}, snapshot=OCTOBER)
    for day, gone in (
        (date(2027, 7, 31), set()),
        (date(2027, 8, 1), {"a:1:x:1"}),
        (date(2028, 8, 1), set(ADA)),
    ):
        with engine.begin() as connection, deleting(connection, "retention", **SIGNED) as proof:
            proof.counts.update(expire(connection, months, day))
        assert {record for record in ADA if record not in dump(engine, ("published", "history"))} == gone
    assert len(list_deletions(engine)) == 2
    with engine.connect() as connection:
        assert ledger_adds_up(connection).adds_up
    assert shown(engine, "one") == ["R2"]


def test_rows_held_back_and_corrections_leave_by_retention(engine: sa.Engine) -> None:
    publish_people(engine, "one", BOTH)
    hold_back(engine, "one", "1", {"x": "y"})
    hold_back(engine, "one", "1", {"x": "y"}, source="b")
    with engine.begin() as connection, deleting(connection, "retention", **SIGNED):
        counts = expire(connection, {"a": 12, "b": 24}, date(2027, 8, 1))
    assert counts == {"operations.quarantine_log": 1}


def test_a_ledger_that_does_not_add_up_is_told(engine: sa.Engine) -> None:
    publish_people(engine, "one", BOTH)
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM published.resident WHERE resident_id = 'R1'"))
        found = ledger_adds_up(connection)
    assert (found.adds_up, found.live_count, found.expected_count, found.wrong_count) == (False, 1, 2, 1)
    assert "does NOT add up" in found.sentence
