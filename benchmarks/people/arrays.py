"""Short names of the array types, and the draws that every part of the simulation makes."""

from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Generator = np.random.Generator
NEVER = 2.0
"""A time after all records, which run from 0 to 1."""


def pick(rng: Generator, weights: npt.ArrayLike, size: int) -> Ints:
    """Positions of a list of weights, each as often as its weight says."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    return positions(edges / edges[-1], rng.random(size))


def positions(edges: Floats, u: Floats) -> Ints:
    """Where numbers in [0, 1) fall between cumulative shares."""
    return np.minimum(np.searchsorted(edges, u, side="right"), len(edges) - 1).astype(np.int64)


def between(rng: Generator, low: float, high: float, size: int) -> Floats:
    """Numbers in [low, high)."""
    return low + (high - low) * rng.random(size)


def chance(rng: Generator, rate: float | Floats, size: int) -> Flags:
    """True at a rate, the same for all or one each."""
    return np.asarray(rng.random(size) < rate)


def chance_among(rng: Generator, eligible: Flags, rate: float, total: int | None = None) -> Flags:
    """True among the eligible, so often that they are a rate of a total.

    Args:
        rng: Where chance comes from.
        eligible: Which may be true, shape (n,).
        rate: Share of the total, or of the eligible where no total is given.
        total: What the rate is a share of. Half of the eligible at most are chosen.

    Returns:
        Flags, shape (n,).
    """
    among = int(eligible.sum())
    scaled = rate if total is None else min(rate * total / max(among, 1), 0.5)
    return eligible & chance(rng, scaled, len(eligible))


def rank_in_group(group: Ints) -> Ints:
    """How many with the same group come before each, shape (n,)."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    rank = np.arange(len(group)) - np.repeat(starts, np.diff(np.r_[starts, len(group)]))
    result = np.empty(len(group), dtype=np.int64)
    result[order] = rank
    return result


def as_ints(values: Any) -> Ints:
    """Values as whole numbers of 64 bits."""
    return np.asarray(values, dtype=np.int64)
