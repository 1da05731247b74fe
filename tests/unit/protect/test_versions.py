"""Every reader of the index, now and before, is shown it as if the secret had never been known."""

import json
from dataclasses import replace

import pandas as pd
import pytest
import sqlalchemy as sa

from linkage.protect.lifting import lift
from linkage.protect.sealing import seal_database
from linkage.protect.secret import Secret
from linkage.schema import (
    CROSSWALK,
    GOLDEN_VALUE,
    HOUSEHOLD,
    HOUSEHOLD_MEMBER,
    IDENTITY_EVENT,
    RESIDENCE,
    RESIDENT,
    RESTRICTED_RECORD,
    SOURCE_RECORD,
    Table,
    conform,
)
from linkage.schema.column import integer
from linkage.schema.ddl import FROM
from linkage.store.copy import copy_frame
from linkage.store.transaction import writing

KEYS = pd.DataFrame({"source": [], "record_key": [], "is_gone": []}).astype({"is_gone": bool})
HOME = "999900000001"
FORBIDDEN = pd.DataFrame({"record_id_l": ["a:1:m:1"], "record_id_r": ["b:2:m:1"], "record_id": ["b:2:m:1"]})


def put(connection: sa.Connection, table: Table, rows: list[dict], *, since: int = 1) -> None:
    live = replace(table, columns=(*table.columns, integer(FROM, "Since.", required=True)))
    frame = conform(pd.DataFrame(rows), table).assign(**{FROM: since})
    copy_frame(connection, frame, live, "published")


@pytest.fixture
def index(engine: sa.Engine) -> sa.Engine:
    """Ann and Bob at home since publication 1; Ann is known to services a and b."""
    people = {"a:1:m:1": "RANN", "b:2:m:1": "RANN", "a:3:m:1": "RBOB"}
    with writing(engine) as connection:
        records = [
            {
                "record_id": record_id, "source": record_id[0], "record_key": record_id.split(":")[1],
                "person_role": "m", "person_position": 1, "surname": owner[1:], "uprn": HOME, "phone": "+441",
                "is_birth_date_weak": False, "is_live": True, "first_snapshot_date": pd.Timestamp("2026-08-01"),
            }
            for record_id, owner in people.items()
        ]  # fmt: skip
        put(connection, SOURCE_RECORD, records)
        held = [{name: r[name] for name in CROSSWALK.names if name in r} for r in records]
        put(connection, CROSSWALK, [{**r, "resident_id": people[r["record_id"]]} for r in held])
        homes = [
            {
                "resident_id": who, "surname": who[1:], "uprn": HOME, "phone": "+441", "household_id": "H1",
                "record_count": count, "source_count": count,
            }
            for who, count in (("RANN", 2), ("RBOB", 1))
        ]  # fmt: skip
        put(connection, RESIDENT, homes)
        golden = [
            {
                "resident_id": who, "attribute": name, "value": value, "record_id": record_id, "rule": "r",
                "agreeing_source_count": 2 if who == "RANN" else 1,
            }
            for who, record_id in (("RANN", "b:2:m:1"), ("RBOB", "a:3:m:1"))
            for name, value in (("surname", who[1:]), ("uprn", HOME), ("phone", "+441"))
        ]  # fmt: skip
        put(connection, GOLDEN_VALUE, golden)
        stays = [
            {
                "resident_id": who, "uprn": HOME, "stay": 1, "standing": "current", "is_current": True,
                "probability": 0.9, "source_count": count, "record_count": count, "household_id": "H1",
            }
            for who, count in (("RANN", 2), ("RBOB", 1))
        ]  # fmt: skip
        put(connection, RESIDENCE, [{n: s[n] for n in s if n in RESIDENCE.names} for s in stays])
        put(
            connection, HOUSEHOLD_MEMBER, [{n: s[n] for n in s if n in HOUSEHOLD_MEMBER.names} for s in stays]
        )
        put(
            connection, HOUSEHOLD, [{"household_id": "H1", "uprn": HOME, "kind": "shared", "member_count": 2}]
        )
        events = pd.DataFrame(
            {
                "event_id": [1, 2], "publication_id": 1, "run_id": "run", "kind": "minted",
                "resident_id": ["RANN", "RBOB"], "record_count": [2, 1], "reason": "new",
            }
        )  # fmt: skip
        copy_frame(connection, conform(events, IDENTITY_EVENT), IDENTITY_EVENT, "operations")
        connection.execute(
            sa.text(
                "INSERT INTO operations.publication VALUES (1, 'run', 'publish', now(), "
                '\'{"resident": {"added": 2, "closed": 0}, "household": {"added": 1, "closed": 0}}\')'
            )
        )
    return engine


def rows(engine: sa.Engine, query: str) -> list[tuple]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def seal(engine: sa.Engine, secret: Secret) -> None:
    seal_database(engine, secret, KEYS, run_id="run-2", contracts={})


def test_a_protected_person_has_no_address_and_the_household_the_others_alone(index: sa.Engine) -> None:
    seal(index, Secret(people=pd.Index(["a:1:m:1", "b:2:m:1"])))
    people = "SELECT resident_id, surname, uprn, phone, household_id FROM published.resident ORDER BY 1"
    assert rows(index, people) == [("RANN", "ANN", None, None, None), ("RBOB", "BOB", HOME, "+441", "H1")]
    assert rows(index, "SELECT member_count, kind FROM published.household") == [(1, "single")]
    assert rows(index, "SELECT resident_id FROM published.residence") == [("RBOB",)]
    assert rows(index, "SELECT resident_id FROM published.household_member") == [("RBOB",)]
    assert rows(index, "SELECT attribute FROM published.golden_value WHERE resident_id = 'RANN'") == [
        ("surname",)
    ]
    assert rows(index, "SELECT record_id FROM published.source_record WHERE uprn IS NOT NULL") == [
        ("a:3:m:1",)
    ]
    assert rows(index, "SELECT count(*) FROM history.resident") == [(0,)]


def test_done_again_it_changes_nothing_and_proves_nothing_twice(index: sa.Engine) -> None:
    dump = "SELECT r::text FROM published.{} AS r ORDER BY 1"
    secret = Secret(people=pd.Index(["a:1:m:1", "b:2:m:1"]), gone=pd.Index(["a:3:m:1"]))
    seal(index, secret)
    tables = ("resident", "crosswalk", "golden_value", "household", "source_record", "residence")
    before = {name: rows(index, dump.format(name)) for name in tables}
    seal(index, secret)
    assert {name: rows(index, dump.format(name)) for name in tables} == before
    proofs = rows(index, "SELECT kind, counts::text FROM operations.deletion")
    assert len(proofs) == 1
    assert "fewer than 10" in proofs[0][1]


def test_of_a_record_that_must_not_be_held_nothing_is_left_and_another_bears_out_what_it_did(
    index: sa.Engine,
) -> None:
    seal(index, Secret(gone=pd.Index(["b:2:m:1"])))
    assert rows(
        index, "SELECT record_count, source_count FROM published.resident WHERE resident_id = 'RANN'"
    ) == [(1, 1)]
    named = "SELECT DISTINCT record_id, agreeing_source_count FROM published.golden_value WHERE resident_id = 'RANN'"
    assert rows(index, named) == [("a:1:m:1", 1)]
    assert rows(
        index, "SELECT source_count, record_count FROM published.residence WHERE resident_id = 'RANN'"
    ) == [(1, 1)]
    assert rows(index, "SELECT record_count FROM operations.identity_event ORDER BY event_id") == [(1,), (1,)]
    for table in ("source_record", "crosswalk", "golden_value"):
        asked = "SELECT count(*) FROM published.{} WHERE record_id = 'b:2:m:1'"
        assert rows(index, asked.format(table)) == [(0,)]


def test_who_has_no_record_left_is_nobody_and_the_books_add_up(index: sa.Engine) -> None:
    seal(index, Secret(gone=pd.Index(["a:3:m:1"])))
    assert rows(index, "SELECT resident_id FROM published.resident") == [("RANN",)]
    assert rows(
        index, "SELECT kind FROM operations.identity_event WHERE resident_id = 'RBOB' ORDER BY event_id"
    ) == [
        ("minted",),
        ("retired",),
    ]
    assert rows(index, "SELECT changes->'resident'->>'added' FROM operations.publication") == [("1",)]


def test_who_held_both_identities_keeps_the_former_and_nothing_ties_the_two(index: sa.Engine) -> None:
    with writing(index) as connection:
        connection.execute(
            sa.text(
                "INSERT INTO operations.identity_event VALUES "
                "(3, 1, 'run', 'split', 'RNEW', 'RANN', 1, 'Its records were part of the other resident''s.')"
            )
        )
        new = {
            "record_id": "b:9:m:1",
            "source": "b",
            "record_key": "9",
            "person_role": "m",
            "person_position": 1,
        }
        put(connection, CROSSWALK, [{**new, "resident_id": "RNEW"}])
    links = pd.DataFrame(
        {
            "record_id_l": ["a:1:m:1"] * 2,
            "record_id_r": ["b:2:m:1", "b:9:m:1"],
            "record_id": ["b:2:m:1", "b:9:m:1"],
        }
    )
    seal(index, Secret(forbidden=links))
    held = "SELECT record_id FROM published.crosswalk WHERE resident_id = 'RANN'"
    assert rows(index, held) == [("a:1:m:1",)]
    told = "SELECT kind, other_resident_id FROM operations.identity_event WHERE resident_id = 'RNEW'"
    assert rows(index, told) == [("minted", None)]


def test_a_protection_is_lifted_by_a_person_for_the_person(index: sa.Engine) -> None:
    seal(index, Secret(people=pd.Index(["a:1:m:1", "b:2:m:1", "a:3:m:1"])))
    lift(index, "b:2:m:1", decided_by="officer", reason="it has ended")
    assert rows(index, "SELECT record_id FROM operations.protected_record") == [("a:3:m:1",)]
    told = "SELECT decided_by, reason FROM operations.deletion WHERE decided_by <> 'protection'"
    assert rows(index, told) == [("officer", "Protection lifted: it has ended")]


def test_who_shared_a_place_and_is_protected_since_is_protected_as_a_person(index: sa.Engine) -> None:
    seal(index, Secret(places=pd.Index(["a:3:m:1"])))
    seal(index, Secret(people=pd.Index(["a:3:m:1"])))
    assert rows(index, "SELECT record_id, reach FROM operations.protected_record") == [("a:3:m:1", "person")]
    seal(index, Secret(places=pd.Index(["a:3:m:1"])))
    assert rows(index, "SELECT record_id, reach FROM operations.protected_record") == [("a:3:m:1", "person")]


def test_a_restricted_record_of_a_protected_person_keeps_no_address_and_no_statement(
    index: sa.Engine,
) -> None:
    said = json.dumps([{"uprn": HOME, "first_snapshot_date": "2026-08-01"}])
    held = {
        "record_id": ["a:1:m:1", "a:3:m:1"], "source": "a", "record_key": ["1", "3"], "person_role": "m",
        "person_position": 1, "uprn": HOME, "statements": said,
        "is_birth_date_weak": False, "is_live": True, "first_snapshot_date": pd.Timestamp("2026-08-01"),
        "judgement_id": "j",
    }  # fmt: skip
    with writing(index) as connection:
        copy_frame(
            connection, conform(pd.DataFrame(held), RESTRICTED_RECORD), RESTRICTED_RECORD, "operations"
        )
    seal(index, Secret(people=pd.Index(["a:1:m:1"])))
    left = "SELECT record_id, uprn, statements::text FROM operations.restricted_record ORDER BY 1"
    (masked, kept) = rows(index, left)
    assert masked == ("a:1:m:1", None, "[]")
    assert kept[1] == HOME
    assert HOME in kept[2]
