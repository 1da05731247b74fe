"""A part of the index: built anew for whom a change of records reaches, equal to what a full build has of them."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

import pandas as pd

from linkage.index.build import build_index
from linkage.index.edition import Scope
from linkage.index.tables import IndexInputs, IndexTables
from linkage.index.versions import SCOPED
from linkage.schema import ADDRESS, PUBLISHED, empty


class Published(Protocol):
    """What a part asks of the index that is live: always about a few residents."""

    def households_of(self, resident_ids: pd.Series) -> pd.Series:
        """Households that some residents live in."""

    def members_of(self, household_ids: pd.Series) -> pd.Series:
        """Residents who live in some households."""

    def linked_to(self, resident_ids: pd.Series) -> pd.Series:
        """Residents whom a household link or a stated relation joins to one of these."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a change of records reaches.

    Attributes:
        residents: Ids of residents, before and now, who have or had a record that changed or was clustered anew.
        records: Ids of records that are new, gone, or say something else.
    """

    residents: pd.Series
    records: pd.Series


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the index.

    Attributes:
        tables: The rows that are in scope.
        scope: What they are about.
        around: All rows that were built for them: of the residents in scope everything, of others not.
    """

    tables: IndexTables
    scope: Scope
    around: IndexTables


class Now(Protocol):
    """What a part asks of the records as they are now."""

    def inputs_of(self, resident_ids: pd.Series) -> IndexInputs:
        """What the index of some residents is built from: their records, and the pairs among those."""

    def partners_of(self, resident_ids: pd.Series) -> pd.Series:
        """Residents whose records a likely pair of one household, or one raw row, joins to those of some residents."""


def build_part(
    reach: Reach,
    published: Published,
    now: Now,
    *,
    comparison_sources: frozenset[str],
    snapshot_date: date,
) -> Part:
    """Build the rows of the index that a change of records can have changed.

    Residents reached are built with all who share a household with them, before or now, since a household counts and
    knows its members, and with all whom a link joins to them, since a link says whether both live in one place.

    Args:
        reach: Whom the change reaches.
        published: The index that is live, which the change is made to.
        now: The records as they are now.
        comparison_sources: As of `build_index`.
        snapshot_date: As of `build_index`; in the month of the live index, so that all other rows stay as they are.

    Returns:
        The part.
    """
    given: dict[str, Any] = {"comparison_sources": comparison_sources, "snapshot_date": snapshot_date}
    alone = build_index(now.inputs_of(reach.residents), **given)
    households = _distinct(published.households_of(reach.residents), alone.resident["household_id"].dropna())
    shared = _distinct(reach.residents, published.members_of(households))
    linked = _distinct(published.linked_to(reach.residents), now.partners_of(reach.residents))
    around = build_index(now.inputs_of(_distinct(shared, linked)), **given)
    scope = Scope(resident=shared, household=households, record=reach.records, link=reach.residents)
    return Part(_within(around, scope), scope, around)


def _distinct(*parts: pd.Series) -> pd.Series:
    """All ids of the parts, each once, in order."""
    both = pd.concat([part.astype("string[pyarrow]") for part in parts], ignore_index=True)
    return both.drop_duplicates().sort_values(ignore_index=True)


def _within(tables: IndexTables, scope: Scope) -> IndexTables:
    """The rows that are in scope; of tables that no scope is kept of, all or, where they cannot have changed, none."""
    kept = {"address": empty(ADDRESS)}
    for table in PUBLISHED:
        if table.name not in SCOPED or table.name in kept:
            continue
        kind, columns = SCOPED[table.name]
        rows = getattr(tables, table.name)
        is_in = rows[list(columns)].isin(getattr(scope, kind).tolist()).any(axis=1)
        kept[table.name] = rows[is_in].reset_index(drop=True)
    return replace(tables, **kept)
