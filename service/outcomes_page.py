"""The reference page of how right outcomes are, from what `python -m benchmarks.outcomes` has recorded."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from linkage.outcomes import OUTCOMES

RESULTS = Path(__file__).parent.parent / "benchmarks" / "results" / "outcomes.json"
CHILDREN = RESULTS.with_name("children.json")
HEAD = """<!-- Written by `make reference` from benchmarks/results/outcomes.json; do not edit. -->

# How right outcomes are

Measured on simulated councils of {residents:,} residents, {profile} profile, at the snapshot of {snapshot}, with
`python -m benchmarks.outcomes {seeds} --residents {size} --keep`.
Thresholds were chosen on councils of other seeds. Shares are shown with what was counted; those marked *truth* are
measured against what a real council does not have.
"""
NONE = "none to measure"
"""What a share of nothing is shown as: 0 % would say that something was looked at and failed."""


ASKED = {
    "electors": "Asked: 80 % of true registrations validated, at a precision of 99 %, where the national extract alone "
    "validates about 50 %.",
    "tenancies": "Asked: of the first N, N being the number of true sublets, 80 % true.",
    "admissions": "Asked: of the first N, N being the number of false addresses, 80 % true; false alarms under 1 %.",
    "children": "Asked: 95 % of true changes told at the first snapshot after two services know of them, at "
    "a precision of 90 %.",
    "applications": "Asked: matches to somebody else under 0.1 %; of so few matches, none does not show that.",
}
"""The bar of each outcome that has one."""
MONTHS = """
Few children are on a list, and fewer changes happen among them. So the same is followed month by month as if every
child were listed, in councils of {residents:,} residents over {months} months, with
`python -m benchmarks.outcomes.children {seeds} --all --keep`. A team knows of a change when what it says of it is
dated, or came, since the change; a team whose statement was there before, undated, knows where somebody lives and not
that anything has changed. The second row counts those too.

| figure | {heads} |
|---|{rules}
| Changes told in the first month in which two teams know of them. *(truth)* | {known} |
| Changes told in the first month in which two teams state what is so since. *(truth)* | {stated} |
| Of all that is told in the last month: what is true. *(truth)* | {right} |
"""


def outcomes_page() -> str:
    """The page of recorded runs: a table an outcome, a row a figure, a column a seed."""
    runs = json.loads(RESULTS.read_text(encoding="utf-8"))
    first = runs[0]
    seeds = " ".join(f"--seed {run['seed']}" for run in runs)
    about = {name: first[name] for name in ("residents", "profile")}
    parts = [HEAD.format(**about, size=first["residents"], snapshot=first["snapshot_date"], seeds=seeds)]
    told = [outcome for outcome in OUTCOMES if outcome.name in first["figures"]]
    for outcome in told:
        asked = f"{ASKED[outcome.name]}\n\n" if outcome.name in ASKED else ""
        parts.append(f"\n## {outcome.label}\n\n{asked}{_table(outcome.name, runs)}\n")
        if outcome.name == "children":
            parts.append(_month_by_month(json.loads(CHILDREN.read_text(encoding="utf-8"))))
    return "".join(parts)


def _month_by_month(councils: list[dict[str, Any]]) -> str:
    cells = {
        name: " | ".join(shown(council[name] | {"value": _part(council[name])}) for council in councils)
        for name in ("known", "stated", "right")
    }
    return MONTHS.format(
        residents=councils[0]["residents"],
        months=councils[0]["months"],
        seeds=" ".join(f"--seed {council['seed']}" for council in councils),
        heads=" | ".join(f"seed {council['seed']}" for council in councils),
        rules="---|" * len(councils),
        **cells,
    )


def _part(of: Mapping[str, int]) -> float:
    """A share of what was counted."""
    return of["numerator"] / of["denominator"] if of["denominator"] else 0.0


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
