"""Kin groups: who at one address is of one family, as far as records show."""

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from linkage.index.evidence import Codes


def kin_groups(residents: pd.DataFrame, links: pd.DataFrame, relations: pd.DataFrame) -> Codes:
    """Number of each resident's kin group: residents of one address joined by name, by link or by stated relation.

    Args:
        residents: One row a resident: `resident_id`, `uprn` and `surname`, both missing where not known.
        links: Frame conforming to `HOUSEHOLD_LINK`; those at one address count.
        relations: Frame conforming to `STATED_RELATION`.

    Returns:
        Numbers in the order of the residents; whoever has no current address is alone.
    """
    place = pd.Index(residents["resident_id"].to_numpy(dtype=object))
    joined = [_bearers(residents)]
    near = links[links["is_one_address"]]
    for frame, one, other in (
        (near, "resident_id_l", "resident_id_r"),
        (relations, "resident_id", "related_resident_id"),
    ):
        ends = [place.get_indexer(pd.Index(frame[name].to_numpy(dtype=object))) for name in (one, other)]
        joined.append(np.stack(ends))
    left, right = np.concatenate(joined, axis=1)
    home = pd.factorize(residents["uprn"])[0]
    together = (left >= 0) & (right >= 0) & (home[left] == home[right]) & (home[left] >= 0)
    graph = coo_matrix(
        (np.ones(int(together.sum())), (left[together], right[together])), shape=(len(home), len(home))
    )
    labels: Codes = connected_components(graph, directed=False)[1].astype(np.int64)
    return labels


def _bearers(residents: pd.DataFrame) -> Codes:
    """Each resident and the first of the same address who shares a part of the surname."""
    known = residents[["uprn", "surname"]].reset_index(drop=True).dropna()
    parts = known.assign(part=known["surname"].str.split(" ")).explode("part")
    number = parts.index.to_numpy(dtype=np.int64)
    first = parts.assign(number=number).groupby(["uprn", "part"], sort=False)["number"].transform("first")
    return np.stack([first.to_numpy(dtype=np.int64), number])
