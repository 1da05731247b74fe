"""What the figures are measured on, checked at the door and joined once."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from linkage.contracts.model import Contract
from linkage.errors import SchemaError
from linkage.schema import RECORD, Table, conform
from linkage.schema.column import date, integer, text
from linkage.texts import places_among

SOURCE_COUNT = Table(
    "source_count",
    "What one source sent and what became of it.",
    ("source",),
    (
        text("source", "Source.", required=True),
        integer("raw_count", "Rows received.", required=True),
        integer("valid_count", "Rows that went on.", required=True),
        integer("quarantined_count", "Rows held back.", required=True),
        integer("warned_count", "Rows that went on with a warning.", required=True),
        date("snapshot_date", "Date of the extract.", required=True),
    ),
)

CHECK = Table(
    "check",
    "One rule of one column of one source and how often it failed.",
    (),
    (
        text("source", "Source.", required=True),
        text("column", "Column, or missing when the rule is about the row or the file."),
        text("rule", "Name of the rule.", required=True),
        text("severity", "reject, quarantine or warn.", required=True),
        integer("evaluated_count", "Cells, rows or files checked.", required=True),
        integer("failing_count", "How many of them failed.", required=True),
    ),
)

QUARANTINE_REASON = Table(
    "quarantine_reason",
    "One reason why rows of one source were held back.",
    (),
    (
        text("source", "Source.", required=True),
        text("column", "Column, or missing when the rule is about the row."),
        text("rule", "Name of the rule.", required=True),
        text("reason", "The rule in plain words.", required=True),
        integer("row_count", "Rows held back for this reason; one row may have several.", required=True),
    ),
)

MEASURED = (
    "record_id", "source", "person_role", "forename", "surname", "birth_date", "birth_date_precision",
    "is_birth_date_weak", "sex", "uprn", "uprn_match_grade", "address_text", "postcode", "phone", "email",
    "nhs_number", "nino", "upn", "is_live",
)  # fmt: skip
"""Columns of `RECORD` that the figures look at."""


@dataclass(frozen=True)
class Measurable:
    """The tables of one run, ready to be measured.

    Attributes:
        records: The `MEASURED` columns with `cluster_id` and `is_service` (False for a comparison list).
        source_counts: Conforms to `SOURCE_COUNT`.
        checks: Conforms to `CHECK`.
        contracts: Contracts of the people sources by source.
        snapshot_date: Date the run is about.
    """

    records: pd.DataFrame
    source_counts: pd.DataFrame
    checks: pd.DataFrame
    contracts: Mapping[str, Contract]
    snapshot_date: pd.Timestamp


def people_contracts(contracts: Mapping[str, Contract]) -> dict[str, Contract]:
    """The contracts of sources about people: the gazetteer is not one."""
    return {source: contract for source, contract in contracts.items() if contract.kind == "people"}


def taken(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The declared columns of a frame that may have more, conformed."""
    return conform(frame[[name for name in table.names if name in frame.columns]], table)


def joined(records: pd.DataFrame, clusters: pd.DataFrame, contracts: Mapping[str, Contract]) -> pd.DataFrame:
    """Records with the cluster each is in and whether its source is a council service.

    Args:
        records: The `MEASURED` columns of `RECORD`; further columns are ignored.
        clusters: Conforms to `CLUSTER`.
        contracts: Contracts by source; a source without one counts as a service.

    Raises:
        SchemaError: Columns are absent, or a record is in no cluster; the message counts records, shows none.
    """
    absent = sorted(set(MEASURED) - set(records.columns))
    if absent:
        raise SchemaError(f"Table {RECORD.name} lacks columns that the figures need: {', '.join(absent)}.")
    at = places_among(records["record_id"], clusters["record_id"])
    lost = int((at < 0).sum())
    if lost:
        raise SchemaError(
            f"{lost} records are in no cluster; every record must be in exactly one. Re-run cluster."
        )
    comparison = [source for source, contract in contracts.items() if contract.is_comparison]
    cluster_id = pd.factorize(clusters["cluster_id"])[0][at]
    return records[list(MEASURED)].assign(
        cluster_id=cluster_id, is_service=~records["source"].isin(comparison)
    )


def quarantine_reasons(faults: pd.DataFrame) -> pd.DataFrame:
    """Why rows were held back, the commonest reason of each source first.

    Args:
        faults: Conforms to `FAULT`; only those of severity quarantine with a row number count.

    Returns:
        Conforms to `QUARANTINE_REASON`. A row that broke two rules counts under both.
    """
    held = faults[(faults["severity"] == "quarantine") & faults["row_number"].notna()]
    keys = ["source", "column", "rule", "reason"]
    counted = held.groupby(keys, dropna=False)["row_number"].nunique().rename("row_count").reset_index()
    ordered = counted.sort_values(
        ["source", "row_count", *keys[1:]], ascending=[True, False, True, True, True]
    )
    return conform(ordered, QUARANTINE_REASON)
