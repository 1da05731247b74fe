"""The answer to a request for access, for the person who asked: one page, as HTML or as Markdown."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from linkage.contracts import Contract
from linkage.rights.access import deleted_on
from linkage.schema import CASES, DISPOSITION, ROW_FACT

Row = Mapping[str, Any]
WORDS = {
    "uprn": "property number (UPRN)", "upn": "unique pupil number", "nhs_number": "NHS number",
    "nino": "National Insurance number", "birth_date": "date of birth", "death_date": "date of death",
    "record_key": "the source's own key", "is_live": "current", "is_current": "current",
    "record_id": "record", "record_id_l": "record", "record_id_r": "other record",
    "from_date": "since", "to_date": "until", "probability": "how sure", "closed_date": "no longer sent since",
    "first_snapshot_date": "first received", "decided_by": "by", "decided_at": "when", "shown_from": "shown from",
    "shown_to": "shown until", "related_resident_id": "other person", "agreeing_source_count": "sources that agree",
    "uprn_match_grade": "how the address was found", "person_role": "role in the record",
}  # fmt: skip
"""Names of columns in plain words; of others the name itself is plain."""
INNER = frozenset(
    {
        "forename_root",
        "person_position",
        "is_birth_date_weak",
        "is_address_withheld",
        "quarantine_id",
        "file_sha256",
    }
    | {
        "row_number",
        "rules",
        "event_id",
        "publication_id",
        "change_id",
        "case_id",
        "disposition_id",
        "run_id",
        "judgement_id",
        "correction_id",
        "stay",
    }
    | {"resident_id", "resident_id_l", "resident_id_r", "statements"}
)
"""Columns that say nothing to the subject; the JSON has them."""
FOUND = ("finding", "reason", "evidence")
GOLDEN = ("attribute", "value", "record_id", "agreeing_source_count", "rule")
EARLIER = {
    "resident": "What the index said of you before",
    "golden_value": "Values that it had chosen before",
    "residence": "Addresses before",
    "residence_evidence": "What services said of your address before",
    "household_member": "Households before",
    "source_record": "Records as they were before",
}


def html_page(document: Mapping[str, Any], contracts: Mapping[str, Contract]) -> str:
    """The document as one HTML page: no script, no other file.

    Args:
        document: As `access_document` gives it.
        contracts: Contracts by source.
    """
    return _render("subject_access.html.j2", document, contracts)


def markdown_page(document: Mapping[str, Any], contracts: Mapping[str, Contract]) -> str:
    """The document as Markdown, for a terminal or a letter.

    Args:
        document: As `access_document` gives it.
        contracts: Contracts by source.
    """
    return _render("subject_access.md.j2", document, contracts)


def _render(template: str, document: Mapping[str, Any], contracts: Mapping[str, Contract]) -> str:
    environment = Environment(
        loader=PackageLoader("linkage.rights"),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"told": told, "plain": plain, "cell": cell}
    return environment.get_template(template).render(**_view(document, contracts))


def _view(document: Mapping[str, Any], contracts: Mapping[str, Contract]) -> dict[str, Any]:
    now, operations = document["now"], document["operations"]
    titles = {source: contract.title for source, contract in contracts.items()}
    records = [*now.get("source_record", []), *operations.get("restricted_record", [])]
    return {
        "document": document,
        "titles": titles,
        "records": [_record(row, titles, contracts) for row in records],
        "golden": _table(now.get("golden_value", []), GOLDEN),
        "tables": [
            ("Addresses", _table(now.get("residence", []))),
            ("What services say of your address", _table(now.get("residence_evidence", []))),
            ("Households", _table(now.get("household_member", []))),
            ("Relations that a source states", _table(now.get("stated_relation", []))),
            ("Changes noticed about you", _table(now.get("change", []))),
            ("Facts that services gave with your records", _table(now.get(ROW_FACT.name, []))),
            ("What was found about you", _table([row for t in CASES for row in now.get(t.name, [])], FOUND)),
            ("What was decided about that", _table(now.get(DISPOSITION.name, []))),
        ],
        "link_count": len(now.get("household_link", [])),
        "decided": [
            ("What officers have judged about your records", _table(operations.get("judgement", []))),
            ("Rows held back because a rule was broken", _table(operations.get("quarantine_log", []))),
            ("Corrections made to such rows", _table(operations.get("correction", []))),
            ("What happened to your id in the index", _table(operations.get("identity_event", []))),
            ("What has been deleted", _table(operations.get("deletion", []))),
        ],
        "earlier": [(caption, _table(document["before"].get(name, []))) for name, caption in EARLIER.items()],
    }


def _record(row: Row, titles: Mapping[str, str], contracts: Mapping[str, Contract]) -> dict[str, Any]:
    """One record: from which source, until when it is kept, and all that it says, in words."""
    said = [
        (plain(name), told(value)) for name, value in row.items() if name not in INNER and value is not None
    ]
    stated = [told_statement(statement) for statement in row.get("statements", [])]
    return {
        "title": titles.get(row["source"], row["source"]),
        "said": said,
        "stated": stated,
        "deleted_on": deleted_on(dict(row), contracts),
        "is_restricted": "statements" in row,
    }


def told_statement(statement: Row) -> str:
    """One statement of address in a line."""
    dates = [
        f"{words} {told(statement[name])}"
        for name, words in (
            ("from_date", "from"),
            ("to_date", "to"),
            ("closed_date", "no longer stated since"),
        )
        if statement.get(name)
    ]
    return ", ".join([f"property number {statement['uprn']}", *dates])


def _table(rows: Iterable[Row], names: Iterable[str] = ()) -> dict[str, Any]:
    """Headings and cells of rows; columns in which nothing is said are left out."""
    listed = list(rows)
    columns = list(names) or [name for name in (listed[0] if listed else ()) if name not in INNER]
    shown = [name for name in columns if any(row[name] is not None for row in listed)]
    return {
        "headings": [plain(name) for name in shown],
        "rows": [[told(row[name]) for name in shown] for row in listed],
    }


def plain(name: str) -> str:
    """Name of a column in plain words."""
    return WORDS.get(name) or name.replace("_", " ")


def cell(text: str) -> str:
    """A text that breaks no table of Markdown."""
    return " ".join(text.split()).replace("|", "\\|")


def told(value: Any) -> str:
    """A value as people write it; a missing one is nothing."""
    kind = next((kind for kind in TOLD if isinstance(value, kind)), None)
    return ("" if value is None else str(value)) if kind is None else TOLD[kind](value)


def _told_dict(value: dict[str, Any]) -> str:
    return "; ".join(f"{plain(name)}: {told(said)}" for name, said in value.items() if said is not None)


TOLD: dict[type, Callable[[Any], str]] = {
    bool: lambda value: "yes" if value else "no",
    datetime: lambda value: f"{value.day} {value:%B %Y at %H:%M}",
    date: lambda value: f"{value.day} {value:%B %Y}",
    float: lambda value: f"{value:.0%}" if 0 <= value <= 1 else f"{value:g}",
    dict: _told_dict,
    list: lambda value: "; ".join(told(part) for part in value),
}
"""How a value is written, by its type; the first that fits."""
