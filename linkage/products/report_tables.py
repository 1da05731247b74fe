"""Figures arranged as the report page shows them: plain lists that a template can walk."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import pandas as pd

from linkage.products.measures import load_measures
from linkage.products.tally import INDEX
from linkage.products.wording import ATTRIBUTE_LABELS, count, heading, plain, share

Row: TypeAlias = dict[str, Any]

NOT_MEASURED = "\N{EN DASH}"

HEAT_BANDS = (0.2, 0.4, 0.6, 0.8, 0.95)
"""Shares at which a cell of a heat table gets the next darker colour."""


def dicts(frame: pd.DataFrame) -> list[Row]:
    """Rows of a small frame as dictionaries; a missing value is None."""
    columns = {str(name): column.astype(object) for name, column in frame.items()}
    values = [[None if pd.isna(value) else value for value in column] for column in columns.values()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]


@dataclass(frozen=True)
class FigureBook:
    """Figures of one run, to be looked up by measure and scope."""

    figures: pd.DataFrame

    def rows(self, measure: str) -> dict[str, Row]:
        """One measure's figures by scope."""
        chosen = self.figures[self.figures["measure"] == measure]
        return {row["scope"]: row for row in dicts(chosen)}

    def one(self, measure: str, scope: str = INDEX) -> Row | None:
        """One figure, or None when it was not measured."""
        return self.rows(measure).get(scope)

    def text(self, measure: str, scope: str = INDEX) -> str:
        """One figure's value for a reader; a dash when it was not measured."""
        figure = self.one(measure, scope)
        return NOT_MEASURED if figure is None else load_measures()[measure].text_of(figure["value"])

    def family(self, measure: str) -> dict[str, Row]:
        """The index's figures of a family of measures by part."""
        prefix = f"{measure}_"
        chosen = self.figures[
            self.figures["measure"].str.startswith(prefix) & (self.figures["scope"] == INDEX)
        ]
        return {row["measure"].removeprefix(prefix): row for row in dicts(chosen)}

    @property
    def sources(self) -> list[str]:
        """Sources that have any figure, by name."""
        return sorted(set(self.figures["scope"]) - {INDEX})


def accuracy_rows(book: FigureBook) -> list[Row]:
    """Measures against known truth; none where truth is not known."""
    known = [name for name, measure in load_measures().items() if measure.dimension == "accuracy"]
    rows = [(name, book.one(name)) for name in known]
    return [
        {"label": load_measures()[name].label, "value": share(figure["value"]), **_bar(figure["value"])}
        | {"description": figure["description"]}
        for name, figure in rows
        if figure is not None
    ]


def source_rows(book: FigureBook) -> list[Row]:
    """Rows received, passed and held back by source, with bars on one scale."""
    received = book.rows("rows_received")
    most = max((row["value"] for scope, row in received.items() if scope != INDEX), default=0) or 1
    held = book.rows("rows_quarantined")
    return [
        {
            "source": heading(source),
            "received": count(received[source]["value"]),
            "valid": book.text("rows_valid", source),
            "held": book.text("rows_quarantined", source),
            "held_share": book.text("quarantined_share", source),
            "records": book.text("records", source),
            "residents": book.text("residents", source),
            "valid_width": _width((received[source]["value"] - held[source]["value"]) / most),
            "held_width": _width(held[source]["value"] / most),
        }
        for source in book.sources
        if source in received
    ]


def linkage_rows(book: FigureBook) -> list[Row]:
    """Links, duplicates and freshness by source."""
    repeats = load_measures()["duplicates_within_source"].repeats_by_design
    return [
        {
            "source": heading(source),
            "linked": book.text("linked_share", source),
            "linked_width": _width((book.one("linked_share", source) or {"value": 0})["value"]),
            "duplicates": book.text("duplicates_within_source", source),
            "by_design": repeats.get(source, ""),
            "age": book.text("days_since_extract", source),
            "cadence": book.text("declared_cadence_days", source),
            "in_time": {1.0: "Yes", 0.0: "No"}.get(
                (book.one("within_cadence", source) or {}).get("value", -1), NOT_MEASURED
            ),
        }
        for source in book.sources
    ]


def completeness_rows(book: FigureBook) -> list[Row]:
    """The heat table: a row a source, a cell an attribute; the last two are all records and all residents."""
    by_attribute = {attribute: book.rows(f"completeness_{attribute}") for attribute in ATTRIBUTE_LABELS}
    scopes = [source for source in book.sources if any(source in rows for rows in by_attribute.values())]
    rows = [
        {"source": heading(scope), "cells": [_heat(by_attribute[a].get(scope)) for a in ATTRIBUTE_LABELS]}
        for scope in scopes
    ]
    every = [_heat(by_attribute[a].get(INDEX)) for a in ATTRIBUTE_LABELS]
    known = [_heat(book.one(f"resident_completeness_{a}")) for a in ATTRIBUTE_LABELS]
    return [
        *rows,
        {"source": "All sources", "cells": every, "is_total": True},
        {"source": "Residents", "cells": known, "is_total": True},
    ]


def uprn_rows(book: FigureBook) -> list[Row]:
    """UPRNs given, found and missing by source, as parts of one bar."""
    given = book.rows("uprn_given")
    rows = []
    for scope in [source for source in [*book.sources, INDEX] if source in given]:
        row: Row = {
            "source": "All sources" if scope == INDEX else heading(scope),
            "addresses": count(given[scope]["denominator"]),
        }
        for kind in ("given", "found", "none"):
            value = (book.one(f"uprn_{kind}", scope) or {"value": 0.0})["value"]
            row |= {kind: share(value), f"{kind}_width": _width(value)}
        rows.append(row)
    return rows


def services_rows(book: FigureBook) -> list[Row]:
    """Residents by the number of services that know them."""
    family = sorted(book.family("residents_by_services").items(), key=lambda item: int(item[0]))
    most = max((row["value"] for _, row in family), default=0) or 1
    words = {"0": "None: only a comparison list", "1": "1 service"}
    return [
        {
            "label": words.get(number, f"{number} services"),
            "residents": count(row["value"]),
            "share": share(row["value"] / row["denominator"]),
            "width": _width(row["value"] / most),
        }
        for number, row in family
    ]


def rule_rows(book: FigureBook) -> list[Row]:
    """Kinds of rule, the one with most failures first."""
    ordered = sorted(book.family("validity_of").items(), key=lambda item: (item[1]["value"], item[0]))
    return [
        {
            "rule": heading(rule),
            "checked": count(row["denominator"]),
            "failed": count(row["denominator"] - row["numerator"]),
            "passed": share(row["value"]),
        }
        for rule, row in ordered
    ]


def conflict_rows(book: FigureBook) -> list[Row]:
    """Attributes on which the records of one resident disagree."""
    return [
        {
            "attribute": heading(attribute),
            "residents": count(row["denominator"]),
            "disagree": count(row["numerator"]),
            "share": share(row["value"]),
        }
        for attribute, row in book.family("conflicting").items()
    ]


def quarantine_rows(reasons: pd.DataFrame) -> list[Row]:
    """Why rows were held back, the commonest reason first."""
    ordered = reasons.sort_values(["row_count", "source", "rule"], ascending=[False, True, True])
    return [
        {
            "source": heading(row["source"]),
            "column": row["column"] or "",
            "reason": row["reason"],
            "rows": count(row["row_count"]),
        }
        for row in dicts(ordered)
    ]


def second_rows(stage_seconds: Mapping[str, float]) -> list[Row]:
    """Seconds by stage, in the order given."""
    longest = max(stage_seconds.values(), default=0) or 1
    return [
        {"stage": heading(stage), "seconds": f"{seconds:,.1f}", "width": _width(seconds / longest)}
        for stage, seconds in stage_seconds.items()
    ]


def figure_rows(book: FigureBook) -> list[Row]:
    """Every figure as a sentence, for the list at the end."""
    chosen = book.figures[["measure", "scope", "dimension", "description"]]
    return [
        {**row, "scope": "All sources" if row["scope"] == INDEX else heading(row["scope"])}
        | {"measure": plain(row["measure"])}
        for row in dicts(chosen)
    ]


def _heat(figure: Row | None) -> Row | None:
    """One cell: the share and its band from 0 to 5."""
    if figure is None:
        return None
    value = figure["value"]
    return {"text": share(value), "band": sum(value >= edge for edge in HEAT_BANDS)}


def _bar(value: float) -> Row:
    return {"width": _width(value)}


def _width(value: float) -> str:
    """A share as the width of a bar in per cent; a bar of something is never invisible."""
    return f"{max(100 * value, 0.4) if value > 0 else 0:.1f}"
