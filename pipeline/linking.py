"""The link and cluster steps: of everything, or of what differs from the base run where its artefacts are there.

Either way the result is the same: weights depend on the model and on frequencies that were frozen with it.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from linkage.link import (
    HouseholdLinkage,
    ToolkitLinkage,
    link_households,
    link_increment,
    link_with_toolkit,
)
from linkage.link.pair_table import ALONE
from linkage.protect.judged import with_forbidden
from linkage.schema import CLUSTER, FREQUENCY, JUDGEMENT, PAIR, TOUCHED_RECORD
from linkage.store import models
from linkage.store.artefacts import RunFolder, StepFolder, StepManifest
from linkage.store.database import connect
from pipeline.freezing import LINK, frozen_before, frozen_in
from pipeline.freezing import NUMBERS as FROZEN_NUMBERS
from pipeline.freezing import TABLE as FROZEN_TABLE
from pipeline.hiding import allowed_cache, allowed_pairs, forbidden_links
from pipeline.memory import STEP as REMEMBER
from pipeline.memory import all_records, changed_since_base, judgements_in_force
from pipeline.run import Run

LOG = logging.getLogger(__name__)
CLUSTERED = "cluster"
CACHE = ("record_order", "record_key", "pair_array", "pair_kind")
"""Tables of the link cache."""
LARGEST_CHANGE = 0.2
"""Share of changed records above which everything is linked anew: looking for what is reached would take longer."""


@dataclass(frozen=True, slots=True)
class Linked:
    """What the link step left, of the household-aware engine.

    Attributes:
        cache: Records and pairs.
        frozen: The model that weighed them, and the frequencies that it weighed with.
        document: The model as it is told.
    """

    cache: LinkCache
    frozen: FrozenModel
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Links:
    """Links of a run's records, made and not written yet.

    Attributes:
        linkage: What the engine found.
        touched: Ids of the records whose pairs may not be the base run's, text; nothing where all were linked anew.
        is_trained: Whether the model was trained on these records.
        new_pair_count: Pairs that were found and weighed anew.
    """

    linkage: ToolkitLinkage | HouseholdLinkage
    touched: pd.Series | None
    is_trained: bool
    new_pair_count: int


@dataclass(frozen=True, slots=True)
class Clusters:
    """Clusters of a run's records, made and not written yet.

    Attributes:
        table: Frame conforming to `CLUSTER`.
        reached: Ids of the records that were clustered anew, text; nothing where all were.
    """

    table: pd.DataFrame
    reached: pd.Series | None


def link_records(run: Run, links: Links | None = None, *, seconds: float | None = None) -> StepManifest:
    """Records -> scored pairs and the model that scored them.

    Args:
        run: A run that has remembered its records.
        links: Links of these records, where they were made already.
        seconds: What linking took, where that is so.
    """

    def work(step: StepFolder) -> dict[str, Any]:
        return _write_links(run, step, links or make_links(run, all_records(run), forbidden_links(run)))

    return run.folder.run_step(LINK, work, seconds=seconds)


def cluster_records(
    run: Run, clusters: Clusters | None = None, *, seconds: float | None = None
) -> StepManifest:
    """Pairs and judgements -> clusters; arguments as those of `link_records`."""

    def work(step: StepFolder) -> dict[str, Any]:
        made = clusters or make_clusters(run, all_records(run), _links_of(run), forbidden_links(run))
        step.write("clusters", made.table, CLUSTER)
        if made.reached is not None:
            step.write("reached", made.reached.to_frame("record_id"), TOUCHED_RECORD)
        return {
            "records": len(made.table),
            "clusters": int(made.table["cluster_id"].nunique()),
            "reached": len(made.table if made.reached is None else made.reached),
        }

    return run.folder.run_step(CLUSTERED, work, seconds=seconds)


def make_links(
    run: Run, records: pd.DataFrame, forbidden: pd.DataFrame, *, masked: Sequence[str] = ()
) -> Links:
    """Link records; beside the links of the base run where few differ and its artefacts are there.

    Args:
        run: The run.
        records: Frame conforming to `RECORD`, in record-id order: what the run remembers, with all masked that must be.
        forbidden: Frame conforming to `FORBIDDEN_LINK`: pairs that must not be held.
        masked: Ids of the records that the run remembers otherwise.
    """
    if run.inputs.engine == "recordlinkage":
        linkage = allowed_pairs(link_with_toolkit(records), forbidden)
        return Links(linkage, None, is_trained=False, new_pair_count=len(linkage.pairs))
    base = _base_to_start_from(run)
    changed = None if base is None else changed_since_base(run, also=masked)
    if base is None or changed is None or len(changed) > LARGEST_CHANGE * len(records):
        made = _link_all(run, records)
        made = replace(made, cache=allowed_cache(made.cache, forbidden))
        return Links(
            made, None, is_trained=not run.inputs.model_version, new_pair_count=len(made.cache.pairs)
        )
    before = linked(base)
    found = link_increment(
        before.cache, records, changed=changed, frozen=before.frozen, stages=Stages(report=LOG.info)
    )
    return Links(
        HouseholdLinkage(
            allowed_cache(found.cache, forbidden),
            before.frozen.frequencies,
            before.frozen.model,
            before.document,
        ),
        touched=pd.Series(found.touched, dtype="string[pyarrow]"),
        is_trained=False,
        new_pair_count=int(found.new.sum()),
    )


def make_clusters(run: Run, records: pd.DataFrame, links: Links, forbidden: pd.DataFrame) -> Clusters:
    """Cluster records; beside the clusters of the base run where they were linked beside its links.

    Args:
        run: The run.
        records: The records that were linked.
        links: Their links.
        forbidden: Frame conforming to `FORBIDDEN_LINK`: pairs that must never be one.
    """
    followed, linkage, base = with_forbidden(judgements_in_force(run), forbidden), links.linkage, run.base
    if isinstance(linkage, ToolkitLinkage):
        return Clusters(cluster(records, linkage.pairs, followed), None)
    if links.touched is None or base is None or base.manifest(CLUSTERED) is None:
        pairs, frequencies = linkage.cache.pairs, linkage.frequencies
        table = cluster_households(records, pairs, followed, model=linkage.model, frequencies=frequencies)
        return Clusters(table, None)
    before = ClusterBase(
        base.read(CLUSTERED, "clusters", CLUSTER),
        linked(base).cache.pairs,
        base.read(REMEMBER, "judgements", JUDGEMENT),
    )
    found = cluster_increment(
        before,
        records,
        linkage.cache.pairs,
        followed,
        touched=pa.array(links.touched, pa.string()),
        frozen=linked(base).frozen,
    )
    return Clusters(found.clusters, pd.Series(found.reached, dtype="string[pyarrow]"))


def run_pairs(run: Run) -> tuple[pd.DataFrame, pd.Series]:
    """All pairs of a run whose records are linked, and for each whether one blocking rule alone finds it."""
    linkage = _links_of(run).linkage
    return linkage.pairs, linkage.alone


def household_pairs(run: Run) -> pd.DataFrame:
    """Pairs of a run that are likelier of one household than not, and all of an engine that does not tell."""
    linkage = _links_of(run).linkage
    if isinstance(linkage, ToolkitLinkage):
        return linkage.pairs
    pairs = linkage.cache.pairs
    return replace(linkage, cache=replace(linkage.cache, pairs=pairs.only(pairs.household_weight >= 0))).pairs


def drop_links(run: Run) -> None:
    """Undo the link and cluster steps: what they were made from has changed."""
    run.folder.drop_step(CLUSTERED)
    run.folder.drop_step(LINK)
    linked.cache_clear()


@lru_cache(maxsize=2)
def linked(folder: RunFolder) -> Linked:
    """What the link step of a run left, read once a process."""
    document = folder.read_json(LINK, "model.json")
    model = parse_model(document, "of the link stage")
    cache = LinkCache.read({name: folder.read(LINK, name) for name in CACHE}, model.spec)
    return Linked(cache, FrozenModel(model, frozen_in(folder)), document)


def is_increment(folder: RunFolder) -> bool:
    """Whether a run linked only what differs from its base run."""
    manifest = folder.manifest(LINK)
    return manifest is not None and bool(manifest.counts.get("is_increment"))


def _links_of(run: Run) -> Links:
    """What the link step left."""
    folder = run.folder
    if run.inputs.engine == "recordlinkage":
        pairs, alone = folder.read(LINK, "pairs", PAIR), folder.read(LINK, "alone")[ALONE]
        linkage = ToolkitLinkage(pairs, alone, folder.read_json(LINK, "model.json"))
        return Links(linkage, None, is_trained=False, new_pair_count=len(pairs))
    left = linked(folder)
    touched = folder.read(LINK, "touched", TOUCHED_RECORD)["record_id"] if is_increment(folder) else None
    made = HouseholdLinkage(left.cache, left.frozen.frequencies, left.frozen.model, left.document)
    return Links(made, touched, is_trained=False, new_pair_count=0)


def _write_links(run: Run, step: StepFolder, links: Links) -> dict[str, Any]:
    linkage = links.linkage
    step.write_text("model.json", json.dumps(linkage.model, indent=1))
    if isinstance(linkage, ToolkitLinkage):
        step.write("pairs", linkage.pairs, PAIR)
        step.write("alone", linkage.alone.rename(ALONE).to_frame())
        return {"pairs": len(linkage.pairs), "model_version": linkage.model.get("version", "")}
    if links.is_trained:
        with connect(run.settings) as database:
            trained = linkage.weighed_by
            models.store_model(database, trained, check_model(trained, None), trained_on_run=run.run_id)
    step.write(FROZEN_TABLE, linkage.frequencies.table, FREQUENCY)
    step.write_text(FROZEN_NUMBERS, json.dumps(linkage.frequencies.numbers))
    for name, frame in linkage.cache.frames().items():
        step.write(name, frame)
    if links.touched is not None:
        step.write("touched", links.touched.to_frame("record_id"), TOUCHED_RECORD)
    return {
        "pairs": len(linkage.cache.pairs),
        "model_version": linkage.weighed_by.version,
        "is_increment": links.touched is not None,
        "new_pairs": links.new_pair_count,
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


def _link_all(run: Run, records: pd.DataFrame) -> HouseholdLinkage:
    """All records linked with the model that the run was planned with, or one trained on them."""
    told = Stages(report=LOG.info)
    if not run.inputs.model_version:
        return link_households(records, stages=told)
    with connect(run.settings) as database:
        model = models.read_model(database, run.inputs.model_version)
    return link_households(records, model=model, frequencies=frozen_before(run, model), stages=told)
