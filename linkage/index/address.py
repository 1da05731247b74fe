"""How likely each address is that live statements give a resident, and which of them is the current one.

A live statement is right with its weight. Services that say the same make it likelier, as if each were right by
itself; services that say that the person has left make it less likely; what they say of other addresses contradicts
it. The rest is the chance that the person lives where nobody says.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.index.evidence import LONG_AGO, Codes, Evidence, Flags, days
from linkage.index.groups import grouped
from linkage.index.statements import Statements
from linkage.index.trust import NOTHING, UNKNOWN_AGE_YEARS, grade_weights
from linkage.index.votes import Criterion, choose
from linkage.texts import is_one_of

Floats = npt.NDArray[np.float64]
DAYS_A_YEAR = 365.25
WEIGHT_DECIMALS = 6
"""Probabilities are compared to this many decimals, so that the order of a sum decides nothing."""

OVERTAKEN_BY_ITS_SOURCE = 0.2
"""What is left of a statement when the same source says that a later stay goes on elsewhere."""

OVERTAKEN = 0.75
"""What is left of a statement when another source says that the stay is over, or that a later one goes on elsewhere."""

DWELLING = "dwelling over other property"
LIKELIEST = "likeliest by live evidence"
MOST_SOURCES = "most sources state it"
MOST_RECENT = "most recent"
SMALLEST_UPRN = "smallest UPRN"


@dataclass(frozen=True, slots=True)
class Candidates:
    """Addresses that live statements give, in order of resident, then UPRN.

    Attributes:
        resident: Number of the resident.
        uprn: Number of the UPRN.
        probability: How likely it is that the resident lives there now.
        is_held: Likelier than that the person has left, or nobody says that the person has.
        source_count: Sources that state it.
        since_day: Latest start that a live statement of it gives.
        record: Record of the weightiest statement, by position.
    """

    resident: Codes
    uprn: Codes
    probability: Floats
    is_held: Flags
    source_count: Codes
    since_day: Codes
    record: Codes


def statement_weights(
    evidence: Evidence, stated: Statements, *, has_died: Flags, reckoning_day: int
) -> Floats:
    """Weight of each statement now, 0 to 1; 0 when it is not live or its resident has died.

    It is the weight of the source, less for a UPRN that was found and not given, halved again and again with the time
    since the source last asked, and less where a later stay goes on elsewhere.

    Args:
        evidence: Records and residents.
        stated: Statements.
        has_died: For each resident: a death date is known.
        reckoning_day: Day to which age is counted, since 1970.
    """
    new = base_weights(evidence, stated)
    half_life = evidence.trust["half_life_years"].to_numpy(dtype=np.float64)[stated.source]
    contact = days(stated.frame["from_date"])
    contact = np.where(stated.has_moved, days(stated.frame["first_snapshot_date"]), contact)
    age = np.where(
        contact == LONG_AGO, UNKNOWN_AGE_YEARS, np.maximum(reckoning_day - contact, 0) / DAYS_A_YEAR
    )
    counts = stated.is_live & ~has_died[stated.resident]
    weight: Floats = np.where(counts, new * np.exp2(-age / half_life) * _left(stated), 0.0)
    return weight


def base_weights(evidence: Evidence, stated: Statements) -> Floats:
    """Weight of each statement when it was new."""
    full = evidence.trust["address_weight"].to_numpy(dtype=np.float64)[stated.source]
    weight: Floats = full * grade_weights(stated.frame["uprn_match_grade"])
    return weight


def _left(stated: Statements) -> Floats:
    """What is left of each statement when a later stay goes on elsewhere."""
    of_source, anywhere, here = (
        _latest_start(stated, key)
        for key in (stated.resident * _width(stated) + stated.source, stated.resident, stated.pair)
    )
    ended = _latest_end(stated)
    factor = np.where((anywhere > here) | (ended > here), OVERTAKEN, 1.0)
    left: Floats = np.where(of_source > here, OVERTAKEN_BY_ITS_SOURCE, factor)
    return left


def _latest_end(stated: Statements) -> Codes:
    """For each statement: the latest end of a stay there that any source gives."""
    groups = grouped(stated.pair)
    is_over = stated.gone_weight > NOTHING
    return groups.largest(stated.until_day, of=is_over, none=LONG_AGO)[groups.number]


def _latest_start(stated: Statements, key: Codes) -> Codes:
    """For each statement: the latest start that live statements of the same key give."""
    groups = grouped(key)
    return groups.largest(stated.since_day, of=stated.is_live, none=LONG_AGO)[groups.number]


def candidates(evidence: Evidence, stated: Statements, weight: Floats) -> Candidates:
    """Every address that a live statement gives somebody alive, and how likely it is.

    Args:
        evidence: Records and residents.
        stated: Statements.
        weight: What `statement_weights` gave.
    """
    counts = weight > 0
    by_pair = grouped(stated.pair)
    since = by_pair.largest(stated.since_day, of=counts, none=LONG_AGO)
    wrong, gone = _chances(evidence, stated, weight, since[by_pair.number])
    by_source = grouped(_source_pairs(stated))
    pair_of = np.zeros(len(by_source.keys), dtype=np.int64)
    pair_of[by_source.number] = by_pair.number
    odds = np.expm1(np.bincount(pair_of, weights=-np.log1p(-wrong), minlength=len(by_pair.keys)))
    doubt = np.bincount(pair_of, weights=gone, minlength=len(by_pair.keys))
    odds = odds * np.exp(-doubt)
    chosen = np.flatnonzero(by_pair.any(counts))
    resident, uprn = np.divmod(by_pair.keys[chosen], max(len(stated.uprns), 1))
    total = np.bincount(resident, weights=odds[chosen], minlength=len(evidence.resident_ids))
    live_sources = grouped(_source_pairs(stated)[counts])
    return Candidates(
        resident=resident,
        uprn=uprn,
        probability=np.round(odds[chosen] / (1 + total[resident]), WEIGHT_DECIMALS),
        is_held=(odds[chosen] >= 1) | (doubt[chosen] == 0),
        source_count=_sources_of(live_sources.keys // _width(stated), by_pair.keys[chosen]),
        since_day=since[chosen],
        record=_best_records(evidence, stated, weight)[chosen],
    )


def current_addresses(
    evidence: Evidence, stated: Statements, found: Candidates, addresses: pd.DataFrame
) -> pd.DataFrame:
    """The current address of each resident that has one.

    A dwelling is preferred to other property, then the likeliest address. Whom services say to have left, more firmly
    than others say the contrary, has no current address.

    Args:
        evidence: Records and residents.
        stated: Statements.
        found: What `candidates` gave.
        addresses: Frame conforming to `ADDRESS`.

    Returns:
        One row a resident, by resident: `resident` (number), `value` (UPRN), `record` (position of the
        record it came from), `rule`, `agreeing_source_count`, `place` (among the candidates).
    """
    held = np.flatnonzero(found.is_held)
    residential = addresses.loc[addresses["is_residential"], "uprn"]
    is_dwelling = is_one_of(stated.uprns.to_series(), residential).to_numpy()
    uprn = found.uprn[held]
    criteria = [
        Criterion(is_dwelling[uprn].astype(np.int64), DWELLING),
        Criterion(found.probability[held], LIKELIEST),
        Criterion(found.source_count[held], MOST_SOURCES),
        Criterion(found.since_day[held], MOST_RECENT),
        Criterion(-uprn, SMALLEST_UPRN),
    ]
    winner, rule = choose(found.resident[held], criteria)
    place = held[winner]
    return pd.DataFrame(
        {
            "resident": found.resident[place],
            "value": stated.uprns.to_series().array.take(found.uprn[place]),
            "record": found.record[place],
            "rule": rule,
            "agreeing_source_count": found.source_count[place],
            "place": place,
        }
    )


def _width(stated: Statements) -> int:
    return int(stated.source.max(initial=0)) + 1


def _source_pairs(stated: Statements) -> Codes:
    """Number of resident, address and source together."""
    pairs: Codes = stated.pair * _width(stated) + stated.source
    return pairs


def _chances(evidence: Evidence, stated: Statements, weight: Floats, since: Codes) -> tuple[Floats, Floats]:
    """For each source of an address: the weight of its best statement, and log odds that it says the stay is over.

    What a source says of the end of a stay counts only while it has nothing live there, and not against a later stay.
    """
    by_source = grouped(_source_pairs(stated))
    best = by_source.highest(weight, of=weight > 0)
    is_over = (stated.gone_weight > NOTHING) & ~((since != LONG_AGO) & (stated.until_day <= since))
    gone = np.maximum(by_source.highest(stated.gone_weight, of=is_over), NOTHING)
    doubt = np.where(best == 0, np.log(gone) - np.log1p(-gone), 0.0)
    return best, doubt


def _sources_of(pairs: Codes, wanted: Codes) -> Codes:
    """How many of the pairs, in order, are each of those wanted."""
    counts: Codes = np.searchsorted(pairs, wanted, side="right") - np.searchsorted(pairs, wanted, side="left")
    return counts


def _best_records(evidence: Evidence, stated: Statements, weight: Floats) -> Codes:
    """Record of the weightiest statement of each resident and address; of equal ones the preferred record."""
    order = np.lexsort((evidence.preference[stated.record], -weight, stated.pair))
    ordered = stated.pair[order]
    first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(order)])
    records: Codes = stated.record[order[first]]
    return records
