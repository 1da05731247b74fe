"""The engine, run as the peers are: `python -m benchmarks.ours RECORDS OUTDIR [--data people|council|febrl]`.

The clock runs from the records in memory to the cluster of every record. Before it, a slice of the records is linked
once, so that what numba compiled is loaded; that is done once in the life of a machine, and is told apart.
"""

import json
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import typer

from benchmarks.peers.rules import BLOCKING, KEPT_PROBABILITY, THREADS
from linkage.engine.linking import Linked, link_records
from linkage.engine.residents import record_spec
from linkage.engine.spec import Spec
from linkage.engine.stages import Stages, peak_memory
from linkage.memory import give_back_large_arrays

WARM_UP_RECORDS = 2_000
PAIRS_AT_ONCE = 1_000_000
PACKAGES = ("residents-index", "numpy", "numba", "pyarrow")

COLUMNS: dict[str, dict[str, Any]] = {
    "people": {
        "forename": "forename",
        "surname": "surname",
        "birth_date": "birth_date",
        "sex": "sex",
        "address": "address",
        "postcode": "postcode",
        "phone": "phone",
        "email": "email",
    },
    "febrl": {
        "given_name": "forename",
        "surname": "surname",
        "date_of_birth": "birth_date",
        "line": {"kind": "address", "inputs": ["street_number", "address_1"]},
        # After the whole line, which is what is compared: this one is here for the blocking rule.
        "address_1": "address",
        "suburb": "place_name",
        "postcode": "postcode",
        "state": "category",
        "soc_sec_id": "identifier",
    },
}
KEYS = {
    "forename_initial": "prefix(forename, 1)",
    "birth_year": "year(birth_date)",
    "outward": "outward(postcode)",
    "name_pair": "sorted(forename, surname)",
}
"""What the peers' derived columns are called here."""

PAIRS_SCHEMA = pa.schema(
    [
        ("record_id_l", pa.string()),
        ("record_id_r", pa.string()),
        ("score", pa.float64()),
        ("match_weight", pa.float64()),
    ]
)


def spec_of(data: str, *, own_rules: bool) -> Spec:
    """The specification of a kind of data: columns with their kinds, and the peers' blocking rules.

    A council's records have the one that a run links them by; its blocking rules are the peers' too.

    Args:
        data: `people`, `council` or `febrl`.
        own_rules: Whether the engine adds its own rules, as it does by default.
    """
    if data == "council":
        return record_spec()
    rules = [[KEYS.get(column, column) for column in rule] for rule in BLOCKING[data]]
    content = {
        "record_id": "record_id",
        "columns": COLUMNS[data],
        "blocking_rules": rules,
        "own_rules": own_rules,
    }
    return Spec.model_validate(content)


def clusters_of(ids: pa.ChunkedArray, linked: Linked) -> pa.Table:
    """`record_id` and `cluster_id` of every record, ids by position.

    Args:
        ids: Record id of each position.
        linked: What came of linking; a cluster is named by the record at its smallest position.
    """
    return pa.table({"record_id": ids, "cluster_id": ids.take(pa.array(linked.clustering.label))})


def pairs_of(ids: pa.ChunkedArray, linked: Linked, least: float) -> Iterator[pa.Table]:
    """Pairs by portions: `record_id_l`, `record_id_r`, `score` (match probability) and `match_weight`.

    Args:
        ids: Record id of each position.
        linked: What came of linking.
        least: Pairs of a smaller match probability are left out.
    """
    for start in range(0, len(linked.match_weight), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        weight = linked.match_weight[part]
        probability = 1 / (1 + np.exp2(-weight))
        kept = probability >= least
        left, right = (side[part][kept] for side in (linked.candidates.left, linked.candidates.right))
        columns = [ids.take(pa.array(left)), ids.take(pa.array(right)), probability[kept], weight[kept]]
        yield pa.table(columns, schema=PAIRS_SCHEMA)


def warm_up(table: pa.Table, spec: Spec, threads: int) -> float:
    """Link a slice, so that compiled kernels are loaded; seconds that it took."""
    began = time.perf_counter()
    link_records(table.slice(0, WARM_UP_RECORDS), spec, threads=threads)
    return time.perf_counter() - began


def write(folder: Path, ids: pa.ChunkedArray, linked: Linked, least: float) -> pa.Table:
    """Leave `pairs.parquet` and `clusters.parquet` in the folder; the clusters."""
    folder.mkdir(parents=True, exist_ok=True)
    clusters = clusters_of(ids, linked)
    pq.write_table(clusters, folder / "clusters.parquet")
    with pq.ParquetWriter(folder / "pairs.parquet", PAIRS_SCHEMA) as writer:
        for part in pairs_of(ids, linked, least):
            writer.write_table(part)
    return clusters


def main(
    records: Annotated[Path, typer.Argument(help="Parquet file of records.")],
    folder: Annotated[Path, typer.Argument(help="Where pairs, clusters and result go.")],
    data: Annotated[str, typer.Option(help="people, council or febrl.")] = "people",
    threads: Annotated[int, typer.Option(help="Threads; the peers' number by default.")] = THREADS,
    own_rules: Annotated[bool, typer.Option(help="Whether the engine adds its own blocking rules.")] = True,
    all_pairs: Annotated[
        bool, typer.Option(help="Write every candidate pair, not the likelier ones.")
    ] = False,
) -> None:
    """Link the records and leave what the peers leave."""
    give_back_large_arrays()
    table, spec = pq.read_table(records, pre_buffer=False), spec_of(data, own_rules=own_rules)
    warmed = warm_up(table, spec, threads)
    stages, began = Stages(), time.perf_counter()
    linked = link_records(table, spec, threads=threads, stages=stages)
    total = time.perf_counter() - began
    # The peak is read before anything is written, as the peers do.
    peak = peak_memory()
    ids = table["record_id"].take(pa.array(linked.prepared.encoded.order))
    clusters = write(folder, ids, linked, 0.0 if all_pairs else KEPT_PROBABILITY)
    result = {
        "setting": "own rules" if own_rules else "given rules",
        "data": data,
        "seconds": {name: passed["seconds"] for name, passed in stages.passed.items()} | {"total": total},
        "peak_rss_bytes": peak,
        "peak_rss_bytes_by_stage": {name: int(s["peak_memory_bytes"]) for name, s in stages.passed.items()},
        "warm_up_seconds": warmed,
        "threads": threads,
        "versions": {name: version(name) for name in PACKAGES},
        "counts": {
            "records": table.num_rows,
            "pairs": len(linked.match_weight),
            "clusters": len(clusters["cluster_id"].unique()),
        },
        "warnings": linked.warnings,
    }
    (folder / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
