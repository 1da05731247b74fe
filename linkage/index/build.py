"""Clusters and pairs -> residents, households, links between residents, and where each golden value came from."""

from datetime import date

import numpy as np
import pandas as pd

from linkage.index.address import candidates, current_addresses, statement_weights
from linkage.index.age import is_child
from linkage.index.evidence import LONG_AGO, Evidence, days, gather_evidence
from linkage.index.golden import GOLDEN_ATTRIBUTES, golden_values
from linkage.index.groups import distinct_counts
from linkage.index.household import household_ids, households, residential
from linkage.index.household_links import household_links
from linkage.index.kin import kin_groups
from linkage.index.members import household_members
from linkage.index.relations import stated_relations
from linkage.index.residence import Living, make_stays
from linkage.index.statements import Statements, gather_statements
from linkage.index.tables import IndexInputs, IndexTables
from linkage.schema import (
    ADDRESS,
    CROSSWALK,
    GOLDEN_VALUE,
    HOUSEHOLD,
    JUDGEMENT_CONFLICT,
    RECORD_ALIAS,
    RESIDENCE,
    RESIDENCE_EVIDENCE,
    RESIDENT,
    SOURCE_RECORD,
    SOURCE_STATE,
    conform,
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
    state = conform(inputs.source_state, SOURCE_STATE)
    golden = {attribute.name: golden_values(evidence, attribute) for attribute in GOLDEN_ATTRIBUTES}
    began = state.set_index("source")["first_snapshot_date"]
    stated = gather_statements(evidence, inputs.statements, gazetteer, began)
    day = reckoning_day(snapshot_date)
    living = _living(evidence, stated, gazetteer, golden["death_date"], day)
    golden[ADDRESS_ATTRIBUTE] = living.current
    stays = make_stays(evidence, stated, living)
    residence = conform(stays.residence, RESIDENCE)
    resident = _residents(evidence, golden, gazetteer)
    links = household_links(inputs.pairs, evidence, resident["household_id"])
    relations = stated_relations(evidence)
    people = resident.assign(
        kin=kin_groups(resident, links, relations), is_adult=~is_child(evidence, resident["birth_date"], day)
    )
    return IndexTables(
        address=gazetteer,
        source_record=conform(evidence.records[SOURCE_RECORD.names], SOURCE_RECORD),
        record_alias=conform(inputs.aliases, RECORD_ALIAS),
        source_state=state,
        resident=resident,
        golden_value=_golden_table(evidence, golden),
        crosswalk=_crosswalk(evidence),
        residence=residence,
        residence_evidence=conform(stays.evidence, RESIDENCE_EVIDENCE),
        household=conform(households(people, gazetteer), HOUSEHOLD),
        household_member=household_members(residence, gazetteer),
        household_link=links,
        stated_relation=relations,
        judgement_conflict=conform(inputs.conflicts, JUDGEMENT_CONFLICT),
    )


def _living(
    evidence: Evidence, stated: Statements, gazetteer: pd.DataFrame, deaths: pd.DataFrame, day: int
) -> Living:
    death_day = np.full(len(evidence.resident_ids), LONG_AGO, dtype=np.int64)
    death_day[deaths["resident"].to_numpy()] = days(deaths["value"])
    weight = statement_weights(evidence, stated, has_died=death_day != LONG_AGO, reckoning_day=day)
    found = candidates(evidence, stated, weight)
    return Living(found, current_addresses(evidence, stated, found, gazetteer), weight, death_day)


def reckoning_day(snapshot_date: date) -> int:
    """Day, since 1970, to which the age of evidence is counted: the first of the snapshot's month.

    So what a record weighs changes once a month, and an index of the day after differs only where records do.
    """
    return int(np.datetime64(snapshot_date.replace(day=1), "D").astype(np.int64))


def _residents(evidence: Evidence, golden: dict[str, pd.DataFrame], gazetteer: pd.DataFrame) -> pd.DataFrame:
    count = len(evidence.resident_ids)
    columns = {
        name: chosen.set_index("resident")["value"].reindex(range(count)) for name, chosen in golden.items()
    }
    homes = pd.Index(residential(gazetteer)["uprn"]).intersection(
        pd.Index(golden[ADDRESS_ATTRIBUTE]["value"])
    )
    household = household_ids(pd.Series(homes, index=homes, dtype="string[pyarrow]"))
    household = household.reindex(pd.Index(columns[ADDRESS_ATTRIBUTE]))
    table = pd.DataFrame(
        {
            "resident_id": evidence.resident_ids,
            **columns,
            "household_id": household.array,
            "record_count": np.bincount(evidence.resident, minlength=count),
            "source_count": distinct_counts(evidence.resident, evidence.source, group_count=count),
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
