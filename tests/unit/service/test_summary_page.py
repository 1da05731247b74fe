"""The terminal summary, from a document."""

import io
from typing import Any

import pytest
from rich.console import Console

from linkage.outcomes import OUTCOMES
from service import summary_page


def a_summary(**changes: Any) -> dict[str, Any]:
    document = {
        "run_id": "2026-08-01-aaaaaaaaaaaa",
        "snapshot_date": "2026-08-01",
        "outcome": "live",
        "live_run_id": "2026-08-01-aaaaaaaaaaaa",
        "sources": [
            {"source": "libraries", "raw": 1200, "quarantined": 3},
            {"source": "council_tax", "raw": 800, "quarantined": 0},
        ],
        "quarantine": [
            {"source": "libraries", "column": "dateofbirth", "reason": "not in the future", "row_count": 3}
        ],
        "records": 2400,
        "closed_records": 150,
        "missing_sources": [],
        "residents": 1000,
        "households": {"single": 150, "family": 280, "shared": 15, "hmo": 5, "communal": 2},
        "accuracy": {"pairwise_precision": 0.981, "pairwise_recall": 0.902, "pairwise_f1": 0.94},
        "maturity": [
            {"theme": "duplication", "level": 2, "basis": "measured"},
            {"theme": "overall", "level": 1, "basis": "mixed"},
        ],
        "stage_seconds": {"ingest": 1.2, "link": 3.4},
        "peak_memory_mb": 512,
        "paths": {"report": "/r/report.html", "validation": "/r/validation.html", "tables": "/r"},
        "index": "PostgreSQL, embedded, in the data directory",
    }
    return document | changes


def text_of(*tables: Any) -> str:
    console = Console(file=io.StringIO(), width=120)
    for table in tables:
        console.print(table)
    return console.file.getvalue()


def test_rows_in_and_quarantined_add_up_over_the_sources() -> None:
    text = text_of(summary_page.sources_table([a_summary()]))
    assert "1,200 (3)" in text
    assert "2,000 (3)" in text


def test_a_source_that_joins_later_is_blank_in_the_months_before() -> None:
    joined = [*a_summary()["sources"], {"source": "clubs", "raw": 40, "quarantined": 0}]
    text = text_of(
        summary_page.sources_table([a_summary(), a_summary(snapshot_date="2026-09-01", sources=joined)])
    )
    line = next(x for x in text.splitlines() if "clubs" in x)
    assert [cell.strip() for cell in line.split("│")[2:4]] == ["", "40 (0)"]


def test_a_source_that_is_late_is_said_not_to_have_delivered() -> None:
    late = a_summary(
        snapshot_date="2026-09-01", sources=a_summary()["sources"][1:], missing_sources=["libraries"]
    )
    text = text_of(summary_page.sources_table([a_summary(), late]))
    line = next(x for x in text.splitlines() if "libraries" in x)
    assert [cell.strip() for cell in line.split("│")[2:4]] == ["1,200 (3)", "not delivered"]


def test_a_reason_of_one_month_only_counts_nought_in_the_other() -> None:
    later = a_summary(snapshot_date="2026-09-01", quarantine=[])
    line = next(
        x for x in text_of(summary_page.quarantine_table([a_summary(), later])).splitlines() if "future" in x
    )
    assert "libraries dateofbirth" in line
    assert line.split("│")[-3].strip() == "3"
    assert line.split("│")[-2].strip() == "0"


def test_accuracy_is_shown_where_the_truth_is_known_and_said_to_be_unknown_where_not() -> None:
    text = text_of(summary_page.outcome_table([a_summary(), a_summary(accuracy={})]))
    assert "0.981" in text
    assert "no truth known" in text


FIGURES = {
    "electors": {"validated": 0.7, "validated_true": 0.98, "validated_true_then": 0.992},
    "children": {"listed_children": 82.0, "cases": 0.0, "precision": 0.0, "known_told": 0.0},
    "applications": {"matched": 0.5, "not_asked": 0.4, "repeat_not_asked": 0.52, "false_match": 0.0},
    "open_data": {"datasets": 6.0, "hidden_share": 0.056},
    "data_register": {"holdings": 12.0, "in_force_share": 0.917, "stale": 0.0},
}


@pytest.mark.parametrize("width", [80, 120])
def test_the_headlines_of_every_outcome_are_in_the_summary_a_line_each(width: int) -> None:
    console = Console(file=io.StringIO(), width=width)
    console.print(summary_page.outcomes_table([a_summary(outcomes=FIGURES)] * 2))
    lines = [
        [c.strip() for c in x.split("│")[1:-1]] for x in console.file.getvalue().splitlines() if "│" in x
    ]
    told = {label: values for label, *values in lines}
    assert len(told) == sum(len(figures) for figures in FIGURES.values())
    assert {outcome for outcome, *_ in summary_page.HEADLINES} == {outcome.name for outcome in OUTCOMES}
    assert told["of these right on the day stated (truth)"] == ["99.2%"] * 2
    assert told["of these right as of today (truth)"] == ["98.0%"] * 2
    assert told["new applications of one known resident"] == ["50.0%"] * 2
    assert told["matched to somebody else (truth)"] == ["0.00%"] * 2
    assert told["sources in the register of data held"] == ["12"] * 2


def test_a_share_of_nothing_is_no_nought_per_cent_in_the_summary() -> None:
    of_nothing = FIGURES | {"children": FIGURES["children"] | {"known_told": None}}
    lines = text_of(summary_page.outcomes_table([a_summary(outcomes=of_nothing)])).splitlines()
    assert "none to measure" in next(line for line in lines if "two teams know" in line)


def test_the_whole_summary_ends_with_where_to_look(capsys: pytest.CaptureFixture[str]) -> None:
    summary_page.print_summary([a_summary()])
    printed = capsys.readouterr().out
    assert "/r/report.html" in printed
    assert printed.strip().splitlines()[-1].endswith("PostgreSQL, embedded, in the data directory")
    assert "overall (mixed)" in printed


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (
            "replaced",
            "`resident-index publish --run 2026-08-01-aaaaaaaaaaaa` makes this one live again.",
        ),
        ("superseded", ": a run does not by itself take the place of one of a later snapshot."),
    ],
)
def test_a_run_that_is_not_live_ends_with_which_run_is(
    outcome: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    summary_page.print_summary([a_summary(outcome=outcome, live_run_id="2026-07-01-bbbbbbbbbbbb")])
    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert last.startswith("Readers see run 2026-07-01-bbbbbbbbbbbb, not run 2026-08-01-aaaaaaaaaaaa")
    assert last.endswith(told)
