"""What was asked of the engine, and whether the figures meet it."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from benchmarks.linkage.figures import (
    EXPERT,
    OURS,
    OURS_GIVEN,
    PLAIN,
    SPLINKS,
    measured,
    of,
    peak,
    seconds,
    sizes_of,
)
from benchmarks.linkage.figures import runs_by_contender as by_contender

FASTER, FASTER_TARGET = 4.0, 8.0
PER_MILLION = 1.25
MEMORY_SHARE, MEMORY_BYTES = 0.5, 4e9
ERRORS_OF_PLAIN, ERRORS_OF_EXPERT, ERRORS_OF_EXPERT_TARGET = 0.25, 2 / 3, 0.5
F1_CHANGE = 0.01
ECE, NEAR_CERTAIN = 0.02, 0.98
WEIGHT_CHANGE = 1e-9
BEATEN_ON = (
    "accuracy/easy",
    "accuracy/hard",
    "accuracy/council",
    "accuracy/febrl3",
    "accuracy/febrl4",
    "all_peers/easy",
    "all_peers/hard",
    "all_peers/council",
)
ERRORS_ON = ("accuracy/easy", "accuracy/hard", "accuracy/council", "speed/easy/large", "speed/hard/large")
MEASURES = {"f1": "pairwise F1", "bcubed_f1": "B-cubed F1"}

Cases = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bar:
    """One thing asked.

    Attributes:
        what: What was measured, and on which case.
        asked: The bar in words.
        value: The figure; none where it was not measured.
        is_met: Whether the figure meets the bar; none where it was not measured.
        note: What else to know, such as whether a target beyond the bar is met.
    """

    what: str
    asked: str
    value: float | None
    is_met: bool | None
    note: str = ""


def _at_most(what: str, limit: float, value: float | None, *, asked: str = "", note: str = "") -> Bar:
    return Bar(what, asked or f"at most {limit:g}", value, None if value is None else value <= limit, note)


def _at_least(what: str, limit: float, value: float | None, *, asked: str = "", note: str = "") -> Bar:
    return Bar(what, asked or f"at least {limit:g}", value, None if value is None else value >= limit, note)


def _target(is_met: bool | None) -> str:
    return {True: "target met", False: "target missed", None: ""}[is_met]


def _ratio(one: float | None, other: float | None) -> float | None:
    return None if one is None or not other else one / other


def _least(values: list[float | None]) -> float | None:
    """The smallest of all, which is known only if all are."""
    return None if None in values or not values else min(value for value in values if value is not None)


def bars_of(cases: Cases) -> list[dict[str, Any]]:
    """Every bar with its figure, met or missed.

    Args:
        cases: Cases by name, as far as they have been measured.
    """
    parts = (_speed, _memory, _accuracy, _errors, _steadiness, _calibration, _determinism)
    return [asdict(bar) for part in parts for bar in part(cases)]


def _speed(cases: Cases) -> Iterator[Bar]:
    case = cases.get("speed/easy/large")
    quicker = _least([seconds(of(case, name)) for name in SPLINKS])
    asked = f"at least {FASTER:g} (target {FASTER_TARGET:g})"
    for who, rules in ((OURS_GIVEN, "8 rules for both"), (OURS, "with 4 rules of its own besides")):
        faster = _ratio(quicker, seconds(of(case, who)))
        note = _target(None if faster is None else faster >= FASTER_TARGET)
        what = f"times as fast as the quicker Splink, large, {rules}"
        yield _at_least(what, FASTER, faster, asked=asked, note=note)
    scaling = cases.get("scaling/easy")
    sizes = sizes_of(scaling)
    per_record = [_ratio(seconds(of(scaling, OURS, size)), size) for size in sizes] or [None]
    grown = _ratio(per_record[-1], per_record[0]) if len(per_record) > 1 else None
    yield _at_most("seconds per million, largest to large", PER_MILLION, grown)


def _memory(cases: Cases) -> Iterator[Bar]:
    case = cases.get("speed/easy/large")
    leaner = _least([peak(of(case, name)) for name in SPLINKS])
    share = _ratio(peak(of(case, OURS)), leaner)
    yield _at_most("peak memory as a share of the leaner Splink's, large", MEMORY_SHARE, share)
    sizes = sizes_of(cases.get("scaling/easy"))
    top = peak(of(cases.get("scaling/easy"), OURS, sizes[-1])) if sizes else None
    asked = f"under {MEMORY_BYTES / 1e9:g}"
    gigabytes = None if top is None else top / 1e9
    met = None if top is None else top < MEMORY_BYTES
    yield Bar("peak memory in GB, largest", asked, gigabytes, met)


def _accuracy(cases: Cases) -> Iterator[Bar]:
    for name in BEATEN_ON:
        case = cases.get(name)
        peers = {n: runs for (n, _), runs in by_contender(case).items() if not n.startswith(OURS)}
        for measure, words in MEASURES.items():
            best = {n: measured(runs, measure, best=True) for n, runs in peers.items()}
            known = {n: value for n, value in best.items() if value is not None}
            ours, given = (measured(of(case, who), measure) for who in (OURS, OURS_GIVEN))
            bar = _margin(f"{words} above the best peer's, {name}", ours, known, _failed(case))
            yield (
                bar
                if given is None
                else replace(bar, note=f"{bar.note}; ours by given rules only {given:.4f}")
            )


def _failed(case: dict[str, Any] | None) -> list[str]:
    return [run["name"] for run in (case or {}).get("runs", []) if "failed" in run]


def _margin(what: str, ours: float | None, peers: dict[str, float], failed: list[str]) -> Bar:
    """How far above the best peer at the threshold that the truth likes best; a peer that failed is named."""
    asked = "above 0"
    if ours is None or not peers:
        return Bar(what, asked, None, None)
    best = max(peers, key=peers.__getitem__)
    note = f"ours {ours:.4f}, {best} {peers[best]:.4f}"
    note += f"; no figure of {', '.join(failed)}" if failed else ""
    margin = ours - peers[best]
    return Bar(what, asked, margin, margin > 0, note)


def _errors(cases: Cases) -> Iterator[Bar]:
    asked = f"at most {ERRORS_OF_EXPERT:.3f} (target {ERRORS_OF_EXPERT_TARGET:g})"
    for name in ERRORS_ON:
        case = cases.get(name)
        for measure, words in MEASURES.items():
            ours, plain, expert = (
                _error(measured(of(case, who), measure, best=who != OURS)) for who in (OURS, PLAIN, EXPERT)
            )
            what = f"errors, 1 - {words}, as a share of {{}}, {name}"
            yield _at_most(what.format(PLAIN), ERRORS_OF_PLAIN, _ratio(ours, plain))
            share = _ratio(ours, expert)
            note = _target(None if share is None else share <= ERRORS_OF_EXPERT_TARGET)
            yield _at_most(what.format(EXPERT), ERRORS_OF_EXPERT, share, asked=asked, note=note)


def _error(f1: float | None) -> float | None:
    return None if f1 is None else 1 - f1


def _steadiness(cases: Cases) -> Iterator[Bar]:
    scaling = cases.get("scaling/easy")
    sizes = sizes_of(scaling)
    found = [measured(of(scaling, OURS, size), "f1") for size in sizes]
    known = [value for value in found if value is not None]
    change = abs(known[-1] - known[0]) if len(known) > 1 else None
    yield _at_most("change of pairwise F1, large to largest", F1_CHANGE, change)


def _calibration(cases: Cases) -> Iterator[Bar]:
    for size in ("usual", "large"):
        for setting in ("easy", "hard", "alone"):
            case = cases.get(f"calibration/{setting}/{size}") or {}
            where = f"{setting}, {case['records']:,} records" if case else f"{setting}, {size} size"
            note = f"{case['open_ece']:.4f} among the {case['open_pairs']:,} open pairs" if case else ""
            yield _at_most(f"expected calibration error, {where}", ECE, case.get("ece"), note=note)
            near = case.get("near_certain_share_true")
            note = f"{case['near_certain_count']:,} pairs" if case else ""
            yield _at_least(f"share true at .99 to .999, {where}", NEAR_CERTAIN, near, note=note)


def _determinism(cases: Cases) -> Iterator[Bar]:
    case = cases.get("determinism/easy") or {"checks": []}
    if not case["checks"]:
        yield Bar("largest change of a weight", f"at most {WEIGHT_CHANGE:g}, same clusters", None, None)
    for check in case["checks"]:
        change = check["largest_weight_difference"]
        met = check["same_clusters"] and check["same_pairs"] and change <= WEIGHT_CHANGE
        note = "same clusters" if check["same_clusters"] else "clusters differ"
        note += "" if check["same_pairs"] else "; candidate pairs differ"
        what = f"largest change of a weight, {check['what']}"
        yield Bar(what, f"at most {WEIGHT_CHANGE:g}, same clusters", change, met, note)
