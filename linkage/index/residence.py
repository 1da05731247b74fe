"""Where residents live and lived: stays at addresses, made of what services state, and the evidence of each."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.index.address import WEIGHT_DECIMALS, Candidates, base_weights
from linkage.index.evidence import LONG_AGO, Codes, Evidence, Flags, as_dates, days
from linkage.index.groups import NO_DAY, Grouped, grouped
from linkage.index.statements import Statements
from linkage.index.trust import STAY

Floats = npt.NDArray[np.float64]
CURRENT, DISPUTED, FORMER = "current", "disputed", "former"
SPAN = 2**33
"""More than the days between any two dates: resident and day make one number."""


@dataclass(frozen=True)
class Stays:
    """Stays of residents at addresses.

    Attributes:
        groups: Statements by stay, in order of resident, UPRN and stay.
        number: Number of each statement's stay at its address, from 1.
        residence: One row a stay, in order of the groups, with the columns of `RESIDENCE`.
        evidence: One row a statement, in order of its key, with the columns of `RESIDENCE_EVIDENCE`.
    """

    groups: Grouped
    number: Codes
    residence: pd.DataFrame
    evidence: pd.DataFrame


@dataclass(frozen=True)
class Living:
    """What is known of where residents live now.

    Attributes:
        found: Addresses that live statements give.
        current: What `current_addresses` gave.
        weight: Weight of each statement now.
        death_day: Day each resident died; long ago for the living.
    """

    found: Candidates
    current: pd.DataFrame
    weight: Floats
    death_day: Codes


def make_stays(evidence: Evidence, stated: Statements, living: Living) -> Stays:
    """Stays of all residents, and the evidence of each.

    Statements of one address are one stay until a stay elsewhere lies between them; a mere hole makes no new stay.

    Args:
        evidence: Records and residents.
        stated: Statements.
        living: What is known of where residents live now.
    """
    number = stay_numbers(stated)
    groups = grouped(stated.pair * (int(number.max(initial=0)) + 1) + number)
    first = np.zeros(len(groups.keys), dtype=np.int64)
    first[groups.number] = np.arange(len(number))
    residence = _residence(evidence, stated, living, groups, first)
    residence.insert(2, "stay", number[first])
    return Stays(groups, number, residence, _evidence(evidence, stated, living, number))


def stay_numbers(stated: Statements) -> Codes:
    """Number of each statement's stay at its address, from 1 in order of time.

    A statement that tells no start belongs to the last stay that had begun when it was first heard of.
    """
    number = np.ones(len(stated.pair), dtype=np.int64)
    dated = np.flatnonzero(stated.since_day != LONG_AGO)
    dated = dated[np.lexsort((stated.since_day[dated], stated.pair[dated]))]
    if not len(dated):
        return number
    pair, since = stated.pair[dated], stated.since_day[dated]
    begins = _begins(stated, dated)
    run = np.cumsum(begins).astype(np.int64)
    first_run = grouped(pair).smallest(run, of=np.ones(len(run), dtype=bool))[grouped(pair).number]
    number[dated] = run - first_run + 1
    undated = np.flatnonzero(stated.since_day == LONG_AGO)
    heard = days(stated.frame["first_snapshot_date"])[undated]
    before = np.searchsorted(pair * SPAN + since, stated.pair[undated] * SPAN + heard, side="right") - 1
    known = (before >= 0) & (pair[before] == stated.pair[undated])
    number[undated[known]] = number[dated[before[known]]]
    return number


def _begins(stated: Statements, dated: Codes) -> Flags:
    """Whether each dated statement, in order of address and start, begins a stay."""
    pair, since = stated.pair[dated], stated.since_day[dated]
    heard, until = days(stated.frame["first_snapshot_date"])[dated], stated.until_day[dated]
    last = np.where(until == LONG_AGO, np.maximum(since, heard), np.maximum(until, since))
    last = np.where(stated.is_live[dated], SPAN // 4, last)
    reached = np.maximum.accumulate(pair * SPAN + last) - pair * SPAN
    is_next = np.append(False, pair[1:] == pair[:-1])
    covered = np.append(0, reached[:-1])
    is_gap = is_next & (since > covered)
    resident = stated.resident[dated]
    starts = np.sort(resident * SPAN + since)
    here = np.sort(pair * SPAN + since)
    between = _within(starts, resident * SPAN + covered, resident * SPAN + since)
    own = _within(here, pair * SPAN + covered, pair * SPAN + since)
    begins: Flags = ~is_next | (is_gap & (between > own))
    return begins


def _within(ordered: Codes, low: Codes, high: Codes) -> Codes:
    """How many of the ordered numbers are from low on and below high."""
    counts: Codes = np.searchsorted(ordered, high, side="left") - np.searchsorted(ordered, low, side="left")
    return counts


def _residence(
    evidence: Evidence, stated: Statements, living: Living, groups: Grouped, first: Codes
) -> pd.DataFrame:
    resident, uprn, pair = stated.resident[first], stated.uprn[first], stated.pair[first]
    since = groups.smallest(stated.since_day, of=stated.since_day != LONG_AGO, none=LONG_AGO)
    is_live = groups.any(living.weight > 0)
    is_current = _is_current(stated, living, pair, is_live)
    standing = np.where(is_current, CURRENT, np.where(is_live, DISPUTED, FORMER)).astype(object)
    end = np.where(is_live, LONG_AGO, _ends(evidence, stated, living, groups, first))
    return pd.DataFrame(
        {
            "resident_id": evidence.resident_ids.array.take(resident),
            "uprn": stated.uprns.to_series().array.take(uprn),
            "standing": standing,
            "is_current": is_current,
            "from_date": as_dates(since),
            "to_date": as_dates(np.where(end < since, LONG_AGO, end)),
            "probability": np.where(
                is_live, _now(stated, living, pair), _then(evidence, stated, groups, first)
            ),
            "source_count": groups.distinct(stated.source),
            "record_count": groups.distinct(stated.record),
        }
    )


def _is_current(stated: Statements, living: Living, pair: Codes, is_live: Flags) -> Flags:
    """The last live stay at the current address."""
    place = living.current["place"].to_numpy(dtype=np.int64)
    found = living.found
    now = found.resident[place] * max(len(stated.uprns), 1) + found.uprn[place]
    candidate = np.flatnonzero(is_live & np.isin(pair, now))
    flags = np.zeros(len(pair), dtype=bool)
    flags[candidate[np.append(pair[candidate][1:] != pair[candidate][:-1], True)[: len(candidate)]]] = True
    return flags


def _now(stated: Statements, living: Living, pair: Codes) -> Floats:
    """How likely it is that the resident lives at each stay's address now."""
    found = living.found
    keys = found.resident * max(len(stated.uprns), 1) + found.uprn
    place = np.minimum(np.searchsorted(keys, pair), max(len(keys) - 1, 0))
    is_there = keys[place] == pair if len(keys) else np.zeros(len(pair), dtype=bool)
    chance: Floats = np.where(is_there, found.probability[place] if len(keys) else 0.0, 0.0)
    return chance


def _then(evidence: Evidence, stated: Statements, groups: Grouped, first: Codes) -> Floats:
    """How likely each stay once was: not every one of its sources was wrong."""
    width = int(stated.source.max(initial=0)) + 1
    by_source = grouped(groups.number * width + stated.source)
    best = by_source.highest(base_weights(evidence, stated), of=np.ones(len(stated.source), dtype=bool))
    wrong = np.bincount(by_source.keys // width, weights=np.log1p(-best), minlength=len(first))
    chance: Floats = np.round(-np.expm1(wrong), WEIGHT_DECIMALS).astype(np.float64)
    return chance


def _ends(evidence: Evidence, stated: Statements, living: Living, groups: Grouped, first: Codes) -> Codes:
    """Last day of each stay: as stated, else when a stay elsewhere began or nobody stated it any more, or the death."""
    says_ends = evidence.trust["end_says"].eq(STAY).to_numpy(dtype=bool)[stated.source]
    is_stated = says_ends & stated.frame["to_date"].notna().to_numpy(dtype=bool) & ~stated.is_live
    stated_end = groups.largest(stated.until_day, of=is_stated, none=LONG_AGO)
    last = groups.largest(stated.until_day, of=stated.until_day != LONG_AGO, none=LONG_AGO)
    since = groups.smallest(stated.since_day, of=stated.since_day != LONG_AGO, none=LONG_AGO)
    elsewhere = _next_start(stated, first, since)
    heard = np.where((last != LONG_AGO) & (elsewhere < last), elsewhere, last)
    end = np.where(stated_end != LONG_AGO, stated_end, heard)
    died = living.death_day[stated.resident[first]]
    is_before = (died != LONG_AGO) & ((end == LONG_AGO) | (died < end))
    return np.where(is_before, died, end)


def _next_start(stated: Statements, first: Codes, since: Codes) -> Codes:
    """First day after the start of each stay on which a stay of the resident begins elsewhere."""
    dated = stated.since_day != LONG_AGO
    starts = np.unique(
        np.stack([stated.resident[dated] * SPAN + stated.since_day[dated], stated.pair[dated]]), axis=1
    )
    if starts.shape[1] == 0:
        return np.full(len(first), NO_DAY)
    resident = stated.resident[first]
    place = np.searchsorted(starts[0], resident * SPAN + np.maximum(since, 1 - SPAN // 4), side="right")
    place = np.minimum(place, starts.shape[1] - 1)
    found = starts[0][place] - resident * SPAN
    is_other = (starts[1][place] != stated.pair[first]) & (np.abs(found) < SPAN // 4) & (found > since)
    return np.where(is_other, found, NO_DAY)


def _evidence(evidence: Evidence, stated: Statements, living: Living, number: Codes) -> pd.DataFrame:
    frame = stated.frame
    return pd.DataFrame(
        {
            "record_id": frame["record_id"],
            "uprn": frame["uprn"],
            "first_snapshot_date": frame["first_snapshot_date"],
            "resident_id": evidence.resident_ids.array.take(stated.resident),
            "stay": number,
            "source": frame["source"],
            "uprn_match_grade": frame["uprn_match_grade"],
            "from_date": frame["from_date"],
            "to_date": frame["to_date"],
            "closed_date": frame["closed_date"],
            "is_live": stated.is_live,
            "weight": np.round(living.weight, WEIGHT_DECIMALS),
        }
    )
