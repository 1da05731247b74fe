from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
import sqlalchemy as sa

from linkage.errors import GateClosedError, StoreError
from linkage.index import (
    IndexTables,
    PublishOutcome,
    UnknownResidentError,
    build_index,
    index_summary,
    publication,
    publish,
    resident_detail,
)
from linkage.schema import ADDRESS, CLUSTER, PAIR, PUBLISHED, RECORD, conform
from linkage.store import runs
from linkage.store.copy import read_table
from linkage.store.judgements import add_judgement

AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)
UPRNS = [f"99990000000{n}" for n in range(4)]


def an_index(size: int = 8, *, surname: str = "OKAFOR", merged: bool = False) -> IndexTables:
    ids = [f"{source}:{n}:lead:1" for n in range(size) for source in ("council_tax", "libraries")]
    records = pd.DataFrame(
        {
            "record_id": ids,
            "source": [record_id.split(":")[0] for record_id in ids],
            "snapshot_date": pd.Timestamp(AUGUST),
            "row_number": range(1, len(ids) + 1),
            "record_key": [record_id.split(":")[1] for record_id in ids],
            "person_role": "lead",
            "person_position": 1,
            "surname": surname,
            "uprn": [UPRNS[n // 2 % 4] for n in range(len(ids))],
            "uprn_match_grade": "given",
            "is_birth_date_weak": False,
            "is_live": True,
        }
    )
    first = "council_tax:0:lead:1"
    named = [first if merged else f"council_tax:{record_id.split(':')[1]}:lead:1" for record_id in ids]
    addresses = pd.DataFrame(
        {
            "uprn": UPRNS,
            "classification": "RD04",
            "is_communal": False,
            "is_residential": True,
            "is_parent": False,
        }
    )
    pairs = pd.DataFrame(
        {
            "record_id_l": [f"council_tax:{n}:lead:1" for n in range(size - 1)],
            "record_id_r": [f"libraries:{n + 1}:lead:1" for n in range(size - 1)],
            "blocking_rule": "one property",
            "match_weight": -5.0,
            "match_probability": 0.03,
            "household_probability": 0.9,
        }
    )
    return build_index(
        conform(records, RECORD),
        conform(pd.DataFrame({"record_id": ids, "cluster_id": named}), CLUSTER),
        conform(pairs, PAIR),
        conform(addresses, ADDRESS),
        comparison_sources=frozenset(),
        snapshot_date=AUGUST,
    )


def put(
    engine: sa.Engine, run_id: str, tables: IndexTables, snapshot: date = AUGUST, **counts: int
) -> PublishOutcome:
    runs.open_run(engine, run_id, snapshot, {})
    records = len(tables.crosswalk)
    given = {
        "record_count": records,
        "raw_count": records,
        "valid_count": records,
        "quarantined_count": 0,
        **counts,
    }
    return publish(engine, run_id, snapshot, tables, **given)


def published(engine: sa.Engine) -> dict[str, pd.DataFrame]:
    return {table.name: read_table(engine, table, "published") for table in PUBLISHED}


def staged_rows(engine: sa.Engine) -> int:
    return sum(len(read_table(engine, table, "staging")) for table in PUBLISHED)


def assert_same(left: dict[str, pd.DataFrame], right: dict[str, pd.DataFrame]) -> None:
    for name, frame in left.items():
        pd.testing.assert_frame_equal(frame, right[name])


def test_what_is_built_is_what_readers_see(engine: sa.Engine) -> None:
    tables = an_index()
    outcome = put(engine, "a", tables)
    assert (outcome.status, outcome.live_run_id) == ("published", "a")
    assert all(check.passed for check in outcome.checks)
    assert_same(published(engine), {table.name: getattr(tables, table.name) for table in PUBLISHED})
    assert runs.live_run(engine) == "a"
    assert runs.status(engine, "a") == "published"
    assert staged_rows(engine) == 0


def test_publishing_the_same_run_twice_changes_nothing(engine: sa.Engine) -> None:
    put(engine, "a", an_index())
    before, listed = published(engine), runs.list_runs(engine)
    outcome = put(engine, "a", an_index(surname="OTHER"))
    assert outcome.status == "already_published"
    assert_same(published(engine), before)
    assert runs.list_runs(engine) == listed


def test_a_later_run_replaces_the_live_one_whole(engine: sa.Engine) -> None:
    put(engine, "a", an_index(8))
    later = an_index(7, surname="MENSAH")
    outcome = put(engine, "b", later, SEPTEMBER)
    assert outcome.status == "published"
    assert {check.name for check in outcome.checks} >= {"drift_resident_count", "drift_household_count"}
    assert_same(published(engine), {table.name: getattr(later, table.name) for table in PUBLISHED})


def test_an_older_snapshot_does_not_replace_a_newer_one(engine: sa.Engine) -> None:
    put(engine, "b", an_index(), SEPTEMBER)
    outcome = put(engine, "a", an_index(surname="OLD"), AUGUST)
    assert (outcome.status, outcome.live_run_id) == ("superseded", "b")
    assert "later snapshot of 2026-09-01" in outcome.message
    assert runs.status(engine, "a") == "superseded"
    assert set(published(engine)["resident"]["surname"]) == {"OKAFOR"}


def test_a_run_that_was_replaced_does_not_come_back(engine: sa.Engine) -> None:
    put(engine, "a", an_index())
    put(engine, "b", an_index(surname="MENSAH"))
    outcome = put(engine, "a", an_index())
    assert (outcome.status, outcome.live_run_id) == ("superseded", "b")
    assert runs.status(engine, "a") == "published"
    assert set(published(engine)["resident"]["surname"]) == {"MENSAH"}


def test_a_run_that_was_not_opened_is_refused(engine: sa.Engine) -> None:
    counts = {"record_count": 16, "raw_count": 16, "valid_count": 16, "quarantined_count": 0}
    with pytest.raises(StoreError, match="was not opened"):
        publish(engine, "a", AUGUST, an_index(), **counts)


def broken(tables: IndexTables, name: str, **change) -> IndexTables:
    return replace(tables, **{name: getattr(tables, name).assign(**change)})


def another(column: pd.Series) -> pd.Series:
    return pd.concat([column.iloc[1:2], column.iloc[1:]], ignore_index=True)


BREAKAGES = {
    "crosswalk_names_residents": lambda t: replace(t, resident=t.resident.iloc[1:]),
    "residents_have_records": lambda t: broken(t, "resident", record_count=t.resident["record_count"] + 1),
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
    "household_links_join_two_residents": lambda t: broken(t, "household_link", is_one_address=True),
    "every_record_in_one_resident": lambda t: replace(t, crosswalk=t.crosswalk.iloc[1:]),
}


@pytest.mark.parametrize("name", sorted(BREAKAGES))
def test_a_broken_index_is_refused_and_the_old_one_stays(engine: sa.Engine, name: str) -> None:
    put(engine, "a", an_index())
    before = published(engine)
    with pytest.raises(GateClosedError, match=name) as caught:
        put(engine, "b", BREAKAGES[name](an_index(surname="CANARY")), SEPTEMBER, record_count=16)
    assert "CANARY" not in str(caught.value)
    assert_same(published(engine), before)
    assert staged_rows(engine) == 0
    assert runs.live_run(engine) == "a"
    assert runs.status(engine, "b") == "running"


def test_an_address_or_a_link_of_a_protected_person_closes_the_gate(engine: sa.Engine) -> None:
    tables = an_index()
    record_id = tables.crosswalk["record_id"].iloc[0]
    protect = sa.text("INSERT INTO operations.protected_record VALUES (:record_id, 'person', 'a')")
    with engine.begin() as connection:
        connection.execute(protect, {"record_id": record_id})
    with pytest.raises(GateClosedError, match=r"1 of \d+ checks failed: withheld_addresses_are_absent"):
        put(engine, "a", tables)


def test_two_records_that_must_never_be_joined_in_one_resident_close_the_gate(engine: sa.Engine) -> None:
    tables = an_index(merged=True)
    resident = tables.crosswalk.groupby("resident_id")["record_id"].agg(list)
    one, other = sorted(next(ids for ids in resident if len(ids) > 1)[:2])
    forbid = sa.text("INSERT INTO operations.forbidden_link VALUES (:one, :other, :one, 'a')")
    with engine.begin() as connection:
        connection.execute(forbid, {"one": one, "other": other})
    with pytest.raises(GateClosedError, match=r"1 of \d+ checks failed: forbidden_links_kept"):
        put(engine, "a", tables)


def test_rows_that_went_missing_close_the_gate(engine: sa.Engine) -> None:
    with pytest.raises(GateClosedError, match=r"rows_conserved \(expected 20, received 19"):
        put(engine, "a", an_index(), raw_count=20, valid_count=16, quarantined_count=3)
    assert runs.live_run(engine) is None


def test_a_record_in_two_residents_cannot_be_loaded(engine: sa.Engine) -> None:
    tables = an_index()
    doubled = pd.concat([tables.crosswalk, tables.crosswalk.iloc[:1]], ignore_index=True)
    with pytest.raises(StoreError, match="UniqueViolation"):
        put(engine, "a", replace(tables, crosswalk=doubled))


def test_an_index_that_breaks_a_cannot_link_is_refused(engine: sa.Engine) -> None:
    records = ("council_tax:0:lead:1", "libraries:0:lead:1")
    add_judgement(engine, "same_person", *records, decided_by="clerk", reason="first look")
    add_judgement(engine, "different_person", *records, decided_by="clerk", reason="second look")
    with pytest.raises(GateClosedError, match="cannot_links_kept"):
        put(engine, "a", an_index())


def test_an_index_that_breaks_a_must_link_is_refused(engine: sa.Engine) -> None:
    add_judgement(
        engine,
        "same_person",
        "council_tax:0:lead:1",
        "council_tax:1:lead:1",
        decided_by="clerk",
        reason="passport",
    )
    with pytest.raises(GateClosedError, match="must_links_kept"):
        put(engine, "a", an_index())


def test_a_judgement_that_was_overruled_or_is_about_nobody_here_closes_no_gate(engine: sa.Engine) -> None:
    records = ("council_tax:0:lead:1", "libraries:0:lead:1")
    add_judgement(engine, "different_person", *records, decided_by="clerk", reason="first look")
    add_judgement(engine, "same_person", *records, decided_by="clerk", reason="second look")
    add_judgement(engine, "same_person", "x:1:y:1", "x:2:y:1", decided_by="clerk", reason="gone")
    assert put(engine, "a", an_index()).status == "published"


def test_too_much_drift_closes_the_gate_unless_the_limits_allow_it(engine: sa.Engine) -> None:
    put(engine, "a", an_index(8))
    with pytest.raises(GateClosedError, match=r"drift_resident_count \(expected 8, received 4"):
        put(engine, "b", an_index(4), SEPTEMBER)
    counts = {"record_count": 8, "raw_count": 8, "valid_count": 8, "quarantined_count": 0}
    assert publish(engine, "b", SEPTEMBER, an_index(4), limits=(), **counts).status == "published"


def test_everyone_joined_into_one_closes_the_gate(engine: sa.Engine) -> None:
    put(engine, "a", an_index())
    with pytest.raises(GateClosedError, match="drift_records_per_resident"):
        put(engine, "b", an_index(merged=True), SEPTEMBER)


def test_a_second_publisher_is_told_to_wait(engine: sa.Engine) -> None:
    with engine.begin() as other:
        other.execute(
            sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": publication.LOCK_NAME}
        )
        with pytest.raises(StoreError, match="Another publish is at work"):
            put(engine, "a", an_index())
    assert put(engine, "a", an_index()).status == "published"


def test_the_summary_counts_what_is_live(engine: sa.Engine) -> None:
    assert index_summary(engine).live_run_id is None
    put(engine, "a", an_index())
    summary = index_summary(engine)
    assert (summary.live_run_id, summary.snapshot_date) == ("a", "2026-08-01")
    assert (summary.resident_count, summary.addressed_count) == (8, 8)
    assert (summary.household_count, summary.communal_count) == (4, 0)
    assert summary.record_counts == {"council_tax": 8, "libraries": 8}


def test_a_resident_is_shown_with_the_records_and_the_household(engine: sa.Engine) -> None:
    tables = an_index()
    put(engine, "a", tables)
    resident_id = tables.resident["resident_id"].iloc[0]
    detail = resident_detail(engine, f" {resident_id.lower()} ")
    assert detail["resident"]["surname"] == "OKAFOR"
    assert [row["attribute"] for row in detail["golden_values"]] == ["surname", "uprn"]
    assert len(detail["records"]) == 2
    assert len(detail["household_members"]) == 1
    assert resident_id not in detail["household_members"]


def test_nobody_is_shown_for_an_identity_that_is_mistyped_or_unknown(engine: sa.Engine) -> None:
    tables = an_index()
    known = tables.resident["resident_id"].iloc[0]
    with pytest.raises(UnknownResidentError, match="No resident"):
        resident_detail(engine, known)
    with pytest.raises(UnknownResidentError, match="typed right"):
        resident_detail(engine, known[:-1] + ("0" if known[-1] != "0" else "1"))
