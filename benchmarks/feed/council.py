"""A simulated council, month after month: its records, and the index that remembers them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

import expectations
from linkage.cluster import cluster_households
from linkage.contracts import load_contracts
from linkage.contracts.model import Contract
from linkage.engine.model import parse_model
from linkage.index import IndexInputs, IndexTables, build_index, succeed
from linkage.ingest import find_extract, read_extract, snapshot_dates
from linkage.link import link_households
from linkage.outcomes.facts import row_facts
from linkage.remember import NOTHING, Memory, remember
from linkage.schema import CORRECTION, JUDGEMENT, JUDGEMENT_CONFLICT, RECORD, empty
from linkage.settings import PACKAGED_CONTRACTS
from linkage.standardise import read_gazetteer, standardise
from linkage.texts import called_now

LARGEST = 2**31


@dataclass(frozen=True)
class Month:
    """One snapshot of a council.

    Attributes:
        snapshot: Its date.
        tables: The index made of it, after those before.
        memory: What is remembered of its sources.
        facts: Facts of rows that outcomes need, conforming to `ROW_FACT`.
    """

    snapshot: date
    tables: IndexTables
    memory: Memory
    facts: pd.DataFrame


class MintedIds:
    """The ledger of resident ids, as far as a council whose runs follow each other needs one."""

    def __init__(self) -> None:
        self.order: dict[str, int] = {}

    def note(self, resident_ids: pd.Series) -> None:
        for name in sorted(resident_ids):
            self.order.setdefault(name, len(self.order))

    def used(self, resident_ids: pd.Series) -> np.ndarray:
        return resident_ids.isin(list(self.order)).to_numpy(dtype=bool)

    def seniority(self, resident_ids: pd.Series) -> np.ndarray:
        return resident_ids.map(self.order).fillna(len(self.order)).to_numpy(dtype=np.int64)

    def formerly(self, record_ids: pd.Series) -> pd.DataFrame:
        return pd.DataFrame({"record_id": record_ids.head(0), "resident_id": record_ids.head(0)})


def months(extracts: Path) -> Iterator[Month]:
    """The index of each snapshot of a folder of extracts, each made after the one before."""
    contracts = load_contracts(PACKAGED_CONTRACTS)
    people = sorted(name for name, contract in contracts.items() if contract.kind != "gazetteer")
    comparison = frozenset(name for name in people if contracts[name].is_comparison)
    memory, model, before, ledger = NOTHING, None, None, MintedIds()
    for snapshot in sorted(snapshot_dates(extracts, contracts)):
        records, addresses, facts = records_of(extracts, contracts, snapshot)
        memory = remember(memory, records, delivered=people, snapshot_date=snapshot)
        held = memory.records[RECORD.names]
        linkage = link_households(held, model=model)
        model = model or parse_model(linkage.model, "of the link stage")
        clusters = cluster_households(held, linkage.pairs, empty(JUDGEMENT), model=linkage.model)
        who = succeed(_clusters(clusters), _had(before, memory), ledger).resident_ids
        ledger.note(who)
        tables = build_index(
            IndexInputs(
                records=memory.records, statements=memory.statements, clusters=_clusters(clusters), pairs=linkage.pairs,
                addresses=addresses, resident_ids=who, aliases=memory.aliases, source_state=memory.sources,
                conflicts=empty(JUDGEMENT_CONFLICT),
            ),
            comparison_sources=comparison, snapshot_date=snapshot,
        )  # fmt: skip
        before = tables
        yield Month(snapshot, tables, memory, facts)


def records_of(
    extracts: Path, contracts: dict[str, Contract], snapshot: date
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Valid rows of all sources, standardised; the addresses; and the facts of rows."""
    raw = {
        name: read_extract(
            find_extract(extracts, contract, snapshot),
            contract,
            snapshot_date=snapshot,
            largest_bytes=LARGEST,
        )
        for name, contract in contracts.items()
    }
    gazetteer = next(name for name, contract in contracts.items() if contract.kind == "gazetteer")
    context = expectations.ValidationContext(
        snapshot_date=snapshot,
        gazetteer_uprns=pd.Index(raw[gazetteer]["UPRN"].dropna().unique()),
        previous_row_count=None,
        corrections=empty(CORRECTION),
    )
    valid = {
        name: expectations.validate_source(raw[name], contract, context).valid
        for name, contract in contracts.items()
    }
    places = read_gazetteer(valid[gazetteer])
    frames = {
        name: standardise(valid[name], contract, places, snapshot_date=snapshot)
        for name, contract in contracts.items()
        if name != gazetteer
    }
    facts = [row_facts(valid[n], f[["record_id", "row_number"]], contracts[n]) for n, f in frames.items()]
    records = pd.concat(frames.values(), ignore_index=True).sort_values("record_id", ignore_index=True)
    return records, places.addresses, pd.concat(facts, ignore_index=True)


def _clusters(made: object) -> pd.DataFrame:
    return made if isinstance(made, pd.DataFrame) else made.clusters  # type: ignore[attr-defined]


def _had(before: IndexTables | None, memory: Memory) -> pd.DataFrame:
    """The crosswalk before, under the ids that records have now."""
    if before is None:
        return pd.DataFrame({"record_id": [], "resident_id": []}, dtype="string[pyarrow]")
    now = memory.aliases.set_index("alias_record_id")["record_id"]
    held = before.crosswalk[["record_id", "resident_id"]]
    return held.assign(record_id=called_now(held["record_id"], now))
