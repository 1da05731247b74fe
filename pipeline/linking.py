"""The link and cluster steps: of everything, or of what differs from the base run where its artefacts are there.

Either way the result is the same: weights depend on the model and on frequencies that were frozen with it.
"""

import json
import logging
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import pandas as pd
import pyarrow as pa

from linkage.cluster import ClusterBase, cluster, cluster_households, cluster_increment
from linkage.engine.checks import check_model
from linkage.engine.link_cache import LinkCache
from linkage.engine.model import parse_model
from linkage.engine.residents import FrozenModel
from linkage.engine.stages import Stages
from linkage.link import Linkage, link_households, link_increment, link_with_toolkit
from linkage.link.pair_table import ALONE, pair_table
from linkage.protect.judged import with_forbidden
from linkage.schema import CLUSTER, FREQUENCY, JUDGEMENT, PAIR, TOUCHED_RECORD
from linkage.store import models
from linkage.store.artefacts import RunFolder, StepFolder, StepManifest
from linkage.store.database import connect
from pipeline.freezing import NUMBERS as FROZEN_NUMBERS
from pipeline.freezing import TABLE as FROZEN_TABLE
from pipeline.freezing import frozen_before, frozen_in, keep
from pipeline.hiding import forbidden_links, without_forbidden
from pipeline.memory import STEP as REMEMBER
from pipeline.memory import all_records, changed_since_base, judgements_in_force
from pipeline.run import Run

LOG = logging.getLogger(__name__)
LINK, CLUSTERED = "link", "cluster"
CACHE = ("record_order", "record_key", "pair_array", "pair_kind")
"""Tables of the link cache."""
LARGEST_CHANGE = 0.2
"""Share of changed records above which everything is linked anew: looking for what is reached would take longer."""


def link_records(run: Run) -> StepManifest:
    """Records -> scored pairs and the model that scored them."""

    def work(step: StepFolder) -> dict[str, Any]:
        records = all_records(run)
        if run.inputs.engine == "recordlinkage":
            return _write(run, step, without_forbidden(run, link_with_toolkit(records)))
        base, changed = _base_to_start_from(run), changed_since_base(run)
        if base is None or changed is None or len(changed) > LARGEST_CHANGE * len(records):
            return _write(run, step, without_forbidden(run, _link_all(run, records)))
        return _write(
            run, step, without_forbidden(run, _link_changed(step, base, records, changed)), is_increment=True
        )

    return run.folder.run_step(LINK, work)


def cluster_records(run: Run) -> StepManifest:
    """Pairs and judgements -> clusters."""

    def work(step: StepFolder) -> dict[str, Any]:
        records = all_records(run)
        followed = with_forbidden(judgements_in_force(run), forbidden_links(run))
        clusters, reached = _clusters(run, records, followed)
        step.write("clusters", clusters, CLUSTER)
        if reached is not None:
            step.write("reached", reached.to_frame("record_id"), TOUCHED_RECORD)
        return {
            "records": len(clusters),
            "clusters": int(clusters["cluster_id"].nunique()),
            "reached": len(clusters) if reached is None else len(reached),
        }

    return run.folder.run_step(CLUSTERED, work)


def run_pairs(run: Run, *, columns: Sequence[str] | None = None) -> tuple[pd.DataFrame, pd.Series]:
    """All pairs of a run, and for each whether one blocking rule alone finds it.

    Args:
        run: A run whose records are linked.
        columns: Columns of the table `PAIR` that are needed; there may be more.
    """
    if not is_increment(run.folder):
        return run.folder.read(LINK, "pairs", PAIR, columns=columns), run.folder.read(LINK, "alone").iloc[
            :, 0
        ]
    cache, frozen = linked(run.folder)
    return pair_table(cache.pairs, frozen.model.spec, frozen.model.attributes)


def drop_links(run: Run) -> None:
    """Undo the link and cluster steps: what they were made from has changed."""
    run.folder.drop_step(CLUSTERED)
    run.folder.drop_step(LINK)
    linked.cache_clear()


@lru_cache(maxsize=2)
def linked(folder: RunFolder) -> tuple[LinkCache, FrozenModel]:
    """What the link step of a run left for increments: the cache, the model, and the frozen frequencies."""
    model = parse_model(folder.read_json(LINK, "model.json"), "of the link stage")
    frequencies = frozen_in(folder, LINK)
    cache = LinkCache.read({name: folder.read(LINK, name) for name in CACHE}, model.spec)
    return cache, FrozenModel(model, frequencies)


def is_increment(folder: RunFolder) -> bool:
    """Whether a run linked only what differs from its base run."""
    manifest = folder.manifest(LINK)
    return manifest is not None and bool(manifest.counts.get("is_increment"))


def _write(run: Run, step: StepFolder, linkage: Linkage, *, is_increment: bool = False) -> dict[str, Any]:
    step.write("pairs", linkage.pairs, PAIR)
    step.write("alone", linkage.alone.rename(ALONE).to_frame())
    step.write_text("model.json", json.dumps(linkage.model, indent=1))
    counts = {"pairs": len(linkage.pairs), "model_version": linkage.model.get("version", "")}
    if linkage.frequencies is None or linkage.cache is None:
        return counts
    step.write(FROZEN_TABLE, linkage.frequencies.table, FREQUENCY)
    step.write_text(FROZEN_NUMBERS, json.dumps(linkage.frequencies.numbers))
    for name, frame in linkage.cache.frames().items():
        step.write(name, frame)
    return {
        **counts,
        "pairs": len(linkage.cache.pairs),
        "frozen_id": keep(run, linkage.frequencies, counts["model_version"]),
        "is_increment": is_increment,
        "new_pairs": len(linkage.pairs),
    }


def _base_to_start_from(run: Run) -> RunFolder | None:
    """The base run, where it was linked by the very code, engine and model, and its artefacts are still there."""
    base = run.base
    manifest = base.manifest(LINK) if base is not None else None
    if base is None or manifest is None or not run.settings.increments or not run.follows(base):
        return None
    if manifest.counts.get("model_version") != run.inputs.model_version or not {
        f"{name}.parquet" for name in ("frequency", *CACHE)
    } <= set(manifest.outputs):
        return None
    return base


def _link_all(run: Run, records: pd.DataFrame) -> Linkage:
    """All records linked with the model that the run was planned with, or one trained on them."""
    told = Stages(report=LOG.info)
    with connect(run.settings) as database:
        if run.inputs.model_version:
            model = models.read_model(database, run.inputs.model_version)
            return link_households(
                records, model=model, frequencies=frozen_before(run, LINK, model), stages=told
            )
        linkage = link_households(records, stages=told)
        trained = parse_model(linkage.model, "of the link stage")
        models.store_model(database, trained, check_model(trained, None), trained_on_run=run.run_id)
    return linkage


def _link_changed(step: StepFolder, base: RunFolder, records: pd.DataFrame, changed: pd.Series) -> Linkage:
    """The records linked by what changed: its pairs are those found anew."""
    cache, frozen = linked(base)
    found = link_increment(cache, records, changed=changed, frozen=frozen, stages=Stages(report=LOG.info))
    pairs, alone = found.new_pairs()
    document = base.read_json(LINK, "model.json")
    touched = pd.Series(found.touched, dtype="string[pyarrow]")
    step.write("touched", touched.to_frame("record_id"), TOUCHED_RECORD)
    return Linkage(pairs, alone, document, frozen.frequencies, found.cache)


def _clusters(
    run: Run, records: pd.DataFrame, judgements: pd.DataFrame
) -> tuple[pd.DataFrame, pd.Series | None]:
    """Clusters of all records, and ids of those that were clustered anew, where it was not all of them."""
    if run.inputs.engine == "recordlinkage":
        return cluster(records, run.folder.read(LINK, "pairs", PAIR), judgements), None
    cache, frozen = linked(run.folder)
    base = run.base
    if base is None or not is_increment(run.folder) or base.manifest(CLUSTERED) is None:
        document = run.folder.read_json(LINK, "model.json")
        return cluster_households(
            records, cache.pairs, judgements, model=document, frequencies=frozen.frequencies
        ), None
    before = ClusterBase(
        base.read(CLUSTERED, "clusters", CLUSTER),
        linked(base)[0].pairs,
        base.read(REMEMBER, "judgements", JUDGEMENT),
    )
    touched = pa.array(run.folder.read(LINK, "touched", TOUCHED_RECORD)["record_id"], pa.string())
    found = cluster_increment(before, records, cache.pairs, judgements, touched=touched, frozen=frozen)
    return found.clusters, pd.Series(found.reached, dtype="string[pyarrow]")
