"""Prepared records: encoded, with the program that compares them; all that later steps read of the records."""

import math
import os
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.engine.block import Blocks, block
from linkage.engine.candidates import Candidates, compare_many, find_candidates
from linkage.engine.counts import Counts, CountsOfRecords, pairs_not_apart
from linkage.engine.defaults import with_defaults
from linkage.engine.encode import (
    MISSING,
    ColumnSource,
    Encoded,
    IntArray,
    LongArray,
    check_columns,
    encode,
)
from linkage.engine.frequencies import Frequencies
from linkage.engine.kernels.arrays import Program
from linkage.engine.keys import VALUE, Key
from linkage.engine.program import SOURCE, Attribute, attributes_of, compile_program
from linkage.engine.spec import Spec
from linkage.engine.stages import Progress, ignore
from linkage.engine.texts import as_text
from linkage.errors import ModelError

SOURCE_KEY = Key(VALUE, (SOURCE,))
SPLITTING_KINDS = ("forename", "surname", "birth_date", "postcode", "uprn", "address")
"""Kinds whose values cut a block that is too large, in order."""
BITS_OF_KEY = 63


@dataclass(frozen=True, slots=True)
class Prepared:
    """Records ready to be linked.

    Attributes:
        spec: Complete specification.
        encoded: The records as codes, in canonical order.
        sources: Names of the sources, in order; empty when the specification names no source.
        attributes: Attributes that are compared.
        counts: How many records hold each value: among these, or frozen.
        program: What the kernel tests.
        apart: Shape (n,), int32: two records of one code, not negative, are two people by construction.
        threads: Threads to work on.
    """

    spec: Spec
    encoded: Encoded
    sources: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    counts: Counts
    program: Program
    apart: IntArray
    threads: int

    @property
    def record_count(self) -> int:
        """Records."""
        return len(self.encoded.codes)

    @property
    def pair_count(self) -> float:
        """Pairs of records that are not two people by construction."""
        return pairs_not_apart(self.apart)

    def frequencies(self) -> Frequencies:
        """What the weights of pairs take from these records as a whole; their texts must have been kept."""
        return Frequencies.of(self.spec, self.attributes, self.encoded, self.pair_count)

    def frozen(self, frequencies: Frequencies) -> "Prepared":
        """The same records, compared and weighed by frozen frequencies; their texts must have been kept."""
        counts = frequencies.of_records(self.encoded)
        return replace(self, counts=counts, program=compile_program(self.spec, self.attributes, counts))

    def compare(self, left: IntArray, right: IntArray) -> LongArray:
        """Pattern of each pair of positions."""
        return compare_many(self.program, self.encoded.codes, left, right, threads=self.threads)


def prepare(
    table: pa.Table,
    spec: Spec,
    *,
    sources: tuple[str, ...] | None = None,
    threads: int | None = None,
    keep_texts: bool = True,
    progress: Progress = ignore,
) -> Prepared:
    """Encode records and compile what compares them.

    Args:
        table: Records, one row each, any order, with the columns that the specification names.
        spec: Specification, complete or not.
        sources: Sources that a stored model knows, so that their levels keep their meaning; those of the data by
        default.
        threads: Threads to work on; all cores by default.
        keep_texts: Whether to keep the text of each code; linking needs it no more.
        progress: Told the share done.

    Raises:
        SchemaError: A column is missing, or record ids are empty or repeat.
        ModelError: The specification has too many levels.
    """
    pa.default_memory_pool().release_unused()
    spec = with_defaults(spec)
    columns, keys = dict(spec.column_sources), list(spec.keys)
    keys += [key for key in splitters(spec) if key not in keys]
    if spec.source is not None:
        columns[SOURCE] = ColumnSource((spec.source,), "source")
        keys.append(SOURCE_KEY)
    threads = threads or os.cpu_count() or 1
    encoded = encode(
        table, record_id=spec.record_id, columns=columns, keys=keys, threads=threads, progress=progress
    )
    sources = _number_sources(encoded, sources) if spec.source is not None else ()
    attributes = attributes_of(spec, sources)
    _check_fit(attributes, spec)
    apart = _apart(table, spec, encoded)
    counts = CountsOfRecords(encoded, pairs_not_apart(apart))
    program = compile_program(spec, attributes, counts)
    if not keep_texts:
        encoded = replace(encoded, texts={})
        counts = replace(counts, encoded=encoded)
    pa.default_memory_pool().release_unused()
    return Prepared(spec, encoded, sources, attributes, counts, program, apart, threads)


def _check_fit(attributes: tuple[Attribute, ...], spec: Spec) -> None:
    """Refuse more levels and rules than the key of a pair, one 64-bit number for both, can hold."""
    combinations = math.prod(len(attribute.levels) + 1 for attribute in attributes)
    if combinations.bit_length() + len(spec.blocking_rules) > BITS_OF_KEY:
        raise ModelError(
            "There are too many attributes, levels and blocking rules together: leave out some, or join levels."
        )


def splitters(spec: Spec) -> tuple[Key, ...]:
    """Columns whose values cut a block that is too large."""
    of_kind = [
        (SPLITTING_KINDS.index(c.kind), n) for n, c in spec.columns.items() if c.kind in SPLITTING_KINDS
    ]
    return tuple(Key(VALUE, (name,)) for _, name in sorted(of_kind))


def _number_sources(encoded: Encoded, known: tuple[str, ...] | None) -> tuple[str, ...]:
    """Sources numbered by name, so that neither the order of rows nor a stored model changes what a number means."""
    column = encoded.column(SOURCE_KEY)
    found = encoded.texts[SOURCE_KEY].to_pylist()
    names = tuple(sorted(found)) if known is None else known
    place = {name: number for number, name in enumerate(names)}
    number = np.asarray([*(place.get(name, MISSING) for name in found), MISSING], dtype=np.int32)
    encoded.codes[:, column] = number[encoded.codes[:, column]]
    return names


def _apart(table: pa.Table, spec: Spec, encoded: Encoded) -> IntArray:
    """Code of what makes two records two people: one source where each holds a person once, or one key."""
    if spec.compare == "between_sources":
        return np.ascontiguousarray(encoded.codes[:, encoded.column(SOURCE_KEY)])
    if not spec.apart:
        return np.full(len(encoded.codes), MISSING, dtype=np.int32)
    check_columns(table, spec.apart)
    code = np.zeros(len(encoded.codes), dtype=np.int64)
    known = np.ones(len(encoded.codes), dtype=np.bool_)
    for name in spec.apart:
        texts = as_text(table.column(name))
        texts = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
        values = texts.dictionary_encode().indices.fill_null(MISSING).to_numpy(zero_copy_only=False)
        known &= values != MISSING
        code = np.unique(code << 32 | (values.astype(np.int64) + 1), return_inverse=True)[1].astype(np.int64)
    return np.where(known, code, MISSING)[encoded.order].astype(np.int32)


def find_pairs(prepared: Prepared, progress: Progress) -> tuple[Blocks, Candidates]:
    """Blocks of each rule, without their records, and the candidate pairs compared."""
    blocks = block(
        prepared.encoded,
        tuple(rule.parsed for rule in prepared.spec.blocking_rules),
        caps=tuple(
            rule.largest_block or prepared.spec.largest_block for rule in prepared.spec.blocking_rules
        ),
        splitters=splitters(prepared.spec),
        threads=prepared.threads,
    )
    candidates = find_candidates(
        prepared.program, prepared.encoded.codes, blocks,
        apart=prepared.apart, threads=prepared.threads, progress=progress,
    )  # fmt: skip
    return blocks.without_records(), candidates
