"""Which counts are hidden, so that nobody can work out a small one from those that are shown.

Somebody who wants to know a hidden count knows every count that is shown, how they add up, and that none is below
nothing. A linear programme finds the least and the most that the hidden count may then be. Where that leaves too little
doubt, the programme's dual values say which shown counts give it away, and the least of those is hidden too.

Source: Fischetti and Salazar, Models and algorithms for optimizing cell suppression in tabular data (JASA, 2000);
Hundepool and others, Statistical Disclosure Control (Wiley, 2012), chapter 4.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import OptimizeResult, linprog
from scipy.sparse import csr_matrix, vstack
from scipy.sparse.csgraph import connected_components

from linkage.outcomes.open_data.cells import Cells

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
CLOSE = 1e-6
"""Below this a bound or a dual value counts as nothing: linear programmes are solved in floating point."""


def suppress(cells: Cells, threshold: int, *, before: Flags | None = None) -> Flags:
    """Which cells are hidden; those of parts, which no dataset shows, always are.

    The counts that are shown are taken to be known exactly: that they are rounded only adds doubt.

    Args:
        cells: Counts and how they add up.
        threshold: Counts below it are hidden, and what is shown leaves open that each is this or more.
        before: Cells that the release before hid.

    Returns:
        One flag a cell.
    """
    frame = cells.frame
    counts = frame["count"].to_numpy(dtype=float)
    is_small: Flags = counts < threshold
    hidden: Flags = is_small | ~frame["is_shown"].to_numpy(dtype=bool)
    if before is not None:
        hidden |= still_hiding(cells, before, is_small)
    # A part in which nobody lives tells of nobody; that a ward has none of a kind would.
    guarded = np.flatnonzero(is_small & (frame["is_shown"].to_numpy() | (counts > 0)))
    for cell in guarded:
        _guard(cells, hidden, int(cell), threshold)
    return hidden


def still_hiding(cells: Cells, before: Flags, is_small: Flags) -> Flags:
    """Cells that the release before hid, and that still stand together with one that is small.

    Two cells stand together when they are in one sum or bound. As long as a count stays small, what hides it does not
    change from release to release, and so no two releases can be laid side by side to find it.
    """
    was = np.flatnonzero(before | ~cells.frame["is_shown"].to_numpy())
    together = abs(vstack([cells.equal, cells.within]).tocsr())[:, was]
    _, groups = connected_components(together.T @ together, directed=False)
    needed = np.unique(groups[is_small[was]])
    kept = np.zeros_like(before)
    kept[was[np.isin(groups, needed)]] = True
    return kept


@dataclass(frozen=True)
class Bound:
    """The least or most that a hidden count may be.

    Attributes:
        value: It; infinite where nothing bounds it.
        weights: By cell, how the bound changes with a shown count: those at 0 do not bear on it.
    """

    value: float
    weights: Numbers


def bound(cells: Cells, hidden: Flags, cell: int, *, most: bool) -> Bound:
    """The least or most that one hidden count may be, to somebody who knows those that are shown.

    Args:
        cells: Counts and how they add up.
        hidden: Flag of each cell.
        cell: Number of a hidden cell.
        most: The most that it may be, not the least.
    """
    counts = cells.frame["count"].to_numpy(dtype=float)
    places = np.flatnonzero(hidden)
    shown = np.where(hidden, 0.0, counts)
    equal, within = _bearing(cells.equal, hidden), _bearing(cells.within, hidden)
    aim = np.where(places == cell, -1.0 if most else 1.0, 0.0)
    found = linprog(
        aim,
        A_eq=equal[:, places],
        b_eq=-(equal @ shown),
        A_ub=within[:, places] if within.shape[0] else None,
        b_ub=-(within @ shown) if within.shape[0] else None,
        bounds=(0, None),
        method="highs",
    )
    if found.status == 3:
        return Bound(np.inf, np.zeros(len(counts)))
    sign = -1.0 if most else 1.0
    return Bound(sign * float(found.fun), np.where(hidden, 0.0, _weights(found, equal, within)))


def _bearing(sums: csr_matrix, hidden: Flags) -> csr_matrix:
    """Sums that have a hidden member."""
    return sums[np.flatnonzero(abs(sums) @ hidden.astype(float))]


def _weights(found: OptimizeResult, equal: csr_matrix, within: csr_matrix) -> Numbers:
    duals = np.asarray(found.eqlin.marginals)
    if not within.shape[0]:
        return np.asarray(equal.T @ duals)
    return np.asarray(vstack([equal, within]).T @ np.concatenate([duals, found.ineqlin.marginals]))


def _guard(cells: Cells, hidden: Flags, cell: int, threshold: int) -> None:
    """Hide what gives a small count away, until it may be none and may be the threshold."""
    for most, wanted in ((True, float(threshold)), (False, 0.0)):
        while True:
            limit = bound(cells, hidden, cell, most=most)
            is_safe = limit.value >= wanted - CLOSE if most else limit.value <= wanted + CLOSE
            if is_safe or not _hide_least(cells, hidden, limit.weights):
                break


def _hide_least(cells: Cells, hidden: Flags, weights: Numbers) -> bool:
    """Hide the count that is the least loss of those that bear on a bound; whether there was one."""
    giving = np.flatnonzero((np.abs(weights) > CLOSE) & ~hidden)
    if not len(giving):
        return False
    ranks, counts = cells.frame["rank"].to_numpy()[giving], cells.frame["count"].to_numpy()[giving]
    hidden[giving[np.lexsort((giving, counts, ranks))[0]]] = True
    return True
