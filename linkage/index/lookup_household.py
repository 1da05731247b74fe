"""What readers ask of households, and of what changed in them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.index.identity import is_identity
from linkage.index.lookup import UnknownResidentError, checked_identity
from linkage.index.reading import Index
from linkage.schema import (
    HOUSEHOLD,
    HOUSEHOLD_MEMBER,
    RESIDENCE,
    RESIDENCE_EVIDENCE,
    RESIDENT,
    STATED_RELATION,
)
from linkage.schema.ddl import metadata
from linkage.store.ledger import PUBLICATION, events_of, publication_of
from linkage.store.restricted import without_restricted

CHANGED = metadata().tables["published.change"]
KINDS = (
    "joined", "left", "born", "died", "new_adult_with_child", "child_in_two_places", "household_dissolved",
)  # fmt: skip
MOST_CHANGES = 1000
"""Changes that are shown at most, the latest first."""


class UnknownHouseholdError(StoreError):
    """No household of the index has, or ever had, this identity."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which changes are asked for; all that are not narrowed down.

    Attributes:
        run_id: Run that found them.
        kind: Kind of change.
        household_id: Household concerned.
        resident_id: Resident concerned, also as the other one.
        since: First day on which they happened, or were found where nobody states when they happened.
    """

    run_id: str | None = None
    kind: str | None = None
    household_id: str | None = None
    resident_id: str | None = None
    since: date | None = None


def checked_household(household_id: str) -> str:
    """A household's identity in capitals, well-formed.

    Raises:
        UnknownHouseholdError: It is none; the message does not repeat it.
    """
    asked = household_id.strip().upper()
    if not is_identity(asked, "H"):
        raise UnknownHouseholdError(
            "That is not a household's identity: expected H and 12 letters or digits, typed right."
        )
    return asked


def household_detail(index: Index, household_id: str) -> dict[str, Any]:
    """All that the index holds on one household.

    Args:
        index: The index, today's or as of a run.
        household_id: Identity of the household.

    Returns:
        `household_id`, `uprn`, `kind` and `member_count` (missing and 0 where nobody lives there now); `members`, those
        of now first, with names, standing, interval, probability and sources; `relations` that sources state between
        members of now; and `evidence`, what each source states of whom.

    Raises:
        UnknownHouseholdError: Nobody lives or lived there as far as the index knows.
        StoreError: The database does not answer.
    """
    asked = checked_household(household_id)
    members = _members(index, asked)
    if not members:
        raise UnknownHouseholdError("No household has that identity in the index; look it up again.")
    home = index.table(HOUSEHOLD)
    found = index.connection.execute(sa.select(home).where(home.c.household_id == asked)).mappings().first()
    return {
        "household_id": asked,
        "uprn": members[0]["uprn"],
        "kind": None if found is None else found["kind"],
        "member_count": 0 if found is None else found["member_count"],
        "members": members,
        "relations": _relations(index, [m["resident_id"] for m in members if m["is_current"]]),
        "evidence": _evidence(index, asked),
    }


def list_changes(index: Index, asked: Asked) -> list[dict[str, Any]]:
    """Changes that runs have found, the latest first; none of a resident who is under restriction.

    What a run found that a rollback took back is not among them.

    Args:
        index: The index, today's or as of a run.
        asked: Which.

    Returns:
        Rows of `CHANGE` with `found_date`, the snapshot of the run that found them; at most `MOST_CHANGES`.

    Raises:
        UnknownHouseholdError: A household's identity is malformed.
        UnknownResidentError: No resident has had that identity.
        StoreError: No run was published under that id, there is no such kind, or the database does not answer.
    """
    _check(index, asked)
    run = metadata().tables["operations.run"]
    rows = without_restricted(CHANGED, None)
    found = run.c.snapshot_date.label("found_date")
    when = sa.func.coalesce(rows.c.change_date, run.c.snapshot_date)
    query = sa.select(rows, found).join(run, run.c.run_id == rows.c.run_id)
    ordered = query.where(_is_followed(index, rows), *_wanted(rows, asked, when)).order_by(
        found.desc(), rows.c.kind, rows.c.household_id, rows.c.resident_id, rows.c.change_id
    )
    return [dict(row) for row in index.connection.execute(ordered.limit(MOST_CHANGES)).mappings()]


def _check(index: Index, asked: Asked) -> None:
    """Refuse what nothing can be found of: an empty list would be read as "nothing has changed"."""
    if asked.kind is not None and asked.kind not in KINDS:
        raise StoreError(f"There is no such kind of change; expected one of {', '.join(KINDS)}.")
    if asked.run_id is not None:
        publication_of(index.connection, asked.run_id)
    if asked.resident_id is not None and not events_of(index.connection, checked_identity(asked.resident_id)):
        raise UnknownResidentError("No resident has, or had, that identity; look it up again.")


def _is_followed(index: Index, rows: sa.FromClause) -> sa.ColumnElement[bool]:
    """The index follows a publication of the run that found it: none that a rollback has gone past."""
    made, now = PUBLICATION.c, index.publication_id
    is_ours = made.run_id == rows.c.run_id
    if now is None:
        return sa.exists().where(is_ours, made.rolled_back_by.is_(None))
    later = sa.or_(made.rolled_back_by.is_(None), made.rolled_back_by > now)
    return sa.exists().where(is_ours, made.publication_id <= now, later)


def _wanted(rows: sa.FromClause, asked: Asked, when: sa.ColumnElement[Any]) -> list[sa.ColumnElement[bool]]:
    equal = {"run_id": asked.run_id, "kind": asked.kind}
    wanted = [rows.c[name] == value for name, value in equal.items() if value is not None]
    if asked.household_id is not None:
        wanted.append(rows.c.household_id == checked_household(asked.household_id))
    if asked.resident_id is not None:
        both = (rows.c.resident_id, rows.c.related_resident_id)
        wanted.append(sa.or_(*(column == asked.resident_id.strip().upper() for column in both)))
    if asked.since is not None:
        wanted.append(when >= asked.since)
    return wanted


def _members(index: Index, household_id: str) -> list[dict[str, Any]]:
    member, person, stay = (index.table(t) for t in (HOUSEHOLD_MEMBER, RESIDENT, RESIDENCE))
    of_stay = [stay.c[name] == member.c[name] for name in ("resident_id", "uprn", "stay")]
    query = (
        sa.select(
            member,
            person.c.forename,
            person.c.surname,
            person.c.birth_date,
            stay.c.standing,
            stay.c.source_count,
        )
        .join(person, person.c.resident_id == member.c.resident_id)
        .join(stay, sa.and_(*of_stay))
        .where(member.c.household_id == household_id)
        .order_by(member.c.is_current.desc(), member.c.from_date.desc().nulls_last(), member.c.resident_id)
        .order_by(member.c.stay)
    )
    return [dict(row) for row in index.connection.execute(query).mappings()]


def _relations(index: Index, resident_ids: list[str]) -> list[dict[str, Any]]:
    rows = index.table(STATED_RELATION)
    names = ("resident_id", "related_resident_id", "relation", "source", "is_live")
    query = (
        sa.select(*(rows.c[name] for name in names))
        .where(rows.c.resident_id.in_(resident_ids), rows.c.related_resident_id.in_(resident_ids))
        .order_by(*(rows.c[name] for name in names[:4]))
    )
    return [dict(row) for row in index.connection.execute(query).mappings()]


def _evidence(index: Index, household_id: str) -> list[dict[str, Any]]:
    said, member = index.table(RESIDENCE_EVIDENCE), index.table(HOUSEHOLD_MEMBER)
    of_stay = [said.c[name] == member.c[name] for name in ("resident_id", "uprn", "stay")]
    query = (
        sa.select(said)
        .join(member, sa.and_(*of_stay))
        .where(member.c.household_id == household_id)
        .order_by(said.c.resident_id, said.c.stay, said.c.is_live.desc(), said.c.source, said.c.record_id)
    )
    return [dict(row) for row in index.connection.execute(query).mappings()]
