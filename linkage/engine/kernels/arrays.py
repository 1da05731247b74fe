"""The arrays that a compiled program of tests is made of."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Program(NamedTuple):
    """What to test, as arrays.

    Attributes:
        tests: Shape (tests, 4), int32: test, column a, column b, 1 to negate.
        limits: Shape (tests,), float64: limit of each test.
        clauses: Shape (clauses, 3), int32: level given when all tests hold, first test, end of tests.
        attributes: Shape (attributes, 4), int32: first and end clause, first and end of the columns in `known`.
        known: int32: columns of which one must be known on both sides, else the attribute is missing.
        radix: Shape (attributes,), int64: weight of each attribute's digit in a pattern; digit 0 is missing.
        text_start: Shape (columns,), int64: text of code 0 of each column; -1 for a column without text.
        text_offsets: Start of each text in `characters`, one more than texts.
        characters: Code points of all texts: uint8 where all are ASCII, else uint32.
        letters: Letters of each text as bits, uint64.
        count_start: Shape (columns,), int64: count of code 0 of each column in `counts`.
        counts: Records that have each code, int32.
    """

    tests: npt.NDArray[np.int32]
    limits: npt.NDArray[np.float64]
    clauses: npt.NDArray[np.int32]
    attributes: npt.NDArray[np.int32]
    known: npt.NDArray[np.int32]
    radix: npt.NDArray[np.int64]
    text_start: npt.NDArray[np.int64]
    text_offsets: npt.NDArray[np.int64]
    characters: npt.NDArray[np.uint8] | npt.NDArray[np.uint32]
    letters: npt.NDArray[np.uint64]
    count_start: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int32]
