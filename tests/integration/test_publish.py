from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from linkage.errors import GateClosedError, StoreError
from linkage.index import (
    Edition,
    IndexMovedError,
    IndexTables,
    UnknownResidentError,
    index_summary,
    publication,
    publish,
    resident_detail,
)
from linkage.schema import PUBLISHED
from linkage.store import runs
from linkage.store.copy import read_table
from linkage.store.judgements import add_judgement
from tests.integration.worlds import (
    AUGUST,
    SEPTEMBER,
    a_world,
    counts_of,
    edition_of,
    put,
    put_world,
    with_tables,
)


def published(engine: sa.Engine) -> dict[str, pd.DataFrame]:
    return {table.name: read_table(engine, table, "published") for table in PUBLISHED}


def frames_of(edition: Edition) -> dict[str, pd.DataFrame]:
    return {table.name: getattr(edition.tables, table.name) for table in PUBLISHED}


def staged_rows(engine: sa.Engine) -> int:
    return sum(len(read_table(engine, table, "staging")) for table in PUBLISHED)


def assert_same(left: dict[str, pd.DataFrame], right: dict[str, pd.DataFrame]) -> None:
    for name, frame in left.items():
        pd.testing.assert_frame_equal(frame, right[name], obj=name)


def test_what_is_built_is_what_readers_see(engine: sa.Engine) -> None:
    edition = edition_of(engine, "a", a_world())
    outcome = put(engine, edition)
    assert (outcome.status, outcome.live_run_id) == ("published", "a")
    assert all(check.passed for check in outcome.checks)
    assert_same(published(engine), frames_of(edition))
    assert runs.live_run(engine) == "a"
    assert runs.status(engine, "a") == "published"
    assert staged_rows(engine) == 0


def test_publishing_the_same_run_twice_changes_nothing(engine: sa.Engine) -> None:
    put_world(engine, "a", a_world())
    before, listed = published(engine), runs.list_runs(engine)
    assert put_world(engine, "a", a_world(surname="OTHER")).status == "already_published"
    assert_same(published(engine), before)
    assert runs.list_runs(engine) == listed


def test_a_later_run_replaces_the_live_one_whole(engine: sa.Engine) -> None:
    put_world(engine, "a", a_world(8))
    later = edition_of(engine, "b", a_world(7, surname="MENSAH"), SEPTEMBER)
    outcome = put(engine, later)
    assert outcome.status == "published"
    assert {check.name for check in outcome.checks} >= {"drift_resident_count", "drift_household_count"}
    assert_same(published(engine), frames_of(later))


def test_an_older_snapshot_does_not_replace_a_newer_one(engine: sa.Engine) -> None:
    put_world(engine, "b", a_world(), SEPTEMBER)
    outcome = put_world(engine, "a", a_world(surname="OLD"), AUGUST)
    assert (outcome.status, outcome.live_run_id) == ("superseded", "b")
    assert "later snapshot of 2026-09-01" in outcome.message
    assert runs.status(engine, "a") == "superseded"
    assert set(published(engine)["resident"]["surname"]) == {"OKAFOR"}


def test_a_run_that_was_replaced_does_not_come_back_but_is_told_how_it_would(engine: sa.Engine) -> None:
    put_world(engine, "a", a_world())
    put_world(engine, "b", a_world(surname="MENSAH"))
    outcome = put_world(engine, "a", a_world())
    assert (outcome.status, outcome.live_run_id) == ("superseded", "b")
    assert "`resident-index publish --run a`" in outcome.message
    assert runs.status(engine, "a") == "published"
    assert set(published(engine)["resident"]["surname"]) == {"MENSAH"}


def test_a_run_that_was_not_opened_is_refused(engine: sa.Engine) -> None:
    edition = edition_of(engine, "a", a_world())
    with pytest.raises(StoreError, match="was not opened"):
        publish(engine, edition, **counts_of(edition))


def test_an_index_that_follows_one_no_longer_live_is_refused(engine: sa.Engine) -> None:
    put_world(engine, "a", a_world())
    late = edition_of(engine, "b", a_world(surname="LATE"), SEPTEMBER)
    put_world(engine, "c", a_world(surname="MENSAH"))
    with pytest.raises(IndexMovedError, match="follows publication 1, but 2 is live"):
        put(engine, late)
    assert set(published(engine)["resident"]["surname"]) == {"MENSAH"}


def broken(tables: IndexTables, name: str, **change: Any) -> dict[str, pd.DataFrame]:
    return {name: getattr(tables, name).assign(**change)}


def another(column: pd.Series) -> pd.Series:
    return pd.concat([column.iloc[1:2], column.iloc[1:]], ignore_index=True)


BREAKAGES = {
    "crosswalk_names_residents": lambda t: {"resident": t.resident.iloc[1:]},
    "residents_have_records": lambda t: broken(t, "resident", record_count=t.resident["record_count"] + 1),
    "records_are_remembered": lambda t: {"source_record": t.source_record.iloc[1:]},
    "golden_values_name_their_record": lambda t: broken(
        t, "golden_value", record_id=another(t.golden_value["record_id"].iloc[::-1].reset_index(drop=True))
    ),
    "households_have_their_members": lambda t: broken(
        t, "household", member_count=t.household["member_count"] + 1
    ),
    "members_live_at_their_household": lambda t: broken(
        t, "household", uprn=t.household["uprn"].to_numpy()[::-1]
    ),
    "current_residences_agree": lambda t: broken(t, "residence", is_current=False),
    "current_members_agree": lambda t: broken(t, "household_member", is_current=False),
    "household_links_join_two_residents": lambda t: broken(t, "household_link", is_one_address=False),
    "every_record_in_one_resident": lambda t: {"crosswalk": t.crosswalk.iloc[1:]},
}


@pytest.mark.parametrize("name", sorted(BREAKAGES))
def test_a_broken_index_is_refused_and_the_old_one_stays(engine: sa.Engine, name: str) -> None:
    put_world(engine, "a", a_world())
    before = published(engine)
    edition = edition_of(engine, "b", a_world(surname="CANARY"), SEPTEMBER)
    with pytest.raises(GateClosedError, match=name) as caught:
        put(engine, with_tables(edition, **BREAKAGES[name](edition.tables)), record_count=16)
    assert "CANARY" not in str(caught.value)
    assert_same(published(engine), before)
    assert staged_rows(engine) == 0
    assert runs.live_run(engine) == "a"
    assert runs.status(engine, "b") == "running"


def test_an_id_that_the_ledger_does_not_know_closes_the_gate(engine: sa.Engine) -> None:
    edition = edition_of(engine, "a", a_world())
    with pytest.raises(GateClosedError, match="ledger_adds_up"):
        put(engine, replace(edition, events=edition.events.iloc[1:]))


def test_an_address_or_a_link_of_a_protected_person_closes_the_gate(engine: sa.Engine) -> None:
    edition = edition_of(engine, "a", a_world())
    protect = sa.text("INSERT INTO operations.protected_record VALUES (:record_id, 'person', 'a')")
    with engine.begin() as connection:
        connection.execute(protect, {"record_id": ONE[0]})
    with pytest.raises(GateClosedError, match=r"1 of \d+ checks failed: withheld_addresses_are_absent"):
        put(engine, edition)


def test_two_records_that_must_never_be_joined_in_one_resident_close_the_gate(engine: sa.Engine) -> None:
    forbid = sa.text("INSERT INTO operations.forbidden_link VALUES (:one, :other, :one, 'a')")
    with engine.begin() as connection:
        connection.execute(forbid, {"one": ONE[0], "other": ONE[1]})
    with pytest.raises(GateClosedError, match=r"1 of \d+ checks failed: forbidden_links_kept"):
        put(engine, edition_of(engine, "a", a_world()))


def test_rows_that_went_missing_close_the_gate(engine: sa.Engine) -> None:
    with pytest.raises(GateClosedError, match=r"rows_conserved \(expected 20, received 19"):
        put(engine, edition_of(engine, "a", a_world()), raw_count=20, valid_count=16, quarantined_count=3)
    assert runs.live_run(engine) is None


def test_a_record_in_two_residents_cannot_be_loaded(engine: sa.Engine) -> None:
    edition = edition_of(engine, "a", a_world())
    crosswalk = edition.tables.crosswalk
    doubled = pd.concat([crosswalk, crosswalk.iloc[:1]], ignore_index=True)
    with pytest.raises(StoreError, match="UniqueViolation"):
        put(engine, with_tables(edition, crosswalk=doubled))


def judge(engine: sa.Engine, verdict: str, *records: str) -> None:
    add_judgement(engine, verdict, *records, decided_by="clerk", reason="seen")


ONE, OTHER = ("council_tax:0:lead:1", "libraries:0:lead:1"), ("council_tax:0:lead:1", "council_tax:1:lead:1")


def test_an_index_that_breaks_a_cannot_link_is_refused(engine: sa.Engine) -> None:
    judge(engine, "same_person", *ONE)
    judge(engine, "different_person", *ONE)
    with pytest.raises(GateClosedError, match="cannot_links_kept"):
        put_world(engine, "a", a_world())


def test_an_index_that_breaks_a_must_link_is_refused(engine: sa.Engine) -> None:
    judge(engine, "same_person", *OTHER)
    with pytest.raises(GateClosedError, match="must_links_kept"):
        put_world(engine, "a", a_world())


def test_a_judgement_that_was_overruled_or_is_about_nobody_here_closes_no_gate(engine: sa.Engine) -> None:
    judge(engine, "different_person", *ONE)
    judge(engine, "same_person", *ONE)
    judge(engine, "same_person", "x:1:y:1", "x:2:y:1")
    assert put_world(engine, "a", a_world()).status == "published"


def test_too_much_drift_closes_the_gate_unless_the_limits_allow_it(engine: sa.Engine) -> None:
    put_world(engine, "a", a_world(8))
    fewer = edition_of(engine, "b", a_world(4), SEPTEMBER)
    with pytest.raises(GateClosedError, match=r"drift_resident_count \(expected 8, received 4"):
        put(engine, fewer)
    assert put(engine, fewer, limits=()).status == "published"


def test_everyone_joined_into_one_closes_the_gate(engine: sa.Engine) -> None:
    put_world(engine, "a", a_world())
    with pytest.raises(GateClosedError, match="drift_records_per_resident"):
        put(engine, edition_of(engine, "b", a_world(merged=True), SEPTEMBER))


def test_a_second_publisher_is_told_to_wait(engine: sa.Engine) -> None:
    with engine.begin() as other:
        other.execute(
            sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": publication.LOCK_NAME}
        )
        with pytest.raises(StoreError, match="Another publish is at work"):
            put_world(engine, "a", a_world())
    assert put_world(engine, "a", a_world()).status == "published"


def test_the_summary_counts_what_is_live(engine: sa.Engine) -> None:
    assert index_summary(engine).live_run_id is None
    put_world(engine, "a", a_world())
    summary = index_summary(engine)
    assert (summary.live_run_id, summary.snapshot_date) == ("a", "2026-08-01")
    assert (summary.resident_count, summary.addressed_count) == (8, 8)
    assert (summary.household_count, summary.communal_count) == (4, 0)
    assert summary.record_counts == {"council_tax": 8, "libraries": 8}


def test_a_resident_is_shown_with_the_records_and_the_household(engine: sa.Engine) -> None:
    edition = edition_of(engine, "a", a_world())
    put(engine, edition)
    resident_id = edition.tables.resident["resident_id"].iloc[0]
    detail = resident_detail(engine, f" {resident_id.lower()} ")
    assert detail["resident"]["surname"] == "OKAFOR"
    assert [row["attribute"] for row in detail["golden_values"]] == ["surname", "uprn"]
    assert len(detail["records"]) == 2
    assert len(detail["household_members"]) == 1
    assert resident_id not in detail["household_members"]


def test_nobody_is_shown_for_an_identity_that_is_mistyped_or_unknown(engine: sa.Engine) -> None:
    known = edition_of(engine, "a", a_world()).tables.resident["resident_id"].iloc[0]
    with pytest.raises(UnknownResidentError, match="No resident"):
        resident_detail(engine, known)
    with pytest.raises(UnknownResidentError, match="typed right"):
        resident_detail(engine, known[:-1] + ("0" if known[-1] != "0" else "1"))


def test_a_first_index_has_every_key_and_look_up_that_was_there(engine: sa.Engine) -> None:
    asked = sa.text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'published' ORDER BY 1")
    with engine.connect() as connection:
        before = connection.scalars(asked).all()
    put(engine, edition_of(engine, "a", a_world()))
    with engine.connect() as connection:
        assert connection.scalars(asked).all() == before
    assert len(before) > 30
