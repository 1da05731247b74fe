from datetime import date

import pandas as pd
import pytest
import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.index import changes, open_index, publish, roll_back
from linkage.index.edition import Edition
from linkage.index.identity import identities
from linkage.index.lookup import UnknownResidentError, residents_of_record
from linkage.index.lookup_household import Asked, UnknownHouseholdError, household_detail, list_changes
from linkage.schema import CHANGE, CROSSWALK, empty
from linkage.store import runs
from linkage.store.ledger import live_publication

HOME = "999900000001"
FIRST, SECOND = date(2026, 9, 1), date(2026, 10, 1)


def publish_run(engine, run_id, snapshot, tables, told=None, minted=None) -> None:
    runs.open_run(engine, run_id, snapshot, {})
    new = tables.resident["resident_id"] if minted is None else minted
    events = pd.DataFrame(
        {"kind": "minted", "resident_id": new, "other_resident_id": None, "record_count": 1, "reason": "x"}
    )
    edition = Edition(
        run_id, snapshot, live_publication(engine), tables, events, empty(CHANGE) if told is None else told
    )
    count = len(tables.crosswalk)
    publish(
        engine,
        edition,
        limits=[],
        record_count=count,
        raw_count=count,
        valid_count=count,
        quarantined_count=0,
    )


@pytest.fixture
def published(engine: sa.Engine, a_record, index_of) -> sa.Engine:
    """Ann and her child since 2020; in the second run, Bob has joined."""
    form = {"source": "school_admissions", "record_key": "A1", "uprn": HOME}
    family = [
        a_record(
            "housing_benefit", uprn=HOME, cluster="ann", forename="ANN", start_date=pd.Timestamp("2020-01-01")
        ),
        a_record(**form, person_role="contact1", cluster="ann", record_id="school_admissions:A1:contact1:1"),
        a_record(**form, person_role="child", cluster="kim", record_id="school_admissions:A1:child:1"),
    ]
    bob = a_record(
        "housing_benefit", uprn=HOME, cluster="bob", forename="BOB", start_date=pd.Timestamp("2026-09-15"),
        first_snapshot_date=pd.Timestamp(SECOND),
    )  # fmt: skip
    before, after = index_of(*family, snapshot=FIRST), index_of(*family, bob, snapshot=SECOND)
    publish_run(engine, "run-1", FIRST, before)
    told = changes(before, after, run_id="run-2", before_snapshot=FIRST, after_snapshot=SECOND)
    new = after.resident.loc[
        ~after.resident["resident_id"].isin(before.resident["resident_id"]), "resident_id"
    ]
    publish_run(engine, "run-2", SECOND, after, told, new)
    return engine


def household_of(engine: sa.Engine) -> str:
    with engine.connect() as connection:
        return str(connection.scalar(sa.text("SELECT household_id FROM published.household")))


def test_a_household_shows_members_relations_and_who_says_so(published) -> None:
    with open_index(published) as index:
        held = household_detail(index, household_of(published).lower())
    assert (held["uprn"], held["kind"], held["member_count"]) == (HOME, "shared", 3)
    assert [member["forename"] for member in held["members"]].count("BOB") == 1
    assert {member["standing"] for member in held["members"]} == {"current"}
    assert sorted(row["relation"] for row in held["relations"]) == ["child", "parent or carer"]
    assert {row["source"] for row in held["evidence"]} == {"housing_benefit", "school_admissions"}


def test_a_household_as_of_an_earlier_run_is_what_it_was(published) -> None:
    with open_index(published, "run-1") as index:
        held = household_detail(index, household_of(published))
    assert held["member_count"] == 2
    assert len(held["members"]) == 2


def test_changes_are_narrowed_down_by_run_kind_household_resident_and_day(published) -> None:
    home = household_of(published)
    with open_index(published) as index:
        (joined,) = list_changes(index, Asked())
        assert (joined["kind"], joined["found_date"], joined["household_id"]) == ("joined", SECOND, home)
        for asked in (
            Asked(run_id="run-2"),
            Asked(kind="joined"),
            Asked(household_id=home),
            Asked(resident_id=joined["resident_id"]),
            Asked(since=date(2026, 9, 15)),
        ):
            assert len(list_changes(index, asked)) == 1
        for asked in (
            Asked(run_id="run-1"),
            Asked(kind="left"),
            Asked(since=date(2026, 9, 16)),
        ):
            assert list_changes(index, asked) == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked(kind="moved"), "no such kind of change; expected one of joined, left"),
        (Asked(run_id="run-9"), "was never published"),
        (Asked(resident_id="RNOBODY"), "expected R and 12 letters or digits"),
        (Asked(resident_id=identities("R", pd.Series(["nobody"])).iloc[0]), "No resident has, or had"),
    ],
)
def test_what_nothing_can_be_found_of_is_refused_and_not_told_as_no_change(
    published, asked: Asked, said: str
) -> None:
    with open_index(published) as index, pytest.raises(StoreError, match=said):
        list_changes(index, asked)


def test_changes_as_of_a_run_are_those_found_by_then(published) -> None:
    with open_index(published, "run-1") as index:
        assert list_changes(index, Asked()) == []


def test_what_a_run_found_is_not_told_once_a_rollback_has_gone_past_it(published) -> None:
    roll_back(published, "run-1")
    with open_index(published) as index:
        assert list_changes(index, Asked()) == []
    with open_index(published, "run-2") as index:
        assert len(list_changes(index, Asked())) == 1
    roll_back(published, "run-2")
    with open_index(published) as index:
        assert len(list_changes(index, Asked())) == 1


def test_a_key_of_a_service_leads_to_who_has_its_records(published) -> None:
    with open_index(published) as index:
        held = index.connection.execute(sa.select(index.table(CROSSWALK))).mappings().first()
    for asked in (held["record_id"], f"{held['source']}:{held['record_key']}"):
        assert held["resident_id"] in residents_of_record(published, asked)
    with pytest.raises(UnknownResidentError, match="no such record") as told:
        residents_of_record(published, "homes:secret-key")
    assert "secret-key" not in str(told.value)


def test_an_unknown_household_is_told_without_its_id(published) -> None:
    unknown = identities("H", pd.Series(["nowhere"])).iloc[0]
    with open_index(published) as index:
        with pytest.raises(UnknownHouseholdError, match="expected H and 12 letters or digits"):
            household_detail(index, "H123")
        with pytest.raises(UnknownHouseholdError, match="No household has that identity") as told:
            household_detail(index, unknown)
        assert unknown not in str(told.value)
