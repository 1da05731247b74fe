"""Match weights of pairs from the weights of their kind and the rarity of the values they agree on."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

FloatArray = npt.NDArray[np.float64]
SMALLEST = 1e-150


class Terms(NamedTuple):
    """Values whose rarity counts, as arrays.

    Attributes:
        attributes: Shape (terms,), int64: attribute whose strongest level each term is about.
        also: Shape (terms,), int64: another attribute that must agree exactly too; -1 for none.
        columns: Shape (terms,), int64: column of codes that holds the value.
        implied: Shape (terms,), bool: exact agreement on the attribute means agreement on the column.
        start: Shape (terms,), int64: place of code 0 in `rarity`.
        rarity: Frequency of each value, relative to the mean frequency on which strangers agree.
        fixed: Shape (terms, classes): share of the agreement that has a reason, whatever the value.
        by_chance: Shape (terms, classes): share that is coincidence, in proportion to the frequency.
    """

    attributes: npt.NDArray[np.int64]
    also: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]
    implied: npt.NDArray[np.bool_]
    start: npt.NDArray[np.int64]
    rarity: FloatArray
    fixed: FloatArray
    by_chance: FloatArray


@njit(cache=True, nogil=True)
def weigh(
    codes: npt.NDArray[np.int32],
    left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
    kind: npt.NDArray[np.int32],
    agrees: npt.NDArray[np.bool_],
    joint: FloatArray,
    terms: Terms,
    matches: int,
    households: int,
) -> tuple[FloatArray, FloatArray]:
    """Match weight and household weight of each pair.

    Args:
        codes: Shape (n, columns).
        left: Position of one record of each pair.
        right: Position of the other.
        kind: Row of each pair in `agrees` and `joint`.
        agrees: Shape (kinds, terms): whether pairs of the kind agree exactly on each term's attribute.
        joint: Shape (kinds, classes): prior times likelihood, any scale; match classes first, then household.
        terms: The terms.
        matches: Number of match classes.
        households: Number of household classes.

    Returns:
        log2 odds of the same person; log2 odds of another of the household; each shape (pairs,).
    """
    # Taken out once: an array taken out of the terms for each pair would have its references counted each time.
    attributes, columns, implied, start, rarity_of, fixed, by_chance = (
        terms.attributes, terms.columns, terms.implied, terms.start, terms.rarity, terms.fixed, terms.by_chance
    )  # fmt: skip
    match_weight = np.empty(len(left))
    household_weight = np.empty(len(left))
    classes = joint.shape[1]
    values = np.empty(classes)
    for pair in range(len(left)):
        row = kind[pair]
        for c in range(classes):
            values[c] = joint[row, c]
        for term in range(len(attributes)):
            if agrees[row, term]:
                column = columns[term]
                code = codes[left[pair], column]
                if code >= 0 and (implied[term] or code == codes[right[pair], column]):
                    rarity = rarity_of[start[term] + code]
                    for c in range(classes):
                        values[c] *= fixed[term, c] + by_chance[term, c] * rarity
        same, household, stranger = 0.0, 0.0, 0.0
        for c in range(classes):
            if c < matches:
                same += values[c]
            elif c < matches + households:
                household += values[c]
            else:
                stranger += values[c]
        match_weight[pair] = np.log2(max(same, SMALLEST) / max(household + stranger, SMALLEST))
        household_weight[pair] = np.log2(max(household, SMALLEST) / max(same + stranger, SMALLEST))
    return match_weight, household_weight
