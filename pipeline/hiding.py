"""What the stages do for protected people: hide an extract, and keep apart what must never be joined."""

from dataclasses import replace

import pandas as pd

from linkage.contracts.model import Contract
from linkage.link import Linkage
from linkage.protect.apart import is_forbidden
from linkage.protect.declare import LASTING
from linkage.protect.few import told
from linkage.protect.hide import hide
from linkage.store import protected
from linkage.store.database import connect
from pipeline.run import Run


def hide_extract(run: Run, raw: pd.DataFrame, contract: Contract) -> tuple[pd.DataFrame, str]:
    """An extract as it may be held; what it says about protected people goes to the database alone.

    Args:
        run: The run.
        raw: Raw rows as they were read.
        contract: The source's contract.

    Returns:
        The rows, and how many were left out as far as that may be told; empty when the source withholds none.
    """
    with connect(run.settings) as database:
        known = protected.known_protection(database, source=contract.source)
        hidden = hide(raw, contract, known)
        protected.declare_protection(
            database, hidden.declared, source=contract.source, run_id=run.run_id, lasting=LASTING
        )
    withholds = contract.withhold_row_when or contract.withhold_person_when
    return hidden.raw, told(hidden.withheld_count) if withholds else ""


def forbidden_links(run: Run) -> pd.DataFrame:
    """Records that must never be joined: frame conforming to `FORBIDDEN_LINK`."""
    with connect(run.settings) as database:
        return protected.read_forbidden(database)


def without_forbidden(run: Run, linkage: Linkage) -> Linkage:
    """The pairs that may be held: of two records that must never be joined there is none."""
    is_out = is_forbidden(linkage.pairs, forbidden_links(run))
    if not is_out.any():
        return linkage
    return replace(
        linkage,
        pairs=linkage.pairs[~is_out].reset_index(drop=True),
        alone=linkage.alone[~is_out].reset_index(drop=True),
    )
