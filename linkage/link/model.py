"""The model as a document: every level with its probabilities and bits, every rule with its counts."""

from importlib.metadata import version
from typing import Any

import numpy as np

from linkage.link.blocking import Candidates, RuleCount
from linkage.link.comparisons import ATTRIBUTES
from linkage.link.context import Context
from linkage.link.term_frequency import SHRINKAGE, SMALLEST_FREQUENCY


def describe_model(
    contexts: tuple[Context, ...], candidates: Candidates, *, record_count: int
) -> dict[str, Any]:
    """The model and its training as JSON types.

    Args:
        contexts: The fitted contexts.
        candidates: Pairs they weigh.
        record_count: Records linked.

    Returns:
        `engine`, `engine_version`, `attributes`, `contexts`, `rules` and `training`. A context has `name`,
        `applies_when`, `rival`, `prior`, `prior_bits`, `training`, `levels` (attribute to its levels in rising
        order, each with level, label, m, u and bits) and `term_frequency` (attribute to its term model). A pair's match
        weight is its context's `prior_bits` plus the bits of the pair's levels plus the pair's term-frequency bits
        (`term_bits_*` of `PAIR`); what is missing has no bits. The term-frequency bits of a value of frequency f are
        log2(agreement / (named_alike + (1 - named_alike) f)); f is never below `smallest_frequency`, and the frequency
        of a surname is that among the records of the same forename where that agrees, shrunk by `shrinkage` records.
    """
    return {
        "engine": "recordlinkage",
        "engine_version": version("recordlinkage"),
        "attributes": list(ATTRIBUTES),
        "contexts": [_context(context) for context in contexts],
        "rules": [_rule(count) for count in candidates.counts],
        "training": {
            "record_count": record_count,
            "candidate_pair_count": len(candidates.left),
            "one_key_pair_count": candidates.one_key_pairs,
        },
    }


def _context(context: Context) -> dict[str, Any]:
    kernel = context.classifier.kernel
    return {
        "name": context.name,
        "applies_when": context.applies_when,
        "rival": context.rival,
        "prior": float(np.exp(kernel.class_log_prior_[1])),
        "prior_bits": float(np.diff(kernel.class_log_prior_)[0] / np.log(2)),
        "levels": {attribute: context.level_table(attribute) for attribute in ATTRIBUTES},
        "term_frequency": {
            name: {
                "lowest_level": term.lowest_level,
                "agreement": term.agreement,
                "named_alike": term.named_alike,
                "smallest_frequency": SMALLEST_FREQUENCY,
                "shrinkage": SHRINKAGE,
            }
            for name, term in context.term_models.items()
        },
        "training": {
            "pair_count": kernel.pair_count_,
            "pattern_count": kernel.pattern_count_,
            "iteration_count": kernel.n_iter_,
        },
    }


def _rule(count: RuleCount) -> dict[str, Any]:
    return {
        "name": count.rule.name,
        "keys": list(count.rule.keys),
        "reason": count.rule.reason,
        "largest_block": count.rule.largest_block,
        "pairs_found": count.pairs_found,
        "pairs_first": count.pairs_first,
        "pairs_alone": count.pairs_alone,
        "blocks_split": count.blocks_split,
        "records_in_split_blocks": count.records_in_split_blocks,
        "pairs_not_compared": count.pairs_not_compared,
    }
