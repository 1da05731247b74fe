"""Records taken out of the index and its history: nothing of them is left, and the rest still passes the audit."""

from copy import deepcopy

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage.index.reading import Index, open_index
from linkage.index.rollback import roll_back
from linkage.schema import CROSSWALK, HOUSEHOLD, PUBLISHED, RESIDENT, Table
from linkage.store.removal import remove_records
from tests.unit.store.small_index import dump, publish_people, wipe

ADA = "a:1:x:1"
ADA_TOO = "b:1:x:1"
BEN = "a:2:x:1"
ADAS = {
    ADA: {"forename": "ADA", "surname": "ZZYZX", "birth_date": "1984-06-02", "uprn": "100"},
    ADA_TOO: {"forename": "ADAEZE", "surname": "ZZYZX", "nhs_number": "9999999468", "uprn": "200"},
}
SHOWN = (
    (RESIDENT, ("resident_id", "record_count")),
    (CROSSWALK, ("record_id", "resident_id")),
    (HOUSEHOLD, ("household_id", "member_count")),
)
BENS = {BEN: {"forename": "BEN", "surname": "BARROW", "uprn": "100"}}


def remove(engine: sa.Engine, *record_ids: str) -> dict[str, int]:
    with engine.begin() as connection:
        return remove_records(connection, record_ids)


def seen(engine: sa.Engine, run_id: str | None = None) -> dict[str, list[tuple]]:
    """Who is there, with whom, as a reader of a run sees it."""
    with open_index(engine, run_id) as index:
        return {table.name: rows_of(index, table, *names) for table, names in SHOWN}


def rows_of(index: Index, table: Table, *names: str) -> list[tuple]:
    rows = index.table(table)
    return sorted(
        tuple(row) for row in index.connection.execute(sa.select(*(rows.c[name] for name in names)))
    )


def test_a_person_is_gone_from_the_index_and_from_its_past(engine: sa.Engine) -> None:
    publish_people(engine, "one", {"R1": ADAS, "R2": BENS})
    moved = deepcopy(ADAS)
    moved[ADA]["forename"] = "ADELINE"
    publish_people(engine, "two", {"R1": moved, "R2": BENS})
    counts = remove(engine, ADA, ADA_TOO)
    assert counts["history.resident"] == counts["published.resident"] == 1
    left = dump(engine, ("published", "history", "staging"))
    assert not any(value in left for value in (*ADAS, "ZZYZX", "ADELINE", "9999999468", "R1"))
    assert seen(engine)["household"] == [("H100", 1)]
    assert "BEN" in left


def test_a_household_that_nobody_is_left_in_is_gone(engine: sa.Engine) -> None:
    publish_people(engine, "one", {"R1": ADAS, "R2": {BEN: {"forename": "BEN"}}})
    remove(engine, ADA, ADA_TOO)
    assert seen(engine)["household"] == []


def test_who_once_had_a_record_of_another_keeps_what_the_own_records_say(engine: sa.Engine) -> None:
    publish_people(engine, "one", {"R2": ADAS | BENS})
    publish_people(engine, "two", {"R1": ADAS, "R2": BENS})
    remove(engine, ADA, ADA_TOO)
    left = dump(engine, ("published", "history"))
    assert not any(value in left for value in (*ADAS, "ZZYZX", "1984-06-02", "9999999468"))
    assert seen(engine, "one")["resident"] == [("R2", 1)]
    assert seen(engine, "two")["crosswalk"] == [(BEN, "R2")]
    with open_index(engine, "one") as index:
        assert rows_of(index, RESIDENT, "forename") == [(None,)]


def test_a_household_begins_when_the_first_who_is_left_came(engine: sa.Engine) -> None:
    first = {ADA: {"forename": "ADA", "uprn": "100"}}
    publish_people(engine, "one", {"R1": first})
    publish_people(engine, "two", {"R1": {**first, "b:7:x:1": {"uprn": "100"}}})
    remove(engine, ADA)
    assert seen(engine, "one") == {"resident": [], "crosswalk": [], "household": []}
    assert seen(engine, "two")["household"] == [("H100", 1)]


def test_records_that_nobody_knows_change_nothing(engine: sa.Engine) -> None:
    publish_people(engine, "one", {"R1": ADAS})
    before = dump(engine)
    assert remove(engine, "a:9:x:1") == {}
    assert dump(engine) == before


@pytest.mark.parametrize("table", [table.name for table in PUBLISHED if "record_id" in table.names])
def test_every_table_that_names_records_is_looked_at(engine: sa.Engine, table: str) -> None:
    counted = remove(engine, ADA)
    assert counted == {}
    publish_people(engine, "one", {"R1": ADAS})
    if table in ("record_alias", "stated_relation"):
        others = {
            "record_alias": "('z:1:x:1', :r, 1)",
            "stated_relation": "('R1', 'R1', 'self', 'a', :r, :r, true, 1)",
        }
        with engine.begin() as connection:
            connection.execute(sa.text(f"INSERT INTO published.{table} VALUES {others[table]}"), {"r": ADA})  # noqa: S608
    assert remove(engine, ADA)[f"published.{table}"] >= 1
    assert ADA not in dump(engine, ("published", "history"))


RECORDS = {
    "a:1:x:1": {"forename": "V1", "uprn": "100"},
    "a:2:x:1": {"forename": "V2", "uprn": "100"},
    "b:3:x:1": {"surname": "V3", "uprn": "200"},
    "b:4:x:1": {"surname": "V4"},
    "c:5:x:1": {"forename": "V5", "surname": "V6", "uprn": "200"},
}
months = st.lists(
    st.dictionaries(st.sampled_from(sorted(RECORDS)), st.sampled_from(["R1", "R2", "R3"]), min_size=1),
    min_size=2,
    max_size=4,
)


@given(months=months, leaving=st.sets(st.sampled_from(sorted(RECORDS)), min_size=1))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_published_no_trace_is_left_and_every_run_can_be_gone_back_to(
    months: list[dict[str, str]], leaving: set[str], engine: sa.Engine
) -> None:
    wipe(engine)
    for number, owners in enumerate(months):
        people: dict = {}
        for record, resident in owners.items():
            people.setdefault(resident, {})[record] = RECORDS[record]
        publish_people(engine, f"run{number}", people)
    before = [seen(engine, f"run{number}") for number in range(len(months))]
    remove(engine, *leaving)
    left = dump(engine, ("published", "history", "staging"))
    values = {RECORDS[r].get(name) for r in leaving for name in ("forename", "surname")} - {None}
    assert not any(value in left for value in leaving | values)
    for number, owners in enumerate(months):
        kept = {record: resident for record, resident in owners.items() if record not in leaving}
        now = seen(engine, f"run{number}")
        assert now["crosswalk"] == sorted(kept.items())
        assert [r for r, _ in now["resident"]] == sorted(set(kept.values()))
        if len(kept) == len(owners):
            assert now == before[number]
    with engine.begin() as connection:
        live = connection.scalars(sa.text("SELECT resident_id FROM published.resident")).all()
        gone = [r for r in set(months[-1].values()) if r not in live]
        connection.execute(
            sa.text(
                "INSERT INTO operations.identity_event SELECT 1000 + row_number() OVER (), 1, 'x', 'retired', r, "
                "NULL, 1, 'erased' FROM unnest(CAST(:ids AS text[])) AS r"
            ),
            {"ids": gone},
        )
    for number in range(len(months)):
        roll_back(engine, f"run{number}")
