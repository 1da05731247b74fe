"""The first engine: Index, Compare and ECM of the Python Record Linkage Toolkit; plain, and the oracle of others."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import recordlinkage

from linkage.link.blocking import Candidates, find_candidates, unpack_pairs
from linkage.link.classifier import BackgroundECM, LevelECM, LevelECMClassifier
from linkage.link.comparisons import ATTRIBUTES, COMPARISONS, LEVEL_COUNTS, LEVELS
from linkage.link.context import Context, at_one_address
from linkage.link.encoding import MISSING, EncodedRecords, IntArray, encode
from linkage.link.linkage import ToolkitLinkage
from linkage.link.model import describe_model
from linkage.link.patterns import LevelMatrix, find_patterns
from linkage.link.term_frequency import FORENAME_TERM, TERMS, agreed_frequencies
from linkage.link.training import pairs_at_one_address, pairs_at_random
from linkage.schema import PAIR, RECORD, conform

PAIRS_AT_ONCE = 500_000
"""Pairs compared together: bounds memory whatever the data."""
SAME_WHEREVER = ("forename", "middle_names", "birth_date", "age_group", "sex", "nhs_number", "nino", "upn")
"""Attributes written down no worse after a move: what one person looks like is learnt at one address, and held."""


def link(records: pd.DataFrame) -> ToolkitLinkage:
    """Find and weigh the pairs of records that may be one person.

    Args:
        records: Frame conforming to `RECORD`, any order.

    Returns:
        All candidate pairs, matches or not, and the model. The order of the records makes no difference.

    Raises:
        SchemaError: The records do not conform, or two share a record id.
        ModelError: The estimated model has its classes the wrong way round.
    """
    encoded = encode(conform(records, RECORD))
    candidates = find_candidates(encoded.codes)
    levels = compare(encoded, candidates.left, candidates.right)
    contexts = train(encoded, levels)
    term_bits = weigh_terms(contexts, encoded, levels, pairs=(candidates.left, candidates.right))
    weight = weigh(contexts, levels) + np.nan_to_num(term_bits).sum(axis=1)
    pairs = _pairs(encoded, candidates, levels, weight=weight, term_bits=term_bits)
    alone = pd.Series(candidates.alone, name="is_found_by_one_rule")
    return ToolkitLinkage(
        pairs, alone, describe_model(contexts, candidates, record_count=len(encoded.record_ids))
    )


def compare(encoded: EncodedRecords, left: IntArray, right: IntArray) -> LevelMatrix:
    """Levels of pairs of records, one column for each of `COMPARISONS`, missing as `MISSING`."""
    comparer = recordlinkage.Compare([comparison(encoded.vocabularies) for comparison in COMPARISONS])
    levels = np.full((len(left), len(COMPARISONS)), MISSING, dtype=np.int8)
    for start in range(0, len(levels), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        index = pd.MultiIndex.from_arrays([left[part], right[part]])
        levels[part] = comparer.compute(index, encoded.codes).to_numpy(dtype=np.int8)
    return levels


def train(encoded: EncodedRecords, levels: LevelMatrix) -> tuple[Context, ...]:
    """Estimate a two-class model for each context.

    Args:
        encoded: The records.
        levels: Levels of the candidate pairs.

    Returns:
        One fitted context for pairs at one address, one for all others.

    Raises:
        ModelError: Agreement on forename or birth date came out as evidence against one person.
    """
    together = compare(encoded, *unpack_pairs(pairs_at_one_address(encoded.codes)))
    background = compare(encoded, *unpack_pairs(pairs_at_random(encoded.codes)))
    count = len(encoded.record_ids)
    kernel = LevelECM(LEVELS)
    household = Context(
        "at_one_address",
        "at one address",
        "another of the household",
        LevelECMClassifier(kernel),
        (FORENAME_TERM,),
    )
    household.fit(together[at_one_address(together)])
    elsewhere = BackgroundECM(
        LEVELS,
        background[~at_one_address(background)],
        count * (count - 1) // 2,
        held={number: kernel.same_person(number) for number in map(ATTRIBUTES.index, SAME_WHEREVER)},
    )
    strangers = Context(
        "elsewhere", "not known to be at one address", "a stranger", LevelECMClassifier(elsewhere), TERMS
    )
    strangers.fit(levels[~at_one_address(levels)])
    for context in (household, strangers):
        context.fit_terms(encoded.codes)
    return household, strangers


def weigh(contexts: tuple[Context, ...], levels: LevelMatrix) -> npt.NDArray[np.float64]:
    """Prior bits and the bits of the levels of each pair, by the model of the context it is in."""
    patterns = find_patterns(levels, LEVEL_COUNTS)
    together, elsewhere = (context.classifier.match_weight(patterns.levels) for context in contexts)
    weight: npt.NDArray[np.float64] = np.where(at_one_address(patterns.levels), together, elsewhere)
    return weight[patterns.position]


def weigh_terms(
    contexts: tuple[Context, ...],
    encoded: EncodedRecords,
    levels: LevelMatrix,
    *,
    pairs: tuple[IntArray, IntArray],
) -> npt.NDArray[np.float64]:
    """Bits that the rarity of an agreed value adds, one row a pair, one column a term; NaN where there is none.

    Args:
        contexts: The fitted contexts.
        encoded: The records.
        levels: Levels of the pairs.
        pairs: Positions of the records of each pair.
    """
    at = {term.attribute: levels[:, ATTRIBUTES.index(term.attribute)] for term in TERMS}
    frequency = agreed_frequencies(encoded.codes, *pairs, levels=at)
    together = at_one_address(levels)
    bits = np.full((len(levels), len(TERMS)), np.nan)
    for column, term in enumerate(TERMS):
        for context, applies in zip(contexts, (together, ~together), strict=True):
            model = context.term_models.get(term.attribute)
            if model is not None:
                bits[applies, column] = model.bits(frequency[term.attribute][applies])
    return bits


def _pairs(
    encoded: EncodedRecords,
    candidates: Candidates,
    levels: LevelMatrix,
    *,
    weight: npt.NDArray[np.float64],
    term_bits: npt.NDArray[np.float64],
) -> pd.DataFrame:
    """The pairs as the table `PAIR`."""
    names = np.asarray([count.rule.name for count in candidates.counts], dtype=object)
    columns: dict[str, Any] = {
        "record_id_l": encoded.record_ids[candidates.left],
        "record_id_r": encoded.record_ids[candidates.right],
        "blocking_rule": names[candidates.rule],
        "match_weight": weight,
        "match_probability": 1 / (1 + np.exp2(-weight)),
    }
    for number, comparison in enumerate(COMPARISONS):
        level = levels[:, number].astype(np.int64)
        columns[f"level_{comparison.attribute}"] = pd.arrays.IntegerArray(level, level == MISSING)
    columns |= {"level_source": None, "household_probability": np.nan}
    columns |= {f"term_bits_{term.attribute}": term_bits[:, column] for column, term in enumerate(TERMS)}
    return conform(pd.DataFrame(columns), PAIR)
