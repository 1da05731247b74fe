"""A simulated council as outcomes see it, month after month."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from benchmarks.feed.council import Month, months
from linkage.contracts import load_contracts, load_protocols
from linkage.index import changes
from linkage.outcomes import View
from linkage.schema import CHANGE, OUTCOMES, ROW_FACT, WATCHED_CHILD, Table, empty
from linkage.settings import PACKAGED_CONTRACTS


def views(extracts: Path, nation: str) -> Iterator[View]:
    """The view of each snapshot of a folder of extracts, with all changes found up to it.

    Args:
        extracts: Folder of extracts.
        nation: Whose electoral law holds.
    """
    told, before = empty(CHANGE), None
    for month in months(extracts):
        told = pd.concat([told, _changes(before, month)], ignore_index=True)
        before = month
        yield view_of(month, told, nation)


def view_of(month: Month, told: pd.DataFrame, nation: str, watched: pd.DataFrame | None = None) -> View:
    """A view of an index that is in memory, with the list of watched residents: nobody when not given."""

    def read(table: Table) -> pd.DataFrame:
        asked = empty(WATCHED_CHILD) if watched is None else watched
        held = {CHANGE.name: told, ROW_FACT.name: month.facts, WATCHED_CHILD.name: asked}
        if table.name in held:
            return held[table.name][table.names].copy()
        # What outcomes found in the month before is not kept here.
        of_outcomes = {declared.name for declared in OUTCOMES}
        frame = empty(table) if table.name in of_outcomes else getattr(month.tables, table.name)
        return frame[table.names].copy()

    contracts = load_contracts(PACKAGED_CONTRACTS)
    return View(
        month.snapshot.isoformat(),
        month.snapshot,
        nation,
        contracts,
        read,
        load_protocols(PACKAGED_CONTRACTS),
    )


def _changes(before: Month | None, after: Month) -> pd.DataFrame:
    if before is None:
        return empty(CHANGE)
    return changes(
        before.tables,
        after.tables,
        run_id=after.snapshot.isoformat(),
        before_snapshot=before.snapshot,
        after_snapshot=after.snapshot,
    )
