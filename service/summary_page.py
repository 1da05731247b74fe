"""The summary on a terminal: one column a snapshot, read from top to bottom."""

from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from linkage.index.household import household_count
from service.outcomes_page import NONE

Document = dict[str, Any]
LATE = "not delivered"
WIDTH = 110
NARROWEST = 40
"""Characters of the first column, so that titles fit on a line."""


def print_summary(documents: Sequence[Document]) -> None:
    """Print what one or several runs did.

    Args:
        documents: From `pipeline.summary.summarise`, oldest first.
    """
    console = Console(highlight=False, width=None if Console().is_terminal else WIDTH)
    for table in (
        sources_table,
        quarantine_table,
        outcome_table,
        outcomes_table,
        maturity_table,
        seconds_table,
    ):
        console.print(table(documents))
    last = documents[-1]
    console.print("[bold]Where to look[/bold]")
    for name, meaning in (
        ("report", "Quality report"),
        ("validation", "Validation page"),
        ("tables", "Tables of the run"),
    ):
        console.print(f"  {meaning:<18} {last['paths'][name]}", markup=False, soft_wrap=True)
    console.print(f"  {'Index':<18} {last['index']}", markup=False, soft_wrap=True)
    if last["outcome"] != "live" and last["live_run_id"] is not None:
        console.print(_another_is_live(last), markup=False, soft_wrap=True)


TRUTH = "(truth): measured against what a real council does not have"
HEADLINES = (
    ("electors", "validated", "electors borne out by other services", ".1%"),
    ("electors", "validated_true_then", "of these right on the day stated (truth)", ".1%"),
    ("electors", "validated_true", "of these right as of today (truth)", ".1%"),
    ("electors", "true_validated", "true registrations borne out (truth)", ".1%"),
    ("electors", "validated_by_benefits_alone", "borne out by national benefits alone", ".1%"),
    ("tenancies", "tenancy_count", "council tenancies looked at", ",.0f"),
    ("tenancies", "possible_sublet_share", "of them possibly sublet", ".1%"),
    ("admissions", "application_count", "school applications looked at", ",.0f"),
    ("admissions", "evidenced_elsewhere_share", "of them known elsewhere", ".1%"),
    ("children", "listed_children", "children on a list", ",.0f"),
    ("children", "cases", "changes and contradictions told of them", ",.0f"),
    ("children", "precision", "of these true (truth)", ".1%"),
    ("children", "known_told", "changes two teams know, told (truth)", ".1%"),
    ("applications", "matched", "new applications of one known resident", ".1%"),
    ("applications", "not_asked", "needing no proof of who or where", ".1%"),
    ("applications", "repeat_not_asked", "of repeat ones (truth)", ".1%"),
    ("applications", "false_match", "matched to somebody else (truth)", ".2%"),
    ("open_data", "datasets", "datasets of the open data", ",.0f"),
    ("open_data", "hidden_share", "of their figures hidden, as small", ".1%"),
    ("data_register", "holdings", "sources in the register of data held", ",.0f"),
    ("data_register", "in_force_share", "of them under a protocol in force", ".1%"),
    ("data_register", "stale", "of them not come for this snapshot", ",.0f"),
)
"""Figures of outcomes in the summary: outcome, measure, label, format."""


def _another_is_live(document: Document) -> str:
    """What readers see instead of the run, and how they would see it where that can be."""
    told = f"Readers see run {document['live_run_id']}, not run {document['run_id']}"
    if document["outcome"] == "replaced":
        return f"{told}; `resident-index publish --run {document['run_id']}` makes this one live again."
    return f"{told}: a run does not by itself take the place of one of a later snapshot."


def _by_snapshot(title: str, first: str, documents: Sequence[Document]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column(first, min_width=NARROWEST)
    for document in documents:
        table.add_column(document["snapshot_date"], justify="right")
    return table


def sources_table(documents: Sequence[Document]) -> Table:
    """Rows in and rows quarantined, a line a source."""
    table = _by_snapshot("What came in: rows (of them quarantined)", "Source", documents)
    counted = [{counts["source"]: counts for counts in d["sources"]} for d in documents]
    late = [dict.fromkeys(document["missing_sources"], LATE) for document in documents]
    told = [
        {name: _rows_in(c) for name, c in counts.items()} | missed
        for counts, missed in zip(counted, late, strict=True)
    ]
    for source in dict.fromkeys(name for rows in told for name in rows):
        table.add_row(source, *(rows.get(source, "") for rows in told))
    table.add_section()
    totals = [{n: sum(s[n] for s in d["sources"]) for n in ("raw", "quarantined")} for d in documents]
    table.add_row("all sources", *(_rows_in(total) for total in totals))
    return table


def _rows_in(counts: Document) -> str:
    return f"{counts['raw']:,} ({counts['quarantined']:,})"


def quarantine_table(documents: Sequence[Document]) -> Table:
    """Why rows were held back, most frequent first."""
    table = _by_snapshot("What was quarantined, and why: rows", "Source and reason", documents)
    counted = [{_place(q): q["row_count"] for q in d["quarantine"]} for d in documents]
    reasons = {reason: sum(c.get(reason, 0) for c in counted) for c in counted for reason in c}
    if not reasons:
        table.add_row("nothing", *("0" for _ in documents))
    for reason in sorted(reasons, key=lambda r: (-reasons[r], r)):
        table.add_row(": ".join(reason), *(f"{c.get(reason, 0):,}" for c in counted))
    return table


def _place(reason: Document) -> tuple[str, str]:
    column = f" {reason['column']}" if reason["column"] else ""
    return reason["source"] + column, reason["reason"]


def outcome_table(documents: Sequence[Document]) -> Table:
    """Records, residents, households, accuracy."""
    table = _by_snapshot("What came of it", "Index", documents)
    figures: list[tuple[str, Callable[[Document], str]]] = [
        ("records", lambda d: f"{d['records']:,}"),
        ("closed records kept", lambda d: f"{d['closed_records']:,}"),
        ("became residents", lambda d: f"{d['residents']:,}"),
        ("in households", lambda d: f"{household_count(d['households']):,}"),
        ("and communal establishments", lambda d: f"{d['households'].get('communal', 0):,}"),
        ("linkage precision", lambda d: _share(d, "pairwise_precision")),
        ("linkage recall", lambda d: _share(d, "pairwise_recall")),
        ("linkage F1", lambda d: _share(d, "pairwise_f1")),
        ("outcome", lambda d: str(d["outcome"])),
    ]
    for name, figure in figures:
        table.add_row(name, *(figure(document) for document in documents))
    return table


def _share(document: Document, measure: str) -> str:
    value = document["accuracy"].get(measure)
    return "no truth known" if value is None else f"{value:.3f}"


def outcomes_table(documents: Sequence[Document]) -> Table:
    """The figures of each outcome that a reader looks for first, a block an outcome."""
    table = _by_snapshot("What it is for", "Outcome", documents)
    table.caption, table.caption_justify = TRUTH, "left"
    before = HEADLINES[0][0]
    for outcome, measure, label, form in HEADLINES:
        if outcome != before:
            table.add_section()
            before = outcome
        figures = [d.get("outcomes", {}).get(outcome, {}) for d in documents]
        if any(measure in told for told in figures):
            table.add_row(label, *(_headline(told, measure, form) for told in figures))
    return table


def _headline(figures: Document, measure: str, form: str) -> str:
    if measure not in figures:
        return ""
    return NONE if figures[measure] is None else format(figures[measure], form)


def maturity_table(documents: Sequence[Document]) -> Table:
    """Level of each theme of integrated customer data, and the whole."""
    table = _by_snapshot("Integrated customer data: level of 3", "Theme (how known)", documents)
    for place, score in enumerate(documents[-1]["maturity"]):
        if score["theme"] == "overall":
            table.add_section()
        levels = (str(d["maturity"][place]["level"]) for d in documents)
        table.add_row(f"{score['theme'].replace('_', ' ')} ({score['basis']})", *levels)
    return table


def seconds_table(documents: Sequence[Document]) -> Table:
    """Seconds of each stage, Airflow's own overhead apart."""
    table = _by_snapshot("Seconds by stage", "Stage", documents)
    for stage in documents[-1]["stage_seconds"]:
        table.add_row(stage, *(f"{d['stage_seconds'][stage]:.1f}" for d in documents))
    table.add_section()
    table.add_row("all stages", *(f"{sum(d['stage_seconds'].values()):.1f}" for d in documents))
    table.add_row("peak memory, MB", *(f"{d['peak_memory_mb']:,}" for d in documents))
    return table
