"""The open data as files: a CSV a dataset, what its columns mean (CSVW), and a catalogue of all (DCAT).

Source: W3C, Metadata Vocabulary for Tabular Data (2015); W3C, Data Catalog Vocabulary (DCAT), version 3 (2024).
"""

import csv
import io
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from linkage.outcomes.open_data.cells import COUNCIL
from linkage.outcomes.open_data.rules import Dataset, Rules, open_data_rules
from linkage.outcomes.view import View

CATALOGUE = "catalog.jsonld"
SUPPRESSED = "hidden"
COLUMNS: Mapping[str, tuple[str, str, str]] = {
    "snapshot_date": ("Snapshot date", "date", "Day that the counts are of."),
    "area_type": ("Kind of area", "string", "council, ward or outward_postcode."),
    "area": ("Area", "string", "Name of the ward, the outward postcode, or all."),
    "category": ("Category", "string", "What is counted apart; total where it is everybody."),
    "count": ("Count", "integer", "Residents or households, rounded; empty where it is hidden."),
    "status": ("Status", "string", "shown, or hidden: too small, or it would show one that is."),
}
"""Columns of every file: title, datatype of CSVW, and meaning."""
PUBLISHER: Mapping[str, str] = {"@type": "foaf:Organization", "foaf:name": "The council"}
"""Who publishes the files, as every catalogue of catalogues asks."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def open_data_files(frame: pd.DataFrame, view: View) -> dict[str, str]:
    """Files of a release by name.

    Args:
        frame: Conforms to `OPEN_DATA_CELL`, one run.
        view: The index it was made from.

    Returns:
        A CSV and its metadata for each dataset, and the catalogue.
    """
    return files_of(frame, snapshot_date=view.snapshot_date, rules=open_data_rules())


def files_of(frame: pd.DataFrame, *, snapshot_date: date, rules: Rules) -> dict[str, str]:
    """As `open_data_files`, of any day and by any rules."""
    texts: dict[str, str] = {}
    for name, dataset in rules.datasets.items():
        rows = frame[frame["dataset"].eq(name)]
        texts[f"{name}.csv"] = _csv(rows, snapshot_date)
        texts[f"{name}.csv-metadata.json"] = _json(_metadata(name, dataset, snapshot_date, rules))
    texts[CATALOGUE] = _json(_catalogue(snapshot_date, rules))
    return texts


def formula_safe(texts: pd.Series) -> pd.Series:
    """Texts that no spreadsheet takes for formulas: with an apostrophe before what would be one."""
    is_formula = texts.astype(str).str.startswith(FORMULA)
    return texts.where(~is_formula, "'" + texts.astype(str))


def _csv(rows: pd.DataFrame, snapshot_date: date) -> str:
    told = pd.DataFrame(
        {
            "snapshot_date": snapshot_date.isoformat(),
            "area_type": rows["area_type"],
            "area": formula_safe(rows["area"]),
            "category": formula_safe(rows["category"]),
            "count": rows["value"].astype("string").fillna(""),
            "status": rows["is_suppressed"].map({True: SUPPRESSED, False: "shown"}),
        }
    )
    told = told.iloc[told["area_type"].eq(COUNCIL).to_numpy().argsort(kind="stable")]
    out = io.StringIO()
    told.to_csv(out, index=False, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    return out.getvalue()


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _plain(dataset: Dataset, rules: Rules) -> str:
    """What the dataset holds, and what was done to it, for anybody."""
    return (
        f"{dataset.description} Counts below {rules.threshold.value} are hidden, and so are those from which a hidden "
        f"count could be worked out. All others are rounded to the nearest {rules.rounding.base}, each for itself, so "
        "that a total may differ from the sum of its parts. People whose address must be kept secret are not counted."
    )


def _metadata(name: str, dataset: Dataset, snapshot_date: date, rules: Rules) -> dict[str, Any]:
    columns = [
        {"name": column, "titles": column, "dc:title": title, "datatype": datatype, "dc:description": meaning}
        for column, (title, datatype, meaning) in COLUMNS.items()
    ]
    for column in columns:
        column |= {"required": column["name"] != "count"}  # type: ignore[dict-item]
        if column["name"] == "count":
            column |= {"null": ""}
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": f"{name}.csv",
        "dc:title": dataset.title,
        "dc:description": _plain(dataset, rules),
        "dc:license": {"@id": rules.licence},
        "dc:modified": {"@value": snapshot_date.isoformat(), "@type": "xsd:date"},
        "dialect": {"header": True, "encoding": "utf-8", "lineTerminators": ["\r\n", "\n"]},
        "notes": [
            {
                "threshold": rules.threshold.value,
                "reason": rules.threshold.reason,
                "source": rules.threshold.source,
            },
            {
                "rounding": rules.rounding.base,
                "reason": rules.rounding.reason,
                "source": rules.rounding.source,
            },
        ],
        "tableSchema": {
            "columns": columns,
            "primaryKey": ["snapshot_date", "area_type", "area", "category"],
        },
    }


def _catalogue(snapshot_date: date, rules: Rules) -> dict[str, Any]:
    day = {"@value": snapshot_date.isoformat(), "@type": "xsd:date"}
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": CATALOGUE,
        "@type": "dcat:Catalog",
        "dct:title": "Residents and households by area",
        "dct:description": (
            "Counts from the council's residents index. Small counts are hidden and all others are rounded, so that no "
            f"figure is about fewer than {rules.threshold.value} people."
        ),
        "dct:publisher": PUBLISHER,
        "dct:license": {"@id": rules.licence},
        "dct:modified": day,
        "dcat:dataset": [
            {
                "@id": f"#{name}",
                "@type": "dcat:Dataset",
                "dct:title": dataset.title,
                "dct:description": _plain(dataset, rules),
                "dct:publisher": PUBLISHER,
                "dct:license": {"@id": rules.licence},
                "dct:modified": day,
                "dct:accrualPeriodicity": {"@id": "http://purl.org/cld/freq/monthly"},
                "dcat:keyword": [dataset.population, dataset.areas.replace("_", " "), "statistics"],
                "dcat:distribution": {
                    "@type": "dcat:Distribution",
                    "dcat:downloadURL": {"@id": f"{name}.csv"},
                    "dcat:mediaType": {"@id": "https://www.iana.org/assignments/media-types/text/csv"},
                    "dct:conformsTo": {"@id": f"{name}.csv-metadata.json"},
                },
            }
            for name, dataset in rules.datasets.items()
        ],
    }


__all__ = ["CATALOGUE", "SUPPRESSED", "files_of", "formula_safe", "open_data_files"]
