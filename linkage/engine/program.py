"""Compile: a specification and encoded records to the arrays that the comparison kernel reads."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.engine.counts import Counts
from linkage.engine.kernels import comparison as kernel
from linkage.engine.kernels.arrays import Program
from linkage.engine.kernels.identity import code_points, letters_of_all
from linkage.engine.keys import VALUE, Key, parse_key
from linkage.engine.spec import DIFFERS, AttributeSpec, Role, Spec
from linkage.engine.tests_of_levels import Test
from linkage.engine.texts import text_buffers
from linkage.errors import ModelError

SOURCE = "source"
MOST_SOURCES = 16
"""With more sources than this, each is too seldom seen to learn how often it holds a person twice."""
_OPCODES = {
    "same": kernel.SAME, "crossed": kernel.CROSSED, "swapped": kernel.SWAPPED, "jaro_winkler": kernel.JARO_WINKLER,
    "edits": kernel.EDITS, "either": kernel.EITHER, "both": kernel.BOTH,
    "commoner": kernel.COMMONER,
}  # fmt: skip
FIRST_NOT_ASCII = 0x80
_OF_TEXT = (kernel.JARO_WINKLER, kernel.EDITS)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute as the model sees it.

    Attributes:
        name: Name.
        role: Who shares it.
        levels: Names of its levels, weakest first.
        columns: Columns of the specification that it looks at.
        term: Key whose rarity counts on the strongest level.
        is_term_shared: Whether the strongest level is only reached by agreeing on that key.
    """

    name: str
    role: Role
    levels: tuple[str, ...]
    columns: frozenset[str]
    term: Key | None
    is_term_shared: bool = False


def attributes_of(spec: Spec, sources: tuple[str, ...]) -> tuple[Attribute, ...]:
    """Attributes of a complete specification; the source is one of them when there are a few.

    Args:
        spec: Complete specification.
        sources: Names of the sources, in order; none when the records name none.
    """
    made = [_attribute(attribute) for attribute in spec.attributes]
    if 2 <= len(sources) <= MOST_SOURCES and spec.compare == "all":
        levels = (DIFFERS, *(f"both from {source}" for source in sources))
        made.append(Attribute(SOURCE, "source", levels, frozenset((SOURCE,)), None))
    return tuple(made)


def _attribute(spec: AttributeSpec) -> Attribute:
    term = parse_key(spec.term_frequency) if spec.term_frequency else None
    columns = frozenset(column for text in spec.known for column in parse_key(text).columns)
    strongest = [level for level in spec.levels if level.name == spec.level_names[-1] and not level.silent]
    shared = all(Test("same", (term,)) in level.tests for level in strongest) if term else False
    return Attribute(spec.name, spec.role, spec.level_names, columns, term, shared)


def radix_of(attributes: tuple[Attribute, ...]) -> npt.NDArray[np.int64]:
    """Weight of each attribute's digit in a pattern.

    Raises:
        ModelError: There are more combinations of levels than fit.
    """
    sizes = [len(attribute.levels) + 1 for attribute in attributes]
    if np.prod(np.asarray(sizes, dtype=float)) > 2.0**44:
        raise ModelError("There are too many attributes and levels: leave out some, or join their levels.")
    return np.concatenate([[1], np.cumprod(sizes)[:-1]]).astype(np.int64)


def level_starts(attributes: tuple[Attribute, ...]) -> npt.NDArray[np.int64]:
    """First row of each attribute's levels in a table of all levels, one more than attributes."""
    return np.cumsum([0, *(len(attribute.levels) for attribute in attributes)], dtype=np.int64)


def full_name(keys: Sequence[Key], attributes: tuple[Attribute, ...]) -> tuple[Key, tuple[int, ...]] | None:
    """The key of forename and surname in either order, and the numbers of their attributes; nothing without such a key.

    Args:
        keys: Keys of a specification.
        attributes: Its attributes.
    """
    terms = [attribute.term for attribute in attributes]
    for key in (key for key in keys if key.function == "sorted"):
        values = [Key(VALUE, (name,)) for name in key.columns]
        numbers = tuple(terms.index(value) for value in values if value in terms)
        if sorted(attributes[number].role for number in numbers) == ["family", "person"]:
            return key, numbers
    return None


def unpack(patterns: npt.NDArray[np.int64], attributes: tuple[Attribute, ...]) -> npt.NDArray[np.int8]:
    """Levels of patterns, shape (patterns, attributes); -1 for missing."""
    radix = radix_of(attributes)
    sizes = np.asarray([len(attribute.levels) + 1 for attribute in attributes])
    levels: npt.NDArray[np.int8] = ((patterns[:, None] // radix) % sizes - 1).astype(np.int8)
    return levels


def compile_program(spec: Spec, attributes: tuple[Attribute, ...], counts: Counts) -> Program:
    """Arrays for the kernel.

    Args:
        spec: Complete specification.
        attributes: Its attributes.
        counts: Records, and how many hold each value; a key named `source` holds the number of the source.
    """
    builder = _Builder(counts)
    for attribute in spec.attributes:
        builder.add(attribute)
    if attributes[-1].role == "source":
        builder.add_source()
    return builder.build(radix_of(attributes))


class _Builder:
    """The program as it grows."""

    def __init__(self, counts: Counts) -> None:
        self.counts, self.encoded = counts, counts.encoded
        self.tests: list[tuple[int, int, int, int]] = []
        self.limits: list[float] = []
        self.clauses: list[tuple[int, int, int]] = []
        self.attributes: list[tuple[int, int, int, int]] = []
        self.known: list[int] = []

    def add(self, attribute: AttributeSpec) -> None:
        """Add an attribute: its levels in order, and `differs` where none of them holds."""
        number = {name: place for place, name in enumerate(attribute.level_names)}
        first = len(self.clauses)
        for level in attribute.levels:
            self._clause(kernel.SILENT if level.silent else number[level.name], level.tests)
        self._clause(number[DIFFERS], ())
        self._attribute(first, [parse_key(text) for text in attribute.known])

    def add_source(self) -> None:
        """Add the source: one level for each source that both records are from."""
        key = Key(VALUE, (SOURCE,))
        first = len(self.clauses)
        self._clause(kernel.LEVEL_OF_CODE, (Test("same", (key,)),))
        self._clause(0, ())
        self._attribute(first, [key])

    def _clause(self, level: int, tests: tuple[Test, ...]) -> None:
        start = len(self.tests)
        for test in sorted(tests, key=lambda test: _OPCODES[test.name] in _OF_TEXT):
            columns = [self.encoded.column(key) for key in test.keys]
            self.tests.append((_OPCODES[test.name], columns[0], columns[-1], int(test.negated)))
            self.limits.append(test.limit)
        self.clauses.append((level, start, len(self.tests)))

    def _attribute(self, first: int, known: list[Key]) -> None:
        start = len(self.known)
        self.known += [self.encoded.column(key) for key in known]
        self.attributes.append((first, len(self.clauses), start, len(self.known)))

    def build(self, radix: npt.NDArray[np.int64]) -> Program:
        tests = np.asarray(self.tests, dtype=np.int32)
        with_text = sorted({int(test[1]) for test in tests if test[0] in _OF_TEXT})
        counted = sorted({int(test[1]) for test in tests if test[0] == kernel.COMMONER})
        text_start, offsets, characters = self._texts(with_text)
        count_start, counts = self._counts(counted)
        return Program(
            tests, np.asarray(self.limits), np.asarray(self.clauses, dtype=np.int32),
            np.asarray(self.attributes, dtype=np.int32), np.asarray(self.known, dtype=np.int32), radix,
            text_start, offsets, characters, letters_of_all(offsets, characters), count_start, counts,
        )  # fmt: skip

    def _texts(
        self, columns: list[int]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.uint8] | npt.NDArray[np.uint32]]:
        """Texts of the columns that are compared as text; columns that share a vocabulary share their texts."""
        start = np.full(len(self.encoded.keys), -1, dtype=np.int64)
        placed: dict[int, int] = {}
        vocabularies: list[pa.Array] = []
        for column in columns:
            vocabulary = self.encoded.texts[self.encoded.keys[column]]
            if id(vocabulary) not in placed:
                placed[id(vocabulary)] = sum(map(len, vocabularies))
                vocabularies.append(vocabulary)
            start[column] = placed[id(vocabulary)]
        texts = pa.concat_arrays([*vocabularies, pa.array([], pa.string())])
        offsets, data = text_buffers(texts)
        if data.max(initial=0) < FIRST_NOT_ASCII:
            return start, offsets - offsets[0], data[offsets[0] : offsets[-1]].copy()
        characters, offsets = code_points(data, offsets)
        return start, offsets, characters

    def _counts(self, columns: list[int]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        """How many records have each value, for the columns whose values are told apart by it."""
        start = np.full(len(self.encoded.keys), -1, dtype=np.int64)
        parts = [np.zeros(0, dtype=np.int32)]
        for column in columns:
            start[column] = sum(map(len, parts))
            parts.append(self.counts.borne(self.encoded.keys[column]))
        return start, np.concatenate(parts)
