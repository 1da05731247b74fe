"""Maturity of a council in all seven characteristics: one document, and one page."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from linkage.pages import page_environment
from linkage.products.maturity import OVERALL, TOP
from linkage.products.maturity_rules import load_rules
from linkage.products.overall import sensitivity
from linkage.products.report_tables import dicts
from linkage.products.survey.heard import heard_alone
from linkage.products.survey.levels import IN_WORDS, response_rates, survey_sensitivity
from linkage.products.survey.rules import INTEGRATED, load_survey_rules
from linkage.products.wording import count, day

Document = dict[str, Any]
MOST_MONTHS = 12
"""Snapshots in the table of the page; the document has all."""


def maturity_document(  # noqa: PLR0913  # each is a table; a holder would only rename them
    *,
    council: str,
    run_id: str,
    levels: pd.DataFrame,
    scores: pd.DataFrame,
    history: pd.DataFrame,
    answers: pd.DataFrame,
    returns: pd.DataFrame,
) -> Document:
    """All seven characteristics as a document that `json.dumps` takes.

    Args:
        council: The council whose index it is.
        run_id: The run.
        levels: Conforms to `CHARACTERISTIC_LEVEL`, one run.
        scores: Conforms to `MATURITY_SCORE`, the same run.
        history: One row a run and theme, oldest first: run_id, snapshot_date, theme, level, basis.
        answers: Conforms to `SURVEY_ANSWER`.
        returns: Conforms to `SURVEY_RETURN`.

    Returns:
        Keys council, run_id, characteristics (seven, of the council; `heard` is `officers only` or `members only`
        where too few of the other group answered), integrated_customer_data {themes, overall,
        sensitivity, history}, response_rates, councils, sensitivity.
    """
    own = levels[levels["council"].eq(council)]
    alone = heard_alone(answers, returns)
    themes = dicts(scores.drop(columns="run_id"))
    return {
        "council": council,
        "run_id": run_id,
        "characteristics": [
            {**_worded(row), "heard": alone.get((council, row["characteristic"]))}
            for row in dicts(own.drop(columns=["run_id", "council"]))
        ],
        INTEGRATED: {
            "themes": [_themed(theme) for theme in themes if theme["theme"] != OVERALL],
            "overall": next((theme for theme in themes if theme["theme"] == OVERALL), None),
            "sensitivity": dicts(sensitivity(scores)) if len(scores) else [],
            "history": _history(history),
        },
        "response_rates": dicts(response_rates(returns)),
        "councils": [
            {
                "council": name,
                "levels": {row["characteristic"]: row["level"] for row in dicts(rows)},
                "heard": {
                    row["characteristic"]: alone[place]
                    for row in dicts(rows)
                    if (place := (name, row["characteristic"])) in alone
                },
            }
            for name, rows in levels.groupby("council", sort=True)
        ],
        "sensitivity": _sensitivity(answers, returns, council),
    }


def maturity_page(document: Document) -> str:
    """The page, self-contained: no script, no other file, nobody's answer.

    Args:
        document: From `maturity_document`.
    """
    rules = load_survey_rules()
    integrated = document[INTEGRATED]
    told = {
        **document,
        "integrated": integrated,
        "rules": rules,
        "titles": {name: characteristic.title for name, characteristic in rules.characteristics.items()},
        "rates": [_rate_row(name, document["response_rates"]) for name in _names(document["response_rates"])],
        "months": _months(integrated["history"]),
        "trend": _trend(integrated["history"]),
        "top": TOP,
        "surveyed": [row["council"] for row in document["councils"] if row["council"] != document["council"]],
    }
    return page_environment("linkage.products").get_template("maturity_page.html.j2").render(told)


def _worded(row: Document) -> Document:
    characteristic = load_survey_rules().characteristics[row["characteristic"]]
    return {**row, "title": characteristic.title, "levels": list(characteristic.levels)}


def _themed(row: Document) -> Document:
    theme = load_rules().themes[row["theme"]]
    return {**row, "title": theme.title, "levels": list(theme.levels), "heard": None}


def _history(history: pd.DataFrame) -> list[Document]:
    """Levels by run, oldest first."""
    runs: dict[str, Document] = {}
    for row in dicts(history):
        run = {"run_id": row["run_id"], "snapshot_date": str(row["snapshot_date"])[:10], "levels": {}}
        runs.setdefault(row["run_id"], run)["levels"][row["theme"]] = int(row["level"])
    return list(runs.values())


def _sensitivity(answers: pd.DataFrame, returns: pd.DataFrame, council: str) -> list[Document]:
    """What each rule would say of the council, and how many levels of all councils it would change."""
    told = survey_sensitivity(answers, returns)
    own = told[told["council"].eq(council)]
    chosen = load_survey_rules().chosen
    return [
        {
            "rule": rule,
            "in_words": words,
            "is_chosen": rule == chosen,
            "levels": {row["characteristic"]: row["level"] for row in dicts(own[own["rule"].eq(rule)])},
            "changed_count": int(told.loc[told["rule"].eq(rule), "differs"].sum()),
            "level_count": int(told["rule"].eq(rule).sum()),
        }
        for rule, words in IN_WORDS.items()
    ]


def _names(rates: list[Document]) -> list[str]:
    return list(dict.fromkeys(row["council"] for row in rates))


def _rate_row(council: str, rates: list[Document]) -> Document:
    """Officers, members and all of one council, as in the report: `33 of 55 (60%)`."""
    groups = {row["respondent_group"]: row for row in rates if row["council"] == council}
    return {"council": council, **{name: _rate(groups.get(name)) for name in ("officers", "members", "all")}}


def _rate(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return "not asked"
    if row["invited_count"] is None:
        return f"{count(row['answered_count'])}, of how many is not known"
    share = "" if row["share"] is None else f" ({row['share']:.0%})"
    return f"{count(row['answered_count'])} of {count(row['invited_count'])}{share}"


def _months(history: list[Document]) -> list[str]:
    return [day(pd.Timestamp(run["snapshot_date"]).date()) for run in _latest(history)]


def _latest(history: list[Document]) -> list[Document]:
    """The last run of each of the latest snapshots."""
    return list({run["snapshot_date"]: run for run in history}.values())[-MOST_MONTHS:]


def _trend(history: list[Document]) -> list[Document]:
    """Each theme's level month by month, the whole last, and what became of it."""
    runs = _latest(history)
    titles = {**{name: theme.title for name, theme in load_rules().themes.items()}, OVERALL: "Overall"}
    rows: list[Document] = [
        {"title": title, "is_total": name == OVERALL, "levels": [run["levels"].get(name) for run in runs]}
        for name, title in titles.items()
    ]
    return [
        {**row, "change": _change([level for level in row["levels"] if level is not None])} for row in rows
    ]


def _change(levels: list[int]) -> str:
    if len(levels) < 2:
        return "first measured"
    if levels[-1] == levels[0]:
        return "as before" if len(set(levels)) == 1 else "back to where it was"
    return (
        f"up from {levels[0]} to {levels[-1]}"
        if levels[-1] > levels[0]
        else f"down from {levels[0]} to {levels[-1]}"
    )
