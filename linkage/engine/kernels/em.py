"""Expectation and counts of a mixture of classes with independent attributes, over sets with a class mix each."""

import numpy as np
import numpy.typing as npt
from numba import njit

FloatArray = npt.NDArray[np.float64]


@njit(cache=True, nogil=True)
def expect(
    levels: npt.NDArray[np.int8],
    weights: FloatArray,
    sets: npt.NDArray[np.int32],
    mix: FloatArray,
    table: FloatArray,
    start: npt.NDArray[np.int64],
) -> tuple[float, FloatArray, FloatArray]:
    """One expectation step.

    Args:
        levels: Shape (rows, attributes): level, negative where missing or left out.
        weights: Shape (rows,): pairs that a row stands for.
        sets: Shape (rows,): set that a row is of.
        mix: Shape (sets, classes): share of each class in each set.
        table: Shape (all levels, classes): probability of each level, attributes one after the other.
        start: Shape (attributes,): first row of each attribute in the table.

    Returns:
        Log-likelihood in nats; expected pairs of each class in each set; expected pairs of each class at each level.
    """
    classes = mix.shape[1]
    by_set = np.zeros(mix.shape)
    by_level = np.zeros(table.shape)
    joint = np.empty(classes)
    likelihood = 0.0
    for row in range(len(levels)):
        for c in range(classes):
            joint[c] = mix[sets[row], c]
        for a in range(levels.shape[1]):
            if levels[row, a] >= 0:
                place = start[a] + levels[row, a]
                for c in range(classes):
                    joint[c] *= table[place, c]
        total = 0.0
        for c in range(classes):
            total += joint[c]
        total = max(total, 1e-300)
        likelihood += weights[row] * np.log(total)
        share = weights[row] / total
        for c in range(classes):
            joint[c] *= share
            by_set[sets[row], c] += joint[c]
        for a in range(levels.shape[1]):
            if levels[row, a] >= 0:
                place = start[a] + levels[row, a]
                for c in range(classes):
                    by_level[place, c] += joint[c]
    return likelihood, by_set, by_level
