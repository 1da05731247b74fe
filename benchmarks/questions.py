"""The questions that readers ask of the index, each of one person, household, address, record or id."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from linkage.index import known_record_count, open_index, resident_detail
from linkage.index.lookup_household import Asked, household_detail, list_changes
from linkage.schema import (
    ADDRESS,
    CROSSWALK,
    HOUSEHOLD,
    HOUSEHOLD_LINK,
    HOUSEHOLD_MEMBER,
    RECORD_ALIAS,
    RESIDENCE,
    RESIDENCE_EVIDENCE,
    RESIDENT,
    SOURCE_RECORD,
    STATED_RELATION,
    Table,
)
from linkage.store.ledger import events_of
from linkage.store.transaction import reading

SAMPLE = sa.text(
    "SELECT r.resident_id, r.household_id, r.uprn, r.surname, r.forename, r.birth_date, "
    "c.record_id, c.source, c.record_key, a.postcode "
    "FROM published.resident AS r JOIN published.crosswalk AS c USING (resident_id) "
    "JOIN published.address AS a USING (uprn) WHERE c.record_key = :number LIMIT 1"
)


@dataclass(frozen=True)
class Sample:
    """One resident and what there is to ask about."""

    resident_id: str
    household_id: str
    uprn: str
    surname: str
    forename: str
    birth_date: Any
    record_id: str
    source: str
    record_key: str
    postcode: str


def sample_of(connection: sa.Connection, number: int) -> Sample:
    """The resident of a number."""
    return Sample(*connection.execute(SAMPLE, {"number": str(number)}).one())


def by(table: Table, *names: str, **called: str) -> Callable[[sa.Engine, Sample, str | None], int]:
    """Ask for the rows of a table that have what the sample has.

    Args:
        table: The table.
        *names: Columns called as in the sample.
        **called: Name in the sample by column, where it is another.
    """
    wanted = {**{name: name for name in names}, **called}

    def ask(engine: sa.Engine, sample: Sample, as_of: str | None) -> int:
        with open_index(engine, as_of) as index:
            rows = index.table(table)
            terms = [rows.c[column] == getattr(sample, name) for column, name in wanted.items()]
            return len(index.connection.execute(sa.select(rows).where(*terms)).all())

    return ask


def _detail(engine: sa.Engine, sample: Sample, as_of: str | None) -> object:
    return resident_detail(engine, sample.resident_id, as_of_run=as_of)


def _household(engine: sa.Engine, sample: Sample, as_of: str | None) -> object:
    with open_index(engine, as_of) as index:
        return household_detail(index, sample.household_id)


def _changes_of_household(engine: sa.Engine, sample: Sample, as_of: str | None) -> object:
    with open_index(engine, as_of) as index:
        return list_changes(index, Asked(household_id=sample.household_id))


def _changes_of_resident(engine: sa.Engine, sample: Sample, as_of: str | None) -> object:
    with open_index(engine, as_of) as index:
        return list_changes(index, Asked(resident_id=sample.resident_id))


def _ledger(engine: sa.Engine, sample: Sample, _: str | None) -> object:
    with reading(engine) as connection:
        return events_of(connection, sample.resident_id)


def _known(engine: sa.Engine, sample: Sample, _: str | None) -> object:
    return known_record_count(engine, [sample.record_id])


QUESTIONS: dict[str, tuple[Callable[[sa.Engine, Sample, str | None], Any], bool]] = {
    "all of a resident": (_detail, True),
    "all of a household": (_household, True),
    "residents by name and birth date": (by(RESIDENT, "surname", "forename", "birth_date"), True),
    "residents by birth date": (by(RESIDENT, "birth_date"), True),
    "residents at an address": (by(RESIDENT, "uprn"), True),
    "stays at an address": (by(RESIDENCE, "uprn"), True),
    "evidence about a resident": (by(RESIDENCE_EVIDENCE, "resident_id"), True),
    "evidence about an address": (by(RESIDENCE_EVIDENCE, "uprn"), True),
    "a household": (by(HOUSEHOLD, "household_id"), True),
    "the household at an address": (by(HOUSEHOLD, "uprn"), True),
    "members of a household": (by(HOUSEHOLD_MEMBER, "household_id"), True),
    "households of a resident": (by(HOUSEHOLD_MEMBER, "resident_id"), True),
    "links of a resident, one side": (by(HOUSEHOLD_LINK, resident_id_l="resident_id"), True),
    "links of a resident, other side": (by(HOUSEHOLD_LINK, resident_id_r="resident_id"), True),
    "relations of a resident": (by(STATED_RELATION, "resident_id"), True),
    "relations to a resident": (by(STATED_RELATION, related_resident_id="resident_id"), True),
    "the resident of a record": (by(CROSSWALK, "record_id"), True),
    "the residents of a source's key": (by(CROSSWALK, "source", "record_key"), True),
    "a source record": (by(SOURCE_RECORD, "record_id"), True),
    "source records by key": (by(SOURCE_RECORD, "source", "record_key"), True),
    "former ids of a record": (by(RECORD_ALIAS, "record_id"), True),
    "addresses of a postcode": (by(ADDRESS, "postcode"), True),
    "whether records are known": (_known, False),
    "what happened to an id": (_ledger, False),
    "changes of a resident": (_changes_of_resident, False),
    "changes of a household": (_changes_of_household, False),
}
"""Each with whether it can be asked as of an earlier run."""
