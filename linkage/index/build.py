"""Clusters and pairs -> residents, households, links between residents, and where each golden value came from."""

from datetime import date

import numpy as np
import pandas as pd

from linkage.index.address import current_addresses, residences
from linkage.index.evidence import Evidence, gather_evidence
from linkage.index.golden import GOLDEN_ATTRIBUTES, golden_values
from linkage.index.household import households
from linkage.index.household_links import household_links
from linkage.index.tables import IndexInputs, IndexTables
from linkage.schema import (
    ADDRESS,
    CROSSWALK,
    GOLDEN_VALUE,
    HOUSEHOLD,
    HOUSEHOLD_MEMBER,
    JUDGEMENT_CONFLICT,
    RECORD_ALIAS,
    RESIDENCE,
    RESIDENCE_EVIDENCE,
    RESIDENT,
    SOURCE_RECORD,
    SOURCE_STATE,
    STATED_RELATION,
    conform,
    empty,
)

ADDRESS_ATTRIBUTE = "uprn"


def build_index(
    inputs: IndexInputs, *, comparison_sources: frozenset[str], snapshot_date: date
) -> IndexTables:
    """The index of one run: the same input in any order gives the same tables.

    Args:
        inputs: What the stages before left.
        comparison_sources: Sources held to compare with: their records belong to residents, and are counted
            in `record_count`, `source_count` and household links, but give no golden value and no address.
        snapshot_date: Date of the extracts; the age of evidence is counted back from the first day of its month.

    Returns:
        The published tables, each ordered by its key.

    Raises:
        SchemaError: A frame does not conform, a record is not in exactly one cluster, or a pair names an
            unknown record.
    """
    evidence = gather_evidence(
        inputs.records,
        inputs.clusters,
        inputs.resident_ids,
        comparison_sources=comparison_sources,
        protected=inputs.protected,
    )
    gazetteer = conform(inputs.addresses, ADDRESS).sort_values("uprn", ignore_index=True)
    golden = {attribute.name: golden_values(evidence, attribute) for attribute in GOLDEN_ATTRIBUTES}
    has_died = np.zeros(len(evidence.resident_ids), dtype=bool)
    has_died[golden["death_date"]["resident"].to_numpy()] = True
    day = reckoning_day(snapshot_date)
    current = current_addresses(evidence, gazetteer, has_died=has_died, snapshot_day=day)
    golden[ADDRESS_ATTRIBUTE] = current
    homes = conform(households(current, gazetteer), HOUSEHOLD)
    resident = _residents(evidence, golden, homes)
    stays = conform(residences(evidence, current, snapshot_day=day), RESIDENCE)
    return IndexTables(
        address=gazetteer,
        source_record=conform(evidence.records[SOURCE_RECORD.names], SOURCE_RECORD),
        record_alias=conform(inputs.aliases, RECORD_ALIAS),
        source_state=conform(inputs.source_state, SOURCE_STATE),
        resident=resident,
        golden_value=_golden_table(evidence, golden),
        crosswalk=_crosswalk(evidence),
        residence=stays,
        residence_evidence=empty(RESIDENCE_EVIDENCE),
        household=homes,
        household_member=_members(stays, homes),
        household_link=household_links(inputs.pairs, evidence, resident["household_id"]),
        stated_relation=empty(STATED_RELATION),
        judgement_conflict=conform(inputs.conflicts, JUDGEMENT_CONFLICT),
    )


def _members(stays: pd.DataFrame, homes: pd.DataFrame) -> pd.DataFrame:
    both = stays.merge(homes[["household_id", "uprn"]], on="uprn")
    return conform(both[HOUSEHOLD_MEMBER.names], HOUSEHOLD_MEMBER).sort_values(
        list(HOUSEHOLD_MEMBER.key), ignore_index=True
    )


def reckoning_day(snapshot_date: date) -> int:
    """Day, since 1970, to which the age of evidence is counted: the first of the snapshot's month.

    So what a record weighs changes once a month, and an index of the day after differs only where records do.
    """
    return int(np.datetime64(snapshot_date.replace(day=1), "D").astype(np.int64))


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
