"""Who is who, found by looking at every pair of a resident and a cluster, the best first; and the ledger as a list."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Crosswalk = dict[str, str]
Event = dict[str, Any]
BEGUN, ENDED = ("minted", "split", "restored"), ("merged", "retired")


@dataclass
class Ledger:
    """Events in a list, and who had each record last in a dictionary."""

    events: list[Event] = field(default_factory=list)
    past: Crosswalk = field(default_factory=dict)

    @property
    def known(self) -> set[str]:
        return {event["resident_id"] for event in self.events}

    def age(self, resident_id: str) -> int:
        return next(n for n, event in enumerate(self.events) if event["resident_id"] == resident_id)

    def used(self, resident_ids: pd.Series) -> npt.NDArray[np.bool_]:
        return resident_ids.isin(self.known).to_numpy(dtype=bool)

    def seniority(self, resident_ids: pd.Series) -> npt.NDArray[np.int64]:
        return np.array([self.age(resident_id) for resident_id in resident_ids], dtype=np.int64)

    def formerly(self, record_ids: pd.Series) -> pd.DataFrame:
        known = [(record, self.past[record]) for record in record_ids if record in self.past]
        return pd.DataFrame(known, columns=["record_id", "resident_id"], dtype="string[pyarrow]")

    def take_down(self, events: list[Event], before: Crosswalk, after: Crosswalk) -> None:
        self.events += events
        self.past |= {record: who for record, who in before.items() if after.get(record) != who}


@dataclass(frozen=True)
class Step:
    """One run: who was who, how its clusters look, and who is who now."""

    before: Crosswalk
    clusters: dict[str, str]
    after: Crosswalk
    events: list[Event]
    ledger: Ledger


Succeed = Callable[[dict[str, str], Crosswalk, Ledger], tuple[Crosswalk, list[Event]]]


def steps(history: list[dict[str, int]], succeed: Succeed) -> Iterator[Step]:
    """Runs one after the other; the ledger is as it was before the run."""
    before: Crosswalk = {}
    ledger = Ledger()
    for groups in history:
        clusters = clusters_of(groups)
        after, events = succeed(clusters, before, ledger)
        yield Step(before, clusters, after, events, Ledger([*ledger.events], {**ledger.past}))
        ledger.take_down(events, before, after)
        before = after


def clusters_of(groups: dict[str, int]) -> dict[str, str]:
    """Each record with its cluster, named by the smallest record in it."""
    smallest: dict[int, str] = {}
    for record in sorted(groups, reverse=True):
        smallest[groups[record]] = record
    return {record: smallest[group] for record, group in groups.items()}


def groups_of(crosswalk: Crosswalk) -> dict[str, frozenset[str]]:
    """Records of each resident or cluster."""
    found = defaultdict(set)
    for record, who in crosswalk.items():
        found[who].add(record)
    return {who: frozenset(records) for who, records in found.items()}


def heirs(clusters: dict[str, str], before: Crosswalk, ledger: Ledger) -> dict[str, str]:
    """The id of each cluster that goes on, or that comes back since no live resident has any record of it."""
    unheard = {c for c, records in groups_of(clusters).items() if not records & before.keys()}
    fresh = {record: cluster for record, cluster in clusters.items() if cluster in unheard}
    former = {record: who for record, who in ledger.past.items() if who not in before.values()}
    return _greedily(clusters, before, ledger) | _greedily(fresh, former, ledger)


def succeed_slowly(
    clusters: dict[str, str], before: Crosswalk, ledger: Ledger, *, new: dict[str, str] | None = None
) -> tuple[Crosswalk, list[Event]]:
    """Who is who, and what happened to ids; new ids are numbers where none are given."""
    ids = heirs(clusters, before, ledger)
    numbers = count(len(ledger.events))
    for cluster in sorted(set(clusters.values()) - ids.keys()):
        ids[cluster] = f"R{next(numbers)}" if new is None else new[cluster]
    after = {record: ids[cluster] for record, cluster in clusters.items()}
    names = {who: cluster for cluster, who in ids.items()}
    had, has = groups_of(before), groups_of(after)
    begun = [_begun(who, has[who], before, ledger) for who in has.keys() - had.keys()]
    ended = [_ended(who, had[who], after, names) for who in had.keys() - has.keys()]
    return after, sorted([*begun, *ended], key=lambda event: (event["kind"], event["resident_id"]))


def _greedily(clusters: dict[str, str], before: Crosswalk, ledger: Ledger) -> dict[str, str]:
    shared = Counter((before[record], cluster) for record, cluster in clusters.items() if record in before)
    best_first = sorted(shared, key=lambda pair: (-shared[pair], ledger.age(pair[0]), *pair))
    found: dict[str, str] = {}
    taken = set()
    for resident, cluster in best_first:
        if cluster not in found and resident not in taken:
            found[cluster] = resident
            taken.add(resident)
    return found


def _begun(who: str, records: frozenset[str], before: Crosswalk, ledger: Ledger) -> Event:
    met = Counter(before[record] for record in records if record in before)
    origin = min(met, key=lambda other: (-met[other], other), default=None)
    kind = "restored" if who in ledger.known else "minted" if origin is None else "split"
    return _event(kind, who, origin, records)


def _ended(who: str, records: frozenset[str], after: Crosswalk, names: dict[str, str]) -> Event:
    met = Counter(after[record] for record in records if record in after)
    heir = min(met, key=lambda other: (-met[other], names[other]), default=None)
    return _event("retired" if heir is None else "merged", who, heir, records)


def _event(kind: str, who: str, other: str | None, records: frozenset[str]) -> Event:
    return {
        "kind": kind,
        "resident_id": who,
        "other_resident_id": other,
        "record_count": len(records),
    }
