"""What a social worker asks about a child: who lives with it today, what changed, what each service knows."""

import math
from typing import Any

import pandas as pd
import sqlalchemy as sa

from linkage.index import Index
from linkage.index.lookup_household import household_detail
from linkage.outcomes.children.listed import CASES_OF, listed_children
from linkage.outcomes.children.statements import PURPOSE
from linkage.schema import CHILD_CHANGE, CROSSWALK, RESIDENCE_EVIDENCE, RESIDENT, SOURCE_RECORD
from linkage.settings import Settings
from linkage.store.outcomes import cases_with_dispositions
from linkage.store.restricted import residents_under_restriction
from pipeline.outcomes import view_of

NEW = ("new_adult", "new_child", "born")
SAID_OF = (
    "record_id",
    "source",
    "person_role",
    "is_live",
    "start_date",
    "end_date",
    "first_snapshot_date",
    "closed_date",
)


def child_detail(index: Index, settings: Settings, resident_id: str) -> dict[str, Any]:
    """All that may be told of a child for the purpose of safeguarding.

    Args:
        index: The live index.
        settings: Names the contracts, which say what a source may be used for.
        resident_id: Resident of the index.

    Returns:
        `resident` (id, name, birth date); `household_id` and `members` (missing and empty where no address may be
        told), each with `since`, `is_new`, `probability` and `sources`; `changes`, the latest first; `services`, what
        each record says: `is_here` is missing where the record tells no address. Where no address may be told, of other
        services than social care only which they are: the key of a tenancy, or its dates, may lead to one.
    """
    view = view_of(index.connection, settings)
    sources, owners = view.may_use(PURPOSE), view.owners()
    person = index.table(RESIDENT)
    names = ("resident_id", "forename", "surname", "birth_date", "death_date", "uprn", "household_id")
    asked = sa.select(*(person.c[name] for name in names)).where(person.c.resident_id == resident_id)
    found = dict(index.connection.execute(asked).mappings().one())
    uprn, household_id = found.pop("uprn"), found.pop("household_id")
    changes = cases_with_dispositions(index.connection, CHILD_CHANGE, where={"resident_id": resident_id})
    members = (
        []
        if household_id is None
        else _members(index, household_id, resident_id, {s: owners[s] for s in sources})
    )
    new = {row["related_resident_id"]: row for row in changes if row["finding"] in NEW}
    return {
        "resident": found,
        "household_id": household_id if members else None,
        "members": sorted(
            (_with_news(member, new.get(member["resident_id"])) for member in members),
            key=lambda row: (row["resident_id"] != resident_id, not row["is_new"], -row["probability"]),
        ),
        "changes": sorted(changes, key=lambda row: str(row["change_date"] or ""), reverse=True),
        "services": _services(index, resident_id, uprn if members else None, sources),
    }


def list_children(connection: sa.Connection, settings: Settings) -> list[dict[str, Any]]:
    """Listed children with the number of their cases that are open: `resident_id`, `listed_by`, `open_count`."""
    listed = listed_children(view_of(connection, settings))
    shown = listed[~listed["resident_id"].isin(residents_under_restriction(connection))]
    cases = pd.DataFrame(
        cases_with_dispositions(connection, CHILD_CHANGE, where={"disposition": "open"}),
        columns=["resident_id"],
    )
    open_count = shown["resident_id"].map(cases["resident_id"].value_counts()).fillna(0).astype("int64")
    rows: list[Any] = shown.assign(open_count=open_count).to_dict("records")
    return rows


def _members(
    index: Index, household_id: str, resident_id: str, owners: dict[str, str]
) -> list[dict[str, Any]]:
    """Members of now whom a permitted service states there; nobody where none of them states the child.

    Of a communal establishment only the child: who else lives there is no household.
    """
    held = household_detail(index, household_id)
    said: dict[str, list[dict[str, Any]]] = {}
    for row in held["evidence"]:
        if row["is_live"] and row["weight"] > 0 and row["source"] in owners:
            said.setdefault(row["resident_id"], []).append(row)
    if resident_id not in said:
        return []
    names = ("resident_id", "forename", "surname", "birth_date")
    shown = [m for m in held["members"] if m["is_current"] and m["resident_id"] in said]
    if held["kind"] == "communal":
        shown = [m for m in shown if m["resident_id"] == resident_id]
    return [{name: m[name] for name in names} | _borne_out(said[m["resident_id"]], owners) for m in shown]


def _borne_out(rows: list[dict[str, Any]], owners: dict[str, str]) -> dict[str, Any]:
    """Which services say so, and how sure that makes it: not all teams are wrong; sources of one team are one voice."""
    best: dict[str, float] = {}
    for row in rows:
        team = owners[row["source"]]
        best[team] = max(best.get(team, 0.0), row["weight"])
    wrong = math.prod(1 - weight for weight in best.values())
    return {"sources": sorted({row["source"] for row in rows}), "probability": round(1 - wrong, 4)}


def _with_news(member: dict[str, Any], change: dict[str, Any] | None) -> dict[str, Any]:
    return member | {"is_new": change is not None, "since": None if change is None else change["change_date"]}


def _services(index: Index, resident_id: str, uprn: str | None, sources: list[str]) -> list[dict[str, Any]]:
    """Records of permitted services; whether each states the home of now is missing where it may not be told."""
    record, crosswalk, said = (index.table(t) for t in (SOURCE_RECORD, CROSSWALK, RESIDENCE_EVIDENCE))
    asked = (
        sa.select(*(record.c[name] for name in SAID_OF), said.c.uprn)
        .join(crosswalk, crosswalk.c.record_id == record.c.record_id)
        .outerjoin(said, sa.and_(said.c.record_id == record.c.record_id, said.c.is_live))
        .where(crosswalk.c.resident_id == resident_id, record.c.source.in_(sources))
        .order_by(record.c.closed_date.is_not(None), record.c.source, record.c.record_id)
    )
    rows = [dict(row) for row in index.connection.execute(asked).mappings()]
    for row in rows:
        place = row.pop("uprn")
        row["is_here"] = None if place is None or uprn is None else place == uprn
    return rows if uprn is not None else [_without_leads(row) for row in rows]


def _without_leads(row: dict[str, Any]) -> dict[str, Any]:
    """Of a record of another service than social care, which service it is."""
    return row if row["source"] == CASES_OF else dict.fromkeys(row) | {"source": row["source"]}
