"""Files of a result: clusters, pairs, model and summary, written beside their place and moved there whole."""

import json
import os
import platform
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from scipy.special import expit

from linkage.engine.block import Blocks
from linkage.engine.candidates import Candidates
from linkage.engine.classes import FloatArray
from linkage.engine.encode import MISSING, IntArray, LongArray
from linkage.engine.linking import Linked
from linkage.engine.model import write_model
from linkage.engine.prepared import Prepared
from linkage.engine.program import unpack
from linkage.engine.stages import Stages
from linkage.engine.texts import as_text
from linkage.errors import StoreError

CLUSTERS, PAIRS, MODEL, SUMMARY = "clusters.parquet", "pairs.parquet", "model.json", "summary.json"
MADE_BY = "resident-index link"
"""What a summary says it is of: a folder without it is not replaced."""
WORKING, REPLACED = "part", "old"
"""Endings of the folders beside the place: the result being written, and the earlier one being moved away."""
PRIVATE = 0o700
PAIRS_AT_ONCE = 1_000_000
"""Pairs of a row group: bounds memory whatever the data."""


def check_place(folder: Path) -> None:
    """Refuse a place that a result must not replace.

    Args:
        folder: Where the result will be: absent, empty, or holding an earlier result and nothing else.

    Raises:
        StoreError: It is a file, holds other files, or cannot be looked at.
    """
    try:
        is_there, is_ours = folder.exists(), folder.is_dir() and _is_empty_or_ours(folder)
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else "unknown reason"
        raise StoreError(f"The result cannot be written to {folder}: {reason}.") from None
    if is_there and not folder.is_dir():
        raise StoreError(f"{folder} is a file. Expected a folder to write the result to.")
    if is_there and not is_ours:
        raise StoreError(
            f"The folder {folder} holds files that are no earlier result. Expected a new or empty folder, or one that "
            f"holds nothing but a result of `{MADE_BY}`."
        )


def _is_empty_or_ours(folder: Path) -> bool:
    names = {path.name for path in folder.iterdir()}
    if not names:
        return True
    if names != {CLUSTERS, PAIRS, MODEL, SUMMARY}:
        return False
    try:
        content = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("made_by") == MADE_BY


def write_result(
    table: pa.Table, linked: Linked, folder: Path, *, stages: Stages, facts: Mapping[str, Any]
) -> dict[str, Any]:
    """Write a result so that it is there whole or not at all.

    Args:
        table: The records that were linked.
        linked: What came of them.
        folder: Where to; an earlier result there is replaced.
        stages: The stages so far; gets the stage `write`.
        facts: What else the summary tells; plain values, none of a person.

    Returns:
        The summary.

    Raises:
        StoreError: The folder holds other files, or cannot be written.
    """
    check_place(folder)
    with _moved_whole(folder) as working:
        with stages.stage("write") as progress:
            ids = as_text(table.column(linked.prepared.spec.record_id)).take(
                pa.array(linked.prepared.encoded.order)
            )
            rank = _rank(ids)
            write_model(linked.model, working / MODEL)
            pq.write_table(clusters_table(ids, rank, linked.clustering.label), working / CLUSTERS)
            _write_pairs(ids, rank, linked, working / PAIRS, progress)
        summary = {"made_by": MADE_BY, **summary_of(linked), **facts, "stages": stages.passed}
        (working / SUMMARY).write_text(json.dumps(summary, indent=1), encoding="utf-8")
    return summary


@contextmanager
def _moved_whole(folder: Path) -> Iterator[Path]:
    """A working folder beside the place, moved there when all is written; of a failure nothing is left."""
    folder = folder.resolve()
    working, replaced = (
        folder.with_name(f".{folder.name}.{os.getpid()}.{end}") for end in (WORKING, REPLACED)
    )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _clear_after_killed(folder)
        working.mkdir(mode=PRIVATE)
        yield working
        check_place(folder)
        if folder.exists():
            folder.rename(replaced)
        working.rename(folder)
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else "unknown reason"
        raise StoreError(f"The result cannot be written to {folder}: {reason}.") from None
    finally:
        if replaced.exists() and not folder.exists():
            replaced.rename(folder)
        shutil.rmtree(working, ignore_errors=True)
        shutil.rmtree(replaced, ignore_errors=True)


def _clear_after_killed(folder: Path) -> None:
    """Take away what a killed process left beside the place; an earlier result that it was moving away comes back."""
    left = re.compile(rf"\.{re.escape(folder.name)}\.(?P<process>\d+)\.(?P<end>{WORKING}|{REPLACED})")
    for path in sorted(folder.parent.iterdir()):
        found = left.fullmatch(path.name)
        if found is None or psutil.pid_exists(int(found["process"])):
            continue
        if found["end"] == REPLACED and not folder.exists():
            path.rename(folder)
        else:
            shutil.rmtree(path, ignore_errors=True)


def _rank(ids: pa.Array) -> LongArray:
    """Place of each id among all in order of their text."""
    rank = np.empty(len(ids), dtype=np.int64)
    rank[pc.array_sort_indices(ids).to_numpy()] = np.arange(len(ids))
    return rank


def clusters_table(ids: pa.Array, rank: LongArray, label: IntArray) -> pa.Table:
    """Cluster of each record, in order of record id.

    Args:
        ids: Record id of each position.
        rank: Place of each id in order of text.
        label: Smallest position in the cluster of each position.

    Returns:
        `record_id` (key) and `cluster_id`, the smallest record id of the cluster; both text.
    """
    in_order = np.argsort(rank)
    first = np.full(len(ids), len(ids), dtype=np.int64)
    np.minimum.at(first, label, rank)
    cluster = in_order[first[label]]
    return pa.table(
        {"record_id": ids.take(pa.array(in_order)), "cluster_id": ids.take(pa.array(cluster[in_order]))}
    )


def _write_pairs(ids: pa.Array, rank: LongArray, linked: Linked, path: Path, progress: Any) -> None:
    """Write the pairs a row group at a time."""
    levels = unpack(linked.candidates.patterns, linked.prepared.attributes)
    total = len(linked.match_weight)
    starts = range(0, total, PAIRS_AT_ONCE) or range(1)
    first = _pairs_part(ids, rank, linked, levels, slice(0, 0))
    with pq.ParquetWriter(path, first.schema) as writer:
        for start in starts:
            writer.write_table(_pairs_part(ids, rank, linked, levels, slice(start, start + PAIRS_AT_ONCE)))
            progress(min(start + PAIRS_AT_ONCE, total) / max(total, 1))


def _pairs_part(
    ids: pa.Array, rank: LongArray, linked: Linked, levels: np.typing.NDArray[np.int8], part: slice
) -> pa.Table:
    """Some pairs as a table: `record_id_l` before `record_id_r` in order of text."""
    candidates = linked.candidates
    left, right, kind = candidates.left[part], candidates.right[part], candidates.kind[part]
    ordered = rank[left] < rank[right]
    titles = pa.array([rule.title for rule in linked.prepared.spec.blocking_rules], pa.string())
    first_rule = candidates.first_rule[kind].astype(np.int16)
    columns: dict[str, Any] = {
        "record_id_l": ids.take(pa.array(np.where(ordered, left, right))),
        "record_id_r": ids.take(pa.array(np.where(ordered, right, left))),
        "match_weight": linked.match_weight[part],
        "match_probability": probability(linked.match_weight[part]),
        "household_probability": probability(linked.household_weight[part]),
        "blocking_rule": pa.DictionaryArray.from_arrays(pa.array(first_rule), titles),
    }
    for number, attribute in enumerate(linked.prepared.attributes):
        level = levels[kind, number]
        columns[f"level_{attribute.name}"] = pa.array(level, pa.int8(), mask=level == MISSING)
    return pa.table(columns)


def probability(weight: FloatArray) -> FloatArray:
    """Probability of log2 odds."""
    likely: FloatArray = expit(weight * np.log(2))
    return likely


def summary_of(linked: Linked) -> dict[str, Any]:
    """Counts, warnings and versions; no value of a person."""
    sizes = np.bincount(linked.clustering.label)
    return {
        "counts": {
            "records": linked.prepared.record_count,
            "pairs": len(linked.match_weight),
            "matches": int((linked.match_weight > 0).sum()),
            "clusters": int((sizes > 0).sum()),
            "clusters_of_two_or_more": int((sizes > 1).sum()),
            "largest_cluster": int(sizes.max(initial=0)),
            "largest_component": linked.clustering.largest_component,
        },
        "threshold": {"match_weight": 0, "clusters": "merged while their mean match weight is above it"},
        "blocking_rules": rule_counts(linked.prepared, linked.blocks, linked.candidates),
        "warnings": linked.warnings,
        "model_version": linked.model.version,
        "software": {
            "residents-index": version("residents-index"),
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "numba", "pyarrow")},
        },
    }


def rule_counts(prepared: Prepared, blocks: Blocks, candidates: Candidates) -> list[dict[str, Any]]:
    """What each blocking rule did, in order."""
    return [
        {
            "name": rule.title,
            "reason": rule.reason,
            "pairs_found": int(candidates.counts[candidates.finders >> number & 1 == 1].sum()),
            "pairs_found_first": int(candidates.counts[candidates.first_rule == number].sum()),
            "blocks_split": made.blocks_split,
            "records_in_split_blocks": made.records_in_split_blocks,
            "pairs_not_compared": made.pairs_not_compared,
        }
        for number, (rule, made) in enumerate(zip(prepared.spec.blocking_rules, blocks.rules, strict=True))
    ]
