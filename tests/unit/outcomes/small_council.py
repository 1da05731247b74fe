"""A council of a few people, written down statement by statement, as outcomes see it."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd

from linkage.contracts import load_contracts
from linkage.index.trust import source_trust
from linkage.outcomes import View
from linkage.schema import (
    ADDRESS,
    CROSSWALK,
    RESIDENCE_EVIDENCE,
    ROW_FACT,
    SOURCE_RECORD,
    Table,
    conform,
    empty,
)
from linkage.settings import PACKAGED_CONTRACTS

SNAPSHOT = date(2026, 10, 1)
FIRST = pd.Timestamp("2026-08-01")


@dataclass
class SmallCouncil:
    """What services say; each call adds one statement of one record."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    addresses: dict[str, dict[str, Any]] = field(default_factory=dict)

    def address(self, uprn: str, classification: str = "RD06", **given: Any) -> None:
        self.addresses[uprn] = {
            "uprn": uprn,
            "classification": classification,
            "is_communal": False,
            "is_residential": True,
            "is_parent": False,
        } | given

    def says(
        self,
        source: str,
        person: str,
        uprn: str | None,
        since: str | None = None,
        *,
        until: str | None = None,
        first: str = "2026-08-01",
        role: str = "person",
        key: str | None = None,
        birth: str | None = None,
        death: str | None = None,
        **facts: str,
    ) -> str:
        """A service has a person, written `FORENAME SURNAME`, at an address; gives the record's id."""
        key = key or f"{person.replace(' ', '')}/{uprn}"
        record, ended = f"{source}:{key}:{role}:1", until is not None
        forename, surname = person.split(" ")
        common = {
            "record_id": record,
            "source": source,
            "uprn": uprn,
            "first_snapshot_date": pd.Timestamp(first),
        }
        self._add(
            SOURCE_RECORD, **common, record_key=key, person_role=role, person_position=1, forename=forename,
            surname=surname, is_birth_date_weak=False, is_live=not ended, start_date=_day(since), end_date=_day(until),
            birth_date=_day(birth), death_date=_day(death),
        )  # fmt: skip
        resident = f"R {person}"
        self._add(
            CROSSWALK, record_id=record, resident_id=resident, source=source, record_key=key, person_role=role,
            person_position=1,
        )  # fmt: skip
        for fact, value in facts.items():
            self._add(ROW_FACT, record_id=record, fact=fact, source=source, value=value)
        if uprn is None:
            return record
        self._add(
            RESIDENCE_EVIDENCE, **common, resident_id=resident, stay=1, from_date=_day(since), to_date=_day(until),
            is_live=not ended, weight=0.0 if ended else source_trust()[source].address_weight,
        )  # fmt: skip
        self.addresses.setdefault(uprn, {}) or self.address(uprn)
        return record

    def _add(self, table: Table, **row: Any) -> None:
        self.rows.setdefault(table.name, []).append(row)

    def view(self, *, seed: int | None = None) -> View:
        """The council as a view, its rows shuffled where a seed is given."""

        def read(table: Table) -> pd.DataFrame:
            frame = self._frame(table)
            shuffled = frame if seed is None else frame.sample(frac=1, random_state=seed, ignore_index=True)
            return shuffled[table.names].copy()

        return View("a run", SNAPSHOT, "england", load_contracts(PACKAGED_CONTRACTS), read)

    def counting_view(self) -> tuple[View, list[Table]]:
        """The council as a view, and a list that fills with what is read of it."""
        view, asked = self.view(), list[Table]()

        def read(table: Table) -> pd.DataFrame:
            asked.append(table)
            return view.read(table)

        return replace(view, read=read), asked

    def _frame(self, table: Table) -> pd.DataFrame:
        if table.name == ADDRESS.name:
            return conform(pd.DataFrame(list(self.addresses.values())), ADDRESS)
        rows = self.rows.get(table.name)
        whole = next(t for t in (*WHOLE, table) if t.name == table.name)
        return conform(pd.DataFrame(rows), whole) if rows else empty(whole)


WHOLE = (SOURCE_RECORD, CROSSWALK, RESIDENCE_EVIDENCE, ROW_FACT)
"""Tables kept whole, of which a reader may ask for some columns."""


def _day(text: str | None) -> pd.Timestamp | None:
    return None if text is None else pd.Timestamp(text)
