"""The register of data as a page that anybody can read, and as a document."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from linkage.outcomes.data_register.kinds import BESIDE, NAMED, SENSITIVE
from linkage.outcomes.open_data.rules import open_data_rules
from linkage.outcomes.view import View
from linkage.pages import page_environment

PAGE = "data_register.html"
DOCUMENT = "data_register.json"
LISTS = ("uses", "parties", "legal_powers", "personal_data")
STANDINGS: Mapping[str, str] = {
    "in_force": "The rules for sharing it are in force. They will be looked at again by {review}.",
    "past_review": "The rules for sharing it should have been looked at again by {review}. That is late.",
    "not_begun": "The rules for sharing it have not begun yet.",
    "unknown": "We have no written rules for sharing it in our list. They are being looked for.",
}
"""How a protocol stands, for everybody."""


def data_register_pages(frame: pd.DataFrame, view: View) -> dict[str, str]:
    """The page and the document of a run, by file name."""
    document = register_document(frame, snapshot_date=view.snapshot_date)
    return {
        PAGE: register_page(document),
        DOCUMENT: json.dumps(document, indent=1, ensure_ascii=False) + "\n",
    }


def register_document(frame: pd.DataFrame, *, snapshot_date: date | None = None) -> dict[str, Any]:
    """The register as a document that `json.dumps` takes.

    Args:
        frame: Conforms to `DATA_HOLDING`.
        snapshot_date: Day it is as of.
    """
    dates = {name: frame[name].dt.strftime("%Y-%m-%d") for name in ("review_date", "last_refreshed_date")}
    rows = [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in frame.assign(**dates).astype(object).to_dict("records")
    ]
    return {
        "snapshot_date": None if snapshot_date is None else snapshot_date.isoformat(),
        "holdings": [{**row, **{name: json.loads(str(row[name])) for name in LISTS}} for row in rows],
    }


def register_page(document: Mapping[str, Any]) -> str:
    """The page, self-contained: no script and no other file.

    Args:
        document: From `register_document`.
    """
    holdings = [_shown(row) for row in document["holdings"]]
    uses = {use["purpose"]: use for row in holdings for use in row["uses"]}
    told = {
        "snapshot": _day(document["snapshot_date"]),
        "people": [row for row in holdings if row["is_about_people"]],
        "others": [row for row in holdings if not row["is_about_people"]],
        "uses": [
            use | {"titles": [row["title"] for row in holdings if use in row["uses"]]}
            for use in uses.values()
        ],
        "kept": sorted(_kept(holdings).items()),
        "threshold": open_data_rules().threshold.value,
        "special": [row["title"] for row in holdings if row["is_special"]],
    }
    return page_environment("linkage.outcomes").get_template("data_register.html.j2").render(told)


def _kept(holdings: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Lists of people by how long they are kept."""
    about = [row for row in holdings if row["is_about_people"]]
    return {
        time: [r["title"] for r in about if r["kept_for"] == time] for time in {r["kept_for"] for r in about}
    }


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    kinds = {
        how: [kind["what"] for kind in row["personal_data"] if kind["how"] == how]
        for how in (NAMED, SENSITIVE, BESIDE)
    }
    count, review = row["record_count"], _day(row["review_date"])
    return {
        **row,
        **kinds,
        # The short name, where the protocol gives one: people do not know systems by their names.
        "title": row["protocol_title"] or row["title"],
        "kept_for": _in_years(row["kept_for"]),
        "is_about_people": bool(row["personal_data"]),
        "count": "too few to say" if count is None else f"about {count:,}",
        "last": "It has not come yet"
        if row["last_refreshed_date"] is None
        else _day(row["last_refreshed_date"]),
        "standing": STANDINGS[row["protocol_standing"]].format(review=review),
    }


def _in_years(period: str) -> str:
    """A period of whole years in years, as people say it."""
    number, _, unit = period.partition(" ")
    if not unit.startswith("month") or not number.isdigit() or int(number) % 12:
        return period
    years = int(number) // 12
    return "1 year" if years == 1 else f"{years} years"


def _day(text: str | None) -> str:
    if text is None:
        return ""
    day = date.fromisoformat(text)
    return f"{day.day} {day:%B %Y}"
