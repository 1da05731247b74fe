"""The household-aware engine on the records of a run: the table `RECORD` in, the table `PAIR` out."""

from typing import Any

import numpy as np
import pandas as pd

from linkage.engine.block import Blocks
from linkage.engine.candidates import Candidates
from linkage.engine.checks import check_model
from linkage.engine.encode import MISSING
from linkage.engine.finding import rejections
from linkage.engine.linking import Weigher, train_model, warnings_of
from linkage.engine.model import Model
from linkage.engine.prepared import Prepared, find_pairs
from linkage.engine.program import unpack
from linkage.engine.residents import prepare_records
from linkage.engine.stages import Stages
from linkage.errors import ModelError
from linkage.link.linkage import Linkage
from linkage.schema import LINK_ATTRIBUTES, PAIR, RECORD, TERM_ATTRIBUTES, conform


def link(records: pd.DataFrame, *, model: Model | None = None, stages: Stages | None = None) -> Linkage:
    """Find and weigh the pairs of records that may be one person.

    Args:
        records: Frame conforming to `RECORD`, any order.
        model: Stored model; one is trained on these records when not given.
        stages: Told of progress.

    Returns:
        All candidate pairs, matches or not, and the model. The order of the records makes no difference.

    Raises:
        SchemaError: The records do not conform, or two share a record id.
        ModelError: Nothing can be learnt from these records, or what was learnt is not what it is called.
    """
    stages = stages or Stages()
    records = conform(records, RECORD)
    with stages.stage("encode") as progress:
        prepared = prepare_records(records, model, progress=progress)
    with stages.stage("find pairs") as progress:
        blocks, candidates = find_pairs(prepared, progress)
    if model is None:
        with stages.stage("train") as progress:
            model = train_model(prepared, candidates, progress)
        _refuse_failed_fit(model)
    with stages.stage("weigh") as progress:
        match_weight, household_weight = Weigher.of(prepared, model).weigh_candidates(candidates, progress)
    ids = records["record_id"].to_numpy(dtype=object)[prepared.encoded.order]
    titles = np.asarray([rule.title for rule in prepared.spec.blocking_rules], dtype=object)
    one, other = ids[candidates.left], ids[candidates.right]
    ordered = one < other
    columns: dict[str, Any] = {
        "record_id_l": np.where(ordered, one, other),
        "record_id_r": np.where(ordered, other, one),
        "blocking_rule": titles[candidates.first_rule[candidates.kind]],
        "match_weight": match_weight,
        "match_probability": 1 / (1 + np.exp2(-match_weight)),
        "household_probability": 1 / (1 + np.exp2(-household_weight)),
    }
    columns |= _levels(prepared, candidates)
    finders = candidates.finders[candidates.kind]
    columns["alone"] = (finders & (finders - 1)) == 0
    pairs = pd.DataFrame(columns).sort_values(["record_id_l", "record_id_r"], ignore_index=True)
    facts = model.with_facts(warnings=warnings_of(prepared, blocks, model), stages=stages.passed)
    document = {
        "engine": "household",
        "version": model.version,
        **facts.to_json(),
        "rules": _rule_counts(prepared, blocks, candidates),
    }
    return Linkage(
        conform(pairs.drop(columns="alone"), PAIR), pairs["alone"].rename("is_found_by_one_rule"), document
    )


def _refuse_failed_fit(model: Model) -> None:
    """Link by no model whose classes are not what they are called; few records are linked as well as may be."""
    failed = [finding for finding in rejections(check_model(model)) if finding.name != "enough_matches"]
    if failed:
        told = " ".join(f"{finding.name}: {finding.sentence}" for finding in failed)
        raise ModelError(
            f"The model trained on these records failed {len(failed)} checks, and nothing was linked by it. {told} "
            "Train one on records that hold more with `resident-index train`, or link by --engine recordlinkage."
        )


def _levels(prepared: Prepared, candidates: Candidates) -> dict[str, Any]:
    """Level columns of the pairs; term-frequency bits differ by class here and are told by `explain`."""
    levels = unpack(candidates.patterns, prepared.attributes)
    names = [attribute.name for attribute in prepared.attributes]
    absent = np.full(len(levels), MISSING, dtype=np.int8)
    columns: dict[str, Any] = {}
    for attribute in LINK_ATTRIBUTES:
        of_kind = levels[:, names.index(attribute)] if attribute in names else absent
        level = of_kind.astype(np.int64)[candidates.kind]
        columns[f"level_{attribute}"] = pd.arrays.IntegerArray(level, level == MISSING)
    return columns | {f"term_bits_{attribute}": np.nan for attribute in TERM_ATTRIBUTES}


def _rule_counts(prepared: Prepared, blocks: Blocks, candidates: Candidates) -> list[dict[str, Any]]:
    """What each blocking rule did."""
    alone = (candidates.finders & (candidates.finders - 1)) == 0
    return [
        {
            "name": rule.title,
            "keys": list(rule.keys),
            "reason": rule.reason,
            "pairs_found": int(candidates.counts[candidates.finders >> number & 1 == 1].sum()),
            "pairs_first": int(candidates.counts[candidates.first_rule == number].sum()),
            "pairs_alone": int(candidates.counts[alone & (candidates.first_rule == number)].sum()),
            "blocks_split": made.blocks_split,
            "records_in_split_blocks": made.records_in_split_blocks,
            "pairs_not_compared": made.pairs_not_compared,
        }
        for number, (rule, made) in enumerate(zip(prepared.spec.blocking_rules, blocks.rules, strict=True))
    ]
