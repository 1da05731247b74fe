"""The household-aware engine on the records of a run: the table `RECORD` in, the table `PAIR` out."""

from typing import Any

import pandas as pd
import pyarrow as pa

from linkage.engine.block import Blocks
from linkage.engine.candidates import Candidates
from linkage.engine.checks import check_model
from linkage.engine.finding import rejections
from linkage.engine.frequencies import Frequencies
from linkage.engine.link_cache import LinkCache
from linkage.engine.linking import Weigher, train_model, warnings_of
from linkage.engine.model import Model
from linkage.engine.pair_arrays import PairArrays
from linkage.engine.prepared import Prepared, find_pairs
from linkage.engine.record_keys import RecordKeys
from linkage.engine.residents import prepare_records
from linkage.engine.stages import Stages
from linkage.errors import ModelError
from linkage.link.linkage import HouseholdLinkage
from linkage.schema import RECORD, conform


def link(
    records: pd.DataFrame,
    *,
    model: Model | None = None,
    frequencies: Frequencies | None = None,
    stages: Stages | None = None,
) -> HouseholdLinkage:
    """Find and weigh the pairs of records that may be one person.

    Args:
        records: Frame conforming to `RECORD`, any order.
        model: Stored model; one is trained on these records when not given.
        frequencies: Frozen frequencies, of the model's specification; counted among these records when not given.
        stages: Told of progress.

    Returns:
        All candidate pairs, matches or not, the model, the frequencies, and what an increment starts from. The order of
        the records makes no difference.

    Raises:
        SchemaError: The records do not conform, or two share a record id.
        ModelError: Nothing can be learnt from these records, or what was learnt is not what it is called.
    """
    stages = stages or Stages()
    records = conform(records, RECORD)
    with stages.stage("encode") as progress:
        prepared = prepare_records(records, model, frequencies=frequencies, progress=progress)
        frequencies = frequencies or prepared.frequencies()
    with stages.stage("find pairs") as progress:
        blocks, candidates = find_pairs(prepared, progress)
    if model is None:
        with stages.stage("train") as progress:
            model = train_model(prepared, candidates, progress)
        _refuse_failed_fit(model)
    with stages.stage("weigh") as progress:
        weights = Weigher.of(prepared, model).weigh_candidates(candidates, progress)
    with stages.stage("keep"):
        keys = RecordKeys.of(prepared, pa.array(records["record_id"], pa.string()))
        cache = LinkCache(keys, PairArrays.of(keys.order, candidates, weights))
    facts = model.with_facts(warnings=warnings_of(prepared, blocks, model), stages=stages.passed)
    document = {
        "engine": "household",
        "version": model.version,
        **facts.to_json(),
        "rules": _rule_counts(prepared, blocks, candidates),
    }
    return HouseholdLinkage(cache, frequencies, model, document)


def _refuse_failed_fit(model: Model) -> None:
    """Link by no model whose classes are not what they are called; few records are linked as well as may be."""
    failed = [finding for finding in rejections(check_model(model)) if finding.name != "enough_matches"]
    if failed:
        told = " ".join(f"{finding.name}: {finding.sentence}" for finding in failed)
        raise ModelError(
            f"The model trained on these records failed {len(failed)} checks, and nothing was linked by it. {told} "
            "Train one on records that hold more with `resident-index train`, or link by --engine recordlinkage."
        )


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
