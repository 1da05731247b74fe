"""Clusters and pairs -> residents, households, links between residents, and where each golden value came from."""

from datetime import date

import numpy as np
import pandas as pd

from linkage.index.address import current_addresses, residences
from linkage.index.evidence import Evidence, gather_evidence
from linkage.index.golden import GOLDEN_ATTRIBUTES, golden_values
from linkage.index.household import households
from linkage.index.household_links import household_links
from linkage.index.tables import IndexTables
from linkage.schema import (
    ADDRESS,
    CROSSWALK,
    GOLDEN_VALUE,
    HOUSEHOLD,
    RESIDENCE,
    RESIDENT,
    conform,
)

ADDRESS_ATTRIBUTE = "uprn"


def build_index(
    records: pd.DataFrame,
    clusters: pd.DataFrame,
    pairs: pd.DataFrame,
    addresses: pd.DataFrame,
    *,
    comparison_sources: frozenset[str],
    snapshot_date: date,
) -> IndexTables:
    """The index of one run: the same input in any order gives the same tables.

    Args:
        records: Frame conforming to `RECORD`, the records of one snapshot.
        clusters: Frame conforming to `CLUSTER`, for exactly those records.
        pairs: Frame conforming to `PAIR`, over those records.
        addresses: Frame conforming to `ADDRESS`.
        comparison_sources: Sources held to compare with: their records belong to residents, and are counted
            in `record_count`, `source_count` and household links, but give no golden value and no address.
        snapshot_date: Date of the extracts; the age of evidence is counted back from it.

    Returns:
        The published tables, each ordered by its key.

    Raises:
        SchemaError: A frame does not conform, a record is not in exactly one cluster, or a pair names an
            unknown record.
    """
    evidence = gather_evidence(records, clusters, comparison_sources=comparison_sources)
    gazetteer = conform(addresses, ADDRESS).sort_values("uprn", ignore_index=True)
    snapshot_day = int(np.datetime64(snapshot_date, "D").astype(np.int64))
    golden = {attribute.name: golden_values(evidence, attribute) for attribute in GOLDEN_ATTRIBUTES}
    has_died = np.zeros(len(evidence.resident_ids), dtype=bool)
    has_died[golden["death_date"]["resident"].to_numpy()] = True
    current = current_addresses(evidence, gazetteer, has_died=has_died, snapshot_day=snapshot_day)
    golden[ADDRESS_ATTRIBUTE] = current
    homes = conform(households(current, gazetteer), HOUSEHOLD)
    resident = _residents(evidence, golden, homes)
    return IndexTables(
        address=gazetteer,
        resident=resident,
        golden_value=_golden_table(evidence, golden),
        crosswalk=_crosswalk(evidence),
        residence=conform(residences(evidence, current, snapshot_day=snapshot_day), RESIDENCE),
        household=homes,
        household_link=household_links(pairs, evidence, resident["household_id"]),
    )


def _residents(evidence: Evidence, golden: dict[str, pd.DataFrame], homes: pd.DataFrame) -> pd.DataFrame:
    count = len(evidence.resident_ids)
    columns = {
        name: chosen.set_index("resident")["value"].reindex(range(count)) for name, chosen in golden.items()
    }
    household = homes.set_index("uprn")["household_id"].reindex(pd.Index(columns[ADDRESS_ATTRIBUTE]))
    pairs = np.unique(evidence.resident * len(evidence.sources) + evidence.source)
    table = pd.DataFrame(
        {
            "resident_id": evidence.resident_ids,
            **columns,
            "household_id": household.array,
            "record_count": np.bincount(evidence.resident, minlength=count),
            "source_count": np.bincount(pairs // max(len(evidence.sources), 1), minlength=count),
            "is_address_withheld": evidence.is_withheld,
        }
    )
    return conform(table, RESIDENT)


def _golden_table(evidence: Evidence, golden: dict[str, pd.DataFrame]) -> pd.DataFrame:
    parts = [
        chosen.assign(attribute=name, value=_as_text(chosen["value"])) for name, chosen in golden.items()
    ]
    chosen = pd.concat(parts, ignore_index=True).sort_values(["resident", "attribute"], ignore_index=True)
    table = pd.DataFrame(
        {
            "resident_id": evidence.resident_ids.array.take(chosen["resident"].to_numpy()),
            "attribute": chosen["attribute"],
            "value": chosen["value"],
            "record_id": evidence.records["record_id"].array.take(chosen["record"].to_numpy()),
            "rule": chosen["rule"],
            "agreeing_source_count": chosen["agreeing_source_count"],
        }
    )
    return conform(table, GOLDEN_VALUE)


def _as_text(values: pd.Series) -> pd.Series:
    is_date = pd.api.types.is_datetime64_any_dtype(values.dtype)
    return (values.dt.strftime("%Y-%m-%d") if is_date else values).astype("string[pyarrow]")


def _crosswalk(evidence: Evidence) -> pd.DataFrame:
    named = ["record_id", "source", "record_key", "person_role", "person_position"]
    table = evidence.records[named].assign(resident_id=evidence.resident_ids.array.take(evidence.resident))
    return conform(table[CROSSWALK.names], CROSSWALK)
