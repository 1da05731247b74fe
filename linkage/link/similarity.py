"""Similarity of two texts, computed once for each distinct pair of values and gathered back to the pairs."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from linkage.link.encoding import MISSING, IntArray, Vocabulary

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]


def jaro_winkler(left: IntArray, right: IntArray, vocabulary: Vocabulary, *, cutoff: float) -> FloatArray:
    """Jaro-Winkler similarity of two columns of codes.

    Args:
        left: Codes into the vocabulary, one a pair.
        right: Codes into the vocabulary, one a pair.
        vocabulary: Texts.
        cutoff: Similarities below it are given as 0.

    Returns:
        Similarity from 0 to 1, one a pair; 0 where either is missing.

    Source:
        Winkler (1990), String comparator metrics and enhanced decision rules in the Fellegi-Sunter model.
    """
    smaller, larger, position, both = _distinct(left, right)
    scores = process.cpdist(
        vocabulary[smaller].tolist(), vocabulary[larger].tolist(),
        scorer=JaroWinkler.similarity, score_cutoff=cutoff, dtype=np.float64, workers=-1,
    )  # fmt: skip
    result = np.zeros(len(left), dtype=np.float64)
    result[both] = scores[position]
    return result


def within_one_edit(
    left: IntArray, right: IntArray, texts: Sequence[str] | Vocabulary | None = None
) -> BoolArray:
    """Whether two values differ by at most one edit: a character changed, lost, added, or two neighbours swapped.

    Args:
        left: Codes into the texts, or plain numbers.
        right: Codes into the texts, or plain numbers.
        texts: Texts the codes point into; without them the numbers' own digits are compared.

    Returns:
        One flag a pair, false where either is missing.
    """
    smaller, larger, position, both = _distinct(left, right)
    vocabulary = None if texts is None else np.asarray(texts, dtype=object)
    scores = process.cpdist(
        _texts_of(smaller, vocabulary), _texts_of(larger, vocabulary),
        scorer=OSA.distance, score_cutoff=1, dtype=np.int32, workers=-1,
    )  # fmt: skip
    result = np.zeros(len(left), dtype=np.bool_)
    result[both] = (scores <= 1)[position]
    return result


def _texts_of(codes: IntArray, vocabulary: Vocabulary | None) -> list[str]:
    chosen = codes.astype(str) if vocabulary is None else vocabulary[codes]
    texts: list[str] = chosen.tolist()
    return texts


def _distinct(left: IntArray, right: IntArray) -> tuple[IntArray, IntArray, IntArray, BoolArray]:
    """Distinct unordered pairs of codes, each pair's position among them, and which pairs have both values."""
    both = (left != MISSING) & (right != MISSING)
    one, other = left[both], right[both]
    packed = (np.minimum(one, other) << 32) | np.maximum(one, other)
    distinct, position = np.unique(packed, return_inverse=True)
    return distinct >> 32, distinct & 0xFFFFFFFF, position.astype(np.int64), both
