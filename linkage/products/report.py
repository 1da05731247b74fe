"""The report of a run: one page that an auditor can open, and the same as JSON."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from linkage.pages import page_environment
from linkage.products import report_tables as tables
from linkage.products.inputs import QUARANTINE_REASON, taken
from linkage.products.maturity import OVERALL, TOP, PartScore
from linkage.products.maturity_rules import load_rules
from linkage.products.overall import sensitivity
from linkage.products.tally import INDEX
from linkage.products.wording import ATTRIBUTE_LABELS, count, day, heading
from linkage.schema import empty


@dataclass(frozen=True, slots=True)
class RunHeader:
    """What stands at the head of the report.

    Attributes:
        run_id: The run.
        snapshot_date: Date the run is about.
        resident_count: Residents published.
        household_count: Occupied addresses that are households.
        communal_count: Occupied addresses that are care homes, hostels or the like.
        validation_href: Relative link to the validation page, or None when there is none.
        title: Name of the product.
    """

    run_id: str
    snapshot_date: datetime.date
    resident_count: int
    household_count: int
    communal_count: int = 0
    validation_href: str | None = None
    title: str = "Residents index"


def report_page(
    figures: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    run: RunHeader,
    parts: Sequence[PartScore] = (),
    quarantine: pd.DataFrame | None = None,
    stage_seconds: Mapping[str, float] | None = None,
) -> str:
    """One self-contained HTML page: no script, no other file, no value of a person.

    Args:
        figures: Conforms to `QUALITY_FIGURE`, one run.
        scores: Conforms to `MATURITY_SCORE`, the same run.
        run: What stands at the head.
        parts: Parts of the maturity themes, as `maturity_parts` gives them.
        quarantine: Conforms to `QUARANTINE_REASON`; further columns are ignored.
        stage_seconds: Seconds by stage, in the order of the flow.

    Returns:
        HTML text. The same inputs give the same text.
    """
    book = tables.FigureBook(figures)
    reasons = empty(QUARANTINE_REASON) if quarantine is None else taken(quarantine, QUARANTINE_REASON)
    maturity = _maturity(scores, parts)
    view = {
        "run": run,
        "snapshot": day(run.snapshot_date),
        "headlines": _headlines(book, run, maturity["overall"]),
        "book": book,
        "attributes": [heading(name) for name in ATTRIBUTE_LABELS],
        "accuracy": tables.accuracy_rows(book),
        "sources": tables.source_rows(book),
        "completeness": tables.completeness_rows(book),
        "uprn": tables.uprn_rows(book),
        "services": tables.services_rows(book),
        "links": tables.linkage_rows(book),
        "conflicts": tables.conflict_rows(book),
        "rules": tables.rule_rows(book),
        "quarantine": tables.quarantine_rows(reasons),
        "seconds": tables.second_rows(stage_seconds or {}),
        "all_figures": tables.figure_rows(book),
        **maturity,
    }
    return page_environment("linkage.products").get_template("report.html.j2").render(view)


def quality_json(
    figures: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    run: RunHeader | None = None,
    quarantine: pd.DataFrame | None = None,
    stage_seconds: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """The report as a document that `json.dumps` takes: figures, maturity, and what else is given.

    Args:
        figures: Conforms to `QUALITY_FIGURE`, one run.
        scores: Conforms to `MATURITY_SCORE`, the same run.
        run: What stands at the head, or None.
        quarantine: Conforms to `QUARANTINE_REASON`; further columns are ignored.
        stage_seconds: Seconds by stage.

    Returns:
        Keys figures, maturity {themes, overall, sensitivity}, and run, quarantine, stage_seconds where given.
        A missing number is None.
    """
    themes = tables.dicts(scores.drop(columns="run_id"))
    document: dict[str, Any] = {
        "figures": tables.dicts(figures.drop(columns="run_id")),
        "maturity": {
            "themes": [theme for theme in themes if theme["theme"] != OVERALL],
            "overall": next((theme for theme in themes if theme["theme"] == OVERALL), None),
            "sensitivity": tables.dicts(sensitivity(scores)),
        },
    }
    if run is not None:
        document["run"] = {**asdict(run), "snapshot_date": run.snapshot_date.isoformat()}
    if quarantine is not None:
        document["quarantine"] = tables.dicts(taken(quarantine, QUARANTINE_REASON))
    if stage_seconds is not None:
        document["stage_seconds"] = {stage: float(seconds) for stage, seconds in stage_seconds.items()}
    return document


def _headlines(book: tables.FigureBook, run: RunHeader, overall: tables.Row) -> list[dict[str, str]]:
    received = len(set(book.rows("rows_received")) - {INDEX})
    return [
        {
            "label": "Rows received",
            "value": book.text("rows_received"),
            "note": f"from {received} sources",
        },
        {
            "label": "Rows held back",
            "value": book.text("rows_quarantined"),
            "note": f"{book.text('quarantined_share')} of rows received",
        },
        {"label": "Records linked", "value": book.text("records"), "note": "mentions of a person"},
        {
            "label": "Residents",
            "value": count(run.resident_count),
            "note": f"{book.text('records_per_resident')} records for each",
        },
        {
            "label": "Households",
            "value": count(run.household_count),
            "note": f"and {count(run.communal_count)} communal establishments",
        },
        *_quality_headlines(book, overall),
    ]


def _quality_headlines(book: tables.FigureBook, overall: tables.Row) -> list[dict[str, str]]:
    is_measured = book.one("pairwise_precision") is not None
    note = "measured against known truth" if is_measured else "not known here"
    return [
        {
            "label": "Precision",
            "value": book.text("pairwise_precision"),
            "note": f"joins that are right, {note}",
        },
        {"label": "Recall", "value": book.text("pairwise_recall"), "note": f"joins that were found, {note}"},
        {
            "label": "Integrated data",
            "value": f"Level {overall['level']} of 3",
            "note": f"{overall['basis']}; see the rule below",
        },
    ]


def _maturity(scores: pd.DataFrame, parts: Sequence[PartScore]) -> dict[str, Any]:
    """The matrix: each theme with its three levels in words, the one reached, and why."""
    by_theme = {row["theme"]: row for row in tables.dicts(scores)}
    themes = [
        {
            **by_theme[name],
            "title": theme.title,
            "levels": theme.levels,
            "parts": [part for part in parts if part.theme == name],
        }
        for name, theme in load_rules().themes.items()
        if name in by_theme
    ]
    return {
        "themes": themes,
        "overall": by_theme[OVERALL],
        "sensitivity": tables.dicts(sensitivity(scores)),
        "theme_rule": load_rules().theme_rule,
        "top": TOP,
    }
