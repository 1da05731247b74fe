"""Linking: records in; weighed pairs, clusters and the model out."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from linkage.engine.block import Blocks
from linkage.engine.candidates import Candidates
from linkage.engine.checks import check_model
from linkage.engine.classes import FloatArray, classes_for
from linkage.engine.clusters import DECIDED, LARGEST_GROUP, Clustering, cluster_pairs
from linkage.engine.encode import MISSING, IntArray
from linkage.engine.expected import expected_pairs, full_name_lift
from linkage.engine.finding import rejections
from linkage.engine.kernels.weights import Terms
from linkage.engine.model import Model
from linkage.engine.prepared import Prepared, find_pairs, prepare
from linkage.engine.program import level_starts
from linkage.engine.scoring import Mixture, score
from linkage.engine.sets import training_sets
from linkage.engine.spec import Spec
from linkage.engine.stages import Progress, Stages, ignore
from linkage.engine.terms import terms_of
from linkage.engine.training import train
from linkage.errors import ModelError


@dataclass(frozen=True, slots=True)
class Weigher:
    """A model applied to prepared records: weighs any pairs of them."""

    prepared: Prepared
    mixture: Mixture
    terms: Terms

    @classmethod
    def of(cls, prepared: Prepared, model: Model) -> "Weigher":
        """Make a model ready for these records; the rarity of values is that among these, or as it was frozen."""
        counts = prepared.counts
        mixture = model.mixture(counts.record_count, counts.pair_count)
        terms = terms_of(
            model.attributes,
            model.classes,
            model.table,
            counts,
            matches=float(mixture.expected[: mixture.matches].sum()),
            lift=model.full_name_lift if prepared.spec.full_name_lift else None,
        )
        return cls(prepared, mixture, terms)

    def weigh_candidates(
        self, candidates: Candidates, progress: Progress = ignore
    ) -> tuple[FloatArray, FloatArray]:
        """Match weight and household weight of each candidate pair."""
        kinds = (candidates.kind, candidates.patterns)
        return self._score((candidates.left, candidates.right), kinds, progress)

    def weigh(self, left: IntArray, right: IntArray) -> FloatArray:
        """Match weight of any pairs of positions; decided ones by construction."""
        patterns, kind = np.unique(self.prepared.compare(left, right), return_inverse=True)
        weight, _ = self._score((left, right), (kind.astype(np.int32), patterns))
        apart = self.prepared.apart
        return np.where((apart[left] != MISSING) & (apart[left] == apart[right]), -DECIDED, weight)

    def _score(
        self, pairs: tuple[IntArray, IntArray], kinds: tuple[Any, Any], progress: Progress = ignore
    ) -> tuple[FloatArray, FloatArray]:
        return score(
            self.mixture,
            self.prepared.encoded.codes,
            pairs,
            kinds=kinds,
            terms=self.terms,
            threads=self.prepared.threads,
            progress=progress,
        )


@dataclass(frozen=True, slots=True)
class Linked:
    """What came of linking records.

    Attributes:
        prepared: The records.
        model: The model that weighed them.
        blocks: Blocks of each rule.
        candidates: Candidate pairs, compared.
        match_weight: Shape (pairs,): log2 odds of one person.
        household_weight: Shape (pairs,): log2 odds of two people of one household or family.
        clustering: Cluster of each record.
        stages: Seconds and peak memory of each stage.
        warnings: What a person should know; counts and names of attributes only.
    """

    prepared: Prepared
    model: Model
    blocks: Blocks
    candidates: Candidates
    match_weight: FloatArray
    household_weight: FloatArray
    clustering: Clustering
    stages: dict[str, dict[str, float]]
    warnings: list[str] = field(default_factory=list)


def link_records(
    table: pa.Table,
    spec: Spec,
    *,
    model: Model | None = None,
    threads: int | None = None,
    stages: Stages | None = None,
) -> Linked:
    """Link the records of one table to each other.

    Args:
        table: Records, one row each, any order: the order makes no difference.
        spec: Specification, complete or not; with a model, the model's own counts.
        model: Trained model; one is trained on these records when not given.
        threads: Threads to work on; all cores by default. Their number makes no difference to what comes out.
        stages: Told of progress.

    Returns:
        Pairs, clusters and model.

    Raises:
        SchemaError: A column is missing, or record ids are empty or repeat.
        ModelError: Nothing can be learnt from these records.
    """
    stages = stages or Stages()
    with stages.stage("encode") as progress:
        sources = model.sources if model is not None else None
        chosen = model.spec if model else spec
        prepared = prepare(
            table, chosen, sources=sources, threads=threads, keep_texts=False, progress=progress
        )
    with stages.stage("find pairs") as progress:
        blocks, candidates = find_pairs(prepared, progress)
    if model is None:
        with stages.stage("train") as progress:
            model = train_model(prepared, candidates, progress)
    with stages.stage("weigh") as progress:
        weigher = Weigher.of(prepared, model)
        match_weight, household_weight = weigher.weigh_candidates(candidates, progress)
    with stages.stage("cluster") as progress:
        clustering = cluster_pairs(
            prepared.record_count,
            candidates.left,
            candidates.right,
            match_weight,
            weigher.weigh,
            progress=progress,
        )
    warnings = [*warnings_of(prepared, blocks, model), *_of_large_groups(clustering)]
    return Linked(
        prepared, model, blocks, candidates, match_weight, household_weight, clustering, stages.passed, warnings
    )  # fmt: skip


def _of_large_groups(clustering: Clustering) -> list[str]:
    if not clustering.components_recut:
        return []
    return [
        f"{clustering.components_recut} groups of more than {LARGEST_GROUP} records were cut where the likeness is "
        f"weakest before they were clustered; the largest had {clustering.largest_component}."
    ]


def train_model(prepared: Prepared, candidates: Candidates, progress: Progress = ignore) -> Model:
    """Train a model on prepared records.

    Args:
        prepared: The records.
        candidates: Their candidate pairs.
        progress: Told the share done.

    Raises:
        ModelError: There are too few records to compare.
    """
    if prepared.record_count < 2:
        raise ModelError(
            f"{prepared.record_count} records cannot be linked. Expected two or more, or a stored model."
        )
    attributes = prepared.attributes
    sets = training_sets(prepared, candidates, progress)
    fit = train(sets, attributes, classes_for(attributes))
    expected = expected_pairs(sets, attributes, fit, candidates, prepared.pair_count)
    per_record = expected / prepared.record_count
    per_record[-1] = 0.0
    steps = [len(history) for history in fit.likelihoods]
    mixes = {
        pairs.name: {c.name: round(float(share), 6) for c, share in zip(fit.classes, mix, strict=True)}
        for pairs, mix in zip(sets, fit.mix, strict=True)
    }
    return Model(
        spec=prepared.spec,
        sources=prepared.sources,
        attributes=attributes,
        classes=fit.classes,
        table=fit.table,
        seen=fit.seen,
        per_record=per_record,
        full_name_lift=full_name_lift(sets, attributes, fit),
        comparable_share=prepared.pair_count / (prepared.record_count * (prepared.record_count - 1) / 2),
        trained_on=prepared.record_count,
        facts={"steps": steps, "pairs": len(candidates.left), "mix_of_sets": mixes},
    )


def warnings_of(prepared: Prepared, blocks: Blocks, model: Model) -> list[str]:
    """What a person should know before trusting the result; first of all whether the model means what it says."""
    failed = rejections(check_model(model))
    warnings = [
        f"The matches are not to be trusted. {finding.name}: {finding.sentence}" for finding in failed
    ]
    for rule, made in zip(prepared.spec.blocking_rules, blocks.rules, strict=True):
        cap = rule.largest_block or prepared.spec.largest_block
        if made.blocks_split:
            warnings.append(
                f"Rule {rule.title}: {made.blocks_split} blocks above {cap} records were split; "
                f"{made.pairs_not_compared} pairs were not compared."
            )
        if not made.pair_count:
            warnings.append(f"Rule {rule.title} finds no pair.")
    for attribute, start in zip(model.attributes, level_starts(model.attributes)[:-1], strict=True):
        if not model.seen[start : start + len(attribute.levels)].any() and attribute.role != "source":
            warnings.append(f"Attribute {attribute.name} is missing in every pair: it says nothing.")
    return warnings
