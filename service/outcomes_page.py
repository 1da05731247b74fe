"""The reference page of how right outcomes are, from what `python -m benchmarks.outcomes` has recorded."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from linkage.outcomes import OUTCOMES

RESULTS = Path(__file__).parent.parent / "benchmarks" / "results" / "outcomes.json"
HEAD = """<!-- Written by `make reference` from benchmarks/results/outcomes.json; do not edit. -->

# How right outcomes are

Measured on simulated councils of {residents:,} residents, {profile} profile, at the snapshot of {snapshot}, with
`python -m benchmarks.outcomes {seeds} --residents {size} --keep`.
Thresholds were chosen on councils of other seeds. Shares are shown with what was counted; those marked *truth* are
measured against what a real council does not have.
"""
NONE = "none to measure"
"""What a share of nothing is shown as: 0 % would say that something was looked at and failed."""


def outcomes_page() -> str:
    """The page of recorded runs: a table an outcome, a row a figure, a column a seed."""
    runs = json.loads(RESULTS.read_text(encoding="utf-8"))
    first = runs[0]
    seeds = " ".join(f"--seed {run['seed']}" for run in runs)
    about = {name: first[name] for name in ("residents", "profile")}
    parts = [HEAD.format(**about, size=first["residents"], snapshot=first["snapshot_date"], seeds=seeds)]
    told = [outcome for outcome in OUTCOMES if outcome.name in first["figures"]]
    return "".join(parts + [f"\n## {o.label}\n\n{_table(o.name, runs)}\n" for o in told])


def _table(outcome: str, runs: list[dict[str, Any]]) -> str:
    heads = " | ".join(f"seed {run['seed']}" for run in runs)
    lines = [f"| figure | {heads} |", "|---|" + "---|" * len(runs)]
    told = [{f["measure"]: f for f in run["figures"][outcome]} for run in runs]
    for measure, figure in told[0].items():
        mark = " *(truth)*" if figure["is_against_truth"] else ""
        cells = " | ".join(shown(of[measure]) if measure in of else "" for of in told)
        lines.append(f"| {figure['description']}{mark} | {cells} |")
    return "\n".join(lines)


def shown(figure: Mapping[Any, Any]) -> str:
    """A figure as a reader sees it: a count, or a share with its count; a share of nothing is none."""
    whole = figure["denominator"]
    if pd.isna(whole):
        return f"{figure['value']:,.0f}"
    if whole == 0:
        return NONE
    return f"{figure['value']:.1%} ({figure['numerator']:,.0f} of {whole:,.0f})"
