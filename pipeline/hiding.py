"""What the stages do for protected people: hide an extract, and keep apart what must never be joined."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa

from linkage.contracts.model import Contract
from linkage.engine.link_cache import LinkCache
from linkage.link import ToolkitLinkage
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


def allowed_pairs(linkage: ToolkitLinkage, forbidden: pd.DataFrame) -> ToolkitLinkage:
    """The pairs that may be held: of two records that must never be joined there is none."""
    is_out = is_forbidden(linkage.pairs, forbidden)
    return replace(
        linkage,
        pairs=linkage.pairs[~is_out].reset_index(drop=True),
        alone=linkage.alone[~is_out].reset_index(drop=True),
    )


def allowed_cache(cache: LinkCache, forbidden: pd.DataFrame) -> LinkCache:
    """As `allowed_pairs`, of the household-aware engine's."""
    if forbidden.empty:
        return cache
    ends = [cache.order.positions(pa.array(forbidden[f"record_id_{side}"], pa.string())) for side in "lr"]
    smaller, larger = np.minimum(*ends).astype(np.int64), np.maximum(*ends).astype(np.int64)
    pairs = cache.pairs
    first, second = np.minimum(pairs.left, pairs.right), np.maximum(pairs.left, pairs.right)
    is_out = np.isin(first.astype(np.int64) << 32 | second, smaller << 32 | larger)
    return replace(cache, pairs=pairs.only(~is_out))
