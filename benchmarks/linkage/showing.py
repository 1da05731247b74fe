"""Figures as rows of text, for the terminal and for the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from benchmarks.linkage.figures import OURS, measured, peak, runs_by_contender, seconds

Case = dict[str, Any]
ABSENT = "-"
NEARLY_ONE = 0.999
HEADINGS = {
    "runs": (
        "contender", "records", "F1", "precision", "recall", "B-cubed F1",
        "F1, best threshold", "B-cubed F1, best threshold", "seconds", "seconds per million", "peak GB",
    ),
    "checks": ("what differs", "clusters", "candidate pairs", "largest change of a weight, bits"),
    "bins": ("probability", "pairs", "mean probability", "share true"),
    "bars": ("what", "asked", "figure", "", "note"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A table of texts.

    Attributes:
        title: Stands above it.
        headings: One of each column.
        rows: A text for each column.
        remark: A sentence below, or nothing.
    """

    title: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    remark: str = ""


def shown(name: str, case: Case) -> Shown:
    """The table of a case."""
    if "runs" in case:
        return _runs(name, case)
    if "checks" in case:
        return _checks(name, case)
    return _bins(name, case)


def shown_bars(bars: list[dict[str, Any]]) -> Shown:
    """The table of what was asked."""
    verdict = {True: "met", False: "MISSED", None: "not measured"}
    rows = [
        (bar["what"], bar["asked"], _figure(bar["value"]), verdict[bar["is_met"]], bar["note"])
        for bar in bars
    ]
    met = sum(bar["is_met"] is True for bar in bars)
    missed = sum(bar["is_met"] is False for bar in bars)
    remark = f"{met} met, {missed} missed, {len(bars) - met - missed} not measured."
    return Shown("What was asked", HEADINGS["bars"], rows, remark)


def rich_table(one: Shown) -> Table:
    """For the terminal."""
    table = Table(title=one.title, caption=one.remark, title_justify="left", caption_justify="left")
    for number, heading in enumerate(one.headings):
        table.add_column(heading, overflow="fold", no_wrap=one.headings == HEADINGS["runs"] and not number)
    for row in one.rows:
        table.add_row(*row)
    return table


def markdown(one: Shown) -> str:
    """For the page."""
    lines = ["| " + " | ".join(row) + " |" for row in (one.headings, *one.rows)]
    lines.insert(1, "|" + "---|" * len(one.headings))
    return "\n".join([*lines, *(["", one.remark] if one.remark else [])]) + "\n"


def _runs(name: str, case: Case) -> Shown:
    rows = [_contender(who, runs) for (who, _), runs in runs_by_contender(case).items()]
    failed = [
        f"{run['name']} at {run['records']:,} records: {run['failed']}."
        for run in case["runs"]
        if "failed" in run
    ]
    told = [
        f"Seconds of each run of {who} at {_records(runs)} records: "
        + ", ".join(f"{run['seconds']['total']:.1f}" for run in runs) + "."
        for (who, _), runs in runs_by_contender(case).items()
        if len(runs) > 1
    ]  # fmt: skip
    best = [_threshold(who, runs[0]) for (who, _), runs in runs_by_contender(case).items()]
    stages = [_stages(runs) for (who, _), runs in runs_by_contender(case).items() if who == OURS]
    return Shown(name, HEADINGS["runs"], rows, " ".join([*failed, *told, *filter(None, best), *stages]))


def _contender(who: str, runs: list[Case]) -> tuple[str, ...]:
    took, records = seconds(runs), runs[0]["counts"]["records"]
    usual = [_share(measured(runs, name)) for name in ("f1", "precision", "recall", "bcubed_f1")]
    best = [_share(measured(runs, name, best=True)) for name in ("f1", "bcubed_f1")]
    per_million = ABSENT if took is None else f"{took / records * 1e6:.1f}"
    took_text = ABSENT if took is None else f"{took:.1f}"
    return (who, _records(runs), *usual, *best, took_text, per_million, f"{(peak(runs) or 0) / 1e9:.2f}")


def _threshold(who: str, run: Case) -> str:
    """Where the best threshold of a peer lies; scores that tie at 1 cannot be cut any higher."""
    best = run.get("accuracy", {}).get("best")
    if not best:
        return ""
    if best["threshold"] is None:
        return f"No threshold is better for {who} than its own clusters."
    tied = ", where its scores tie" if best["threshold"] >= 1 else ""
    cut = best["threshold"]
    told = f"1 - {1 - cut:.1g}" if NEARLY_ONE < cut < 1 else f"{cut:.4f}"
    return f"Best threshold of {who}: {told}{tied}."


def _records(runs: list[Case]) -> str:
    return f"{runs[0]['counts']['records']:,}"


def _stages(runs: list[Case]) -> str:
    """Seconds of the stages of the first run."""
    parts = [f"{stage} {took:.1f}" for stage, took in runs[0]["seconds"].items() if stage != "total"]
    return f"Stages of the first run of ours at {_records(runs)} records: {', '.join(parts)} s."


def _checks(name: str, case: Case) -> Shown:
    words = {True: "the same", False: "DIFFERENT"}
    rows = [
        (
            check["what"], words[check["same_clusters"]], words[check["same_pairs"]],
            _figure(check["largest_weight_difference"]),
        )
        for check in case["checks"]
    ]  # fmt: skip
    return Shown(name, HEADINGS["checks"], rows, f"{case['records']:,} records.")


def _bins(name: str, case: Case) -> Shown:
    rows = [
        (
            f"from {one['low']:.2f}",
            f"{one['count']:,}",
            f"{one['mean_probability']:.4f}",
            f"{one['share_true']:.4f}",
        )
        for one in case["bins"]
    ]
    remark = (
        f"{case['records']:,} records, {case['pairs']:,} candidate pairs: expected calibration error "
        f"{case['ece']:.4f}; "
        f"{case['open_ece']:.4f} among the {case['open_pairs']:,} pairs between .01 and .99. Of "
        f"{case['near_certain_count']:,} pairs at .99 to .999 a share of "
        f"{_share(case['near_certain_share_true'])} is true."
    )
    return Shown(name, HEADINGS["bins"], rows, remark)


def _share(value: float | None) -> str:
    return ABSENT if value is None else f"{value:.4f}"


def _figure(value: float | None) -> str:
    return ABSENT if value is None else f"{value:.4g}"
