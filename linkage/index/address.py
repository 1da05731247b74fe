"""Where residents live: the current address of each, and every address that services state."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.index.evidence import LONG_AGO, Codes, Evidence, Flags, as_dates, days
from linkage.index.trust import UNKNOWN_AGE_YEARS, grade_weights
from linkage.index.votes import Criterion, Groups, choose, group_values

Floats = npt.NDArray[np.float64]
DAYS_A_YEAR = 365.25
WEIGHT_DECIMALS = 6
"""Weights are compared to this many decimals, so that the order of a sum decides nothing."""

DWELLING = "dwelling over other property"
WEIGHTIEST = "weightiest live evidence"
MOST_SOURCES = "most sources state it"
MOST_RECENT = "most recent"
SMALLEST_UPRN = "smallest UPRN"


@dataclass(frozen=True, slots=True)
class Stated:
    """Records that may state an address, grouped by resident and address.

    Attributes:
        position: Positions of those records.
        uprn: Number of each one's UPRN, in UPRN order.
        uprns: UPRNs in order.
        groups: The records grouped; positions in `groups` are places in `position`.
    """

    position: Codes
    uprn: Codes
    uprns: pd.Index
    groups: Groups

    @property
    def group_uprn(self) -> Codes:
        """Number of each group's UPRN."""
        return self.uprn[self.groups.first]


def current_addresses(
    evidence: Evidence, addresses: pd.DataFrame, *, has_died: Flags, snapshot_day: int
) -> pd.DataFrame:
    """The current address of each resident that has one.

    Only live records of own services count. Each source counts once for an address, with its best record: the
    weight of the source, less for a UPRN that was found and not given, and halved again and again as the
    record ages. The dead have no current address, and an address that is withheld is not chosen.

    Args:
        evidence: Records and residents.
        addresses: Frame conforming to `ADDRESS`.
        has_died: For each resident: a death date is known.
        snapshot_day: Day of the snapshot, since 1970.

    Returns:
        One row a resident, by resident: `resident` (number), `value` (UPRN), `record` (position of the
        record it came from), `rule`, `agreeing_source_count`.
    """
    may_count = evidence.is_live & ~has_died[evidence.resident]
    weight = _record_weights(evidence, snapshot_day)
    place = np.empty(len(weight), dtype=np.int64)
    place[np.lexsort((evidence.preference, -weight))] = np.arange(len(weight))
    stated = _stated(evidence, may_count, preference=place)
    groups = stated.groups
    sources = groups.distinct(evidence.source[stated.position])
    is_dwelling = stated.uprns.isin(addresses.loc[addresses["is_residential"], "uprn"])
    criteria = [
        Criterion(is_dwelling[stated.group_uprn].astype(np.int64), DWELLING),
        Criterion(
            _group_weights(groups, weight[stated.position], evidence.source[stated.position]), WEIGHTIEST
        ),
        Criterion(sources, MOST_SOURCES),
        Criterion(groups.largest(evidence.start_day[stated.position]), MOST_RECENT),
        Criterion(-stated.group_uprn, SMALLEST_UPRN),
    ]
    winner, rule = choose(groups.resident, criteria)
    return pd.DataFrame(
        {
            "resident": groups.resident[winner],
            "value": stated.uprns.to_series().array.take(stated.group_uprn[winner]),
            "record": stated.position[groups.first[winner]],
            "rule": rule,
            "agreeing_source_count": sources[winner],
        }
    )


def residences(evidence: Evidence, current: pd.DataFrame, *, snapshot_day: int) -> pd.DataFrame:
    """Every address that own services state for a resident, now or before, but none that is withheld.

    Args:
        evidence: Records and residents.
        current: What `current_addresses` gave.
        snapshot_day: Day of the snapshot, since 1970.

    Returns:
        One row a resident and address, in that order, with the columns of `RESIDENCE`.
    """
    stated = _stated(evidence, np.ones(len(evidence.resident), dtype=bool), preference=evidence.preference)
    groups = stated.groups
    last_day = _last_days(evidence, snapshot_day)[stated.position]
    start_day = evidence.start_day[stated.position]
    known_start = np.where(start_day == LONG_AGO, np.iinfo(np.int64).max, start_day)
    first_day = groups.smallest(known_start)
    now = np.full(len(evidence.resident_ids), -1, dtype=np.int64)
    now[current["resident"].to_numpy()] = stated.uprns.get_indexer(pd.Index(current["value"]))
    is_current = now[groups.resident] == stated.group_uprn
    return pd.DataFrame(
        {
            "resident_id": evidence.resident_ids.array.take(groups.resident),
            "uprn": stated.uprns.to_series().array.take(stated.group_uprn),
            "stay": 1,
            "standing": np.where(is_current, "current", "former"),
            "is_current": is_current,
            "from_date": as_dates(np.where(first_day == np.iinfo(np.int64).max, LONG_AGO, first_day)),
            "to_date": as_dates(groups.largest(last_day)),
            "probability": 0.5,
            "source_count": groups.distinct(evidence.source[stated.position]),
            "record_count": np.diff(np.append(groups.starts, len(groups.order))),
        }
    )


def _stated(evidence: Evidence, may_count: Flags, *, preference: Codes) -> Stated:
    shown = evidence.is_own & ~evidence.is_withheld[evidence.resident]
    usable = may_count & shown & evidence.records["uprn"].notna().to_numpy(dtype=bool)
    position = np.flatnonzero(usable)
    number, uprns = pd.factorize(evidence.records["uprn"].iloc[position], sort=True)
    uprn = number.astype(np.int64)
    groups = group_values(evidence.resident[position], uprn, preference[position])
    return Stated(position, uprn, pd.Index(uprns), groups)


def _record_weights(evidence: Evidence, snapshot_day: int) -> Floats:
    """Weight of each record's statement of address, 0 to 1."""
    trust = evidence.trust
    known = evidence.start_day != LONG_AGO
    age_days = np.where(known, snapshot_day - evidence.start_day, UNKNOWN_AGE_YEARS * DAYS_A_YEAR)
    half_life = trust["half_life_years"].to_numpy(dtype=np.float64)[evidence.source]
    freshness = np.exp2(-np.maximum(age_days, 0) / DAYS_A_YEAR / half_life)
    full = trust["address_weight"].to_numpy(dtype=np.float64)[evidence.source]
    weight: Floats = full * freshness * grade_weights(evidence.records["uprn_match_grade"])
    return weight


def _group_weights(groups: Groups, weight: Floats, source: Codes) -> Floats:
    """Weight of each group: the best record of each of its sources, added up."""
    number = groups.number
    ordered_weight, ordered_source = weight[groups.order], source[groups.order]
    best_first = np.lexsort((-ordered_weight, ordered_source, number))
    pair = np.stack([number[best_first], ordered_source[best_first]])
    is_first = np.append(True, (pair[:, 1:] != pair[:, :-1]).any(axis=0))[: len(number)]
    best = best_first[is_first]
    added = np.bincount(number[best], weights=ordered_weight[best], minlength=len(groups.starts))
    rounded: Floats = np.round(added, WEIGHT_DECIMALS)
    return rounded


def _last_days(evidence: Evidence, snapshot_day: int) -> Codes:
    """Latest day on which each record states its address: today while live, else its end or start."""
    ended = days(evidence.records["end_date"])
    last: Codes = np.where(ended == LONG_AGO, evidence.start_day, np.minimum(ended, snapshot_day))
    return np.where(evidence.is_live, snapshot_day, last)
