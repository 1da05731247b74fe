"""Encode: every column and every key of the records as int32 codes; text is touched once for each distinct value."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkage.engine.derive import derive
from linkage.engine.full_names import part_of_name
from linkage.engine.kernels.identity import factorise, hash_texts, look_up
from linkage.engine.keys import VALUE, Key
from linkage.engine.normalise import normalise
from linkage.engine.stages import Progress, ignore
from linkage.engine.texts import as_text, is_single_value, text_buffers
from linkage.errors import SchemaError

MISSING = -1
PAIR = 2
IntArray = npt.NDArray[np.int32]
LongArray = npt.NDArray[np.int64]
NAMES = "names"
_VOCABULARY_OF_KIND = {"forename": NAMES, "surname": NAMES, "middle_names": NAMES}
"""Kinds whose values may stand in each other's column, so that they must share codes; every other has its own."""
KEPT_WORDS = frozenset({"root", "first_word", "last_word"})
"""Functions that give a value of the same kind: comparable with the column itself."""


def vocabulary_of(kind: str) -> str:
    """Columns of one vocabulary share codes: only their values can be told to be the same."""
    return _VOCABULARY_OF_KIND.get(kind, kind)


@dataclass(frozen=True, slots=True)
class Encoded:
    """Records as codes, in canonical order.

    Attributes:
        order: Shape (n,), int64: row in the input of each record; canonical order is by the hash of the record id, so
            that nothing depends on the order of the rows.
        codes: Shape (n, keys), int32, one row a record: code of each key, `MISSING` for none.
        keys: Key of each column of codes.
        texts: Text of each code, for each key that has a vocabulary of text.
    """

    order: LongArray
    codes: IntArray
    keys: tuple[Key, ...]
    texts: Mapping[Key, pa.Array]

    def column(self, key: Key) -> int:
        """Column of codes that holds a key."""
        return self.keys.index(key)


@dataclass(frozen=True, slots=True)
class ColumnSource:
    """One column of the specification: the input columns it is made of, its kind, and the part of a full name read."""

    inputs: tuple[str, ...]
    kind: str
    part: str = ""


def encode(
    table: pa.Table,
    *,
    record_id: str,
    columns: Mapping[str, ColumnSource],
    keys: Iterable[Key],
    threads: int = 1,
    progress: Progress = ignore,
) -> Encoded:
    """Encode the keys of all records.

    Args:
        table: Records, one row each, any order.
        record_id: Column that identifies a record.
        columns: Columns of the specification by name.
        keys: Keys needed, each of columns named.
        threads: Columns worked on at once.
        progress: Told the share done.

    Returns:
        The encoded records.

    Raises:
        SchemaError: A column is missing, or a record id is empty or repeats.
    """
    check_columns(table, [record_id, *(name for column in columns.values() for name in column.inputs)])
    wanted = tuple(dict.fromkeys(keys))
    codes = np.empty((table.num_rows, len(wanted)), dtype=np.int32)
    texts: dict[Key, pa.Array] = {}

    def work(names: list[str]) -> None:
        group = _encode_group(table, {name: columns[name] for name in names}, wanted)
        for place in {id(one.place): one.place for one in group}.values():
            ordered = place.take(ordering.result())
            for one in group:
                if one.place is place:
                    look_up(one.lookup, ordered, codes[:, wanted.index(one.key)])
        for key in wanted:
            if key.function == "sorted" and set(key.columns) <= set(names):
                parts = [codes[:, wanted.index(Key(VALUE, (name,)))] for name in key.columns]
                codes[:, wanted.index(key)] = _sorted_codes(parts)
        texts.update({one.key: one.texts for one in group})
        pa.default_memory_pool().release_unused()

    groups = sorted(_groups(columns), key=lambda names: -_size(table, [columns[name] for name in names]))
    with ThreadPoolExecutor(threads) as pool:
        ordering = pool.submit(canonical_order, table.column(record_id))
        for done, _ in enumerate(pool.map(work, groups), 1):
            progress(done / len(groups))
    return Encoded(ordering.result(), codes, wanted, texts)


def canonical_order(record_ids: pa.ChunkedArray) -> LongArray:
    """Rows in order of the hash of their record id.

    Raises:
        SchemaError: An id is empty or repeats; the message counts them and shows none.
    """
    ids = as_text(record_ids)
    empty = ids.null_count + int(pc.sum(pc.equal(ids, "")).as_py() or 0)
    if empty:
        raise SchemaError(f"{empty} records have no record id. Expected each record to have one of its own.")
    hashes = hash_texts(*text_buffers(ids))
    order = np.argsort(hashes, kind="stable")
    ordered = hashes[order]
    tied = np.flatnonzero(ordered[1:] == ordered[:-1])
    if len(tied):
        repeated = len(ids) - pc.count_distinct(ids).as_py()
        if repeated:
            raise SchemaError(f"{repeated} records repeat the record id of another. Expected each id once.")
        texts = np.asarray(ids.to_pylist(), dtype=object)
        order = np.lexsort((texts, hashes))
    return order.astype(np.int64)


def check_columns(table: pa.Table, names: Sequence[str]) -> None:
    """Refuse records without a column, or with one that has no single form as text.

    Raises:
        SchemaError: A column is missing, or holds lists, bytes or the like.
    """
    absent = sorted(set(names) - set(table.column_names))
    if absent:
        raise SchemaError(
            f"The records have no column {', '.join(absent)}; they have {', '.join(table.column_names)}."
        )
    for name in names:
        held = table.schema.field(name).type
        if not is_single_value(held):
            raise SchemaError(f"The column {name} holds {held}. Expected text, numbers, dates or yes and no.")


def _groups(columns: Mapping[str, ColumnSource]) -> list[list[str]]:
    """Columns that share a vocabulary, together."""
    groups: dict[str, list[str]] = {}
    for name, column in columns.items():
        groups.setdefault(vocabulary_of(column.kind), []).append(name)
    return list(groups.values())


@dataclass(frozen=True, slots=True)
class _EncodedKey:
    """One key: code of each distinct value of its column, place of each row's value, text of each code."""

    key: Key
    lookup: IntArray
    place: IntArray
    texts: pa.Array


def _encode_group(
    table: pa.Table, columns: Mapping[str, ColumnSource], wanted: tuple[Key, ...]
) -> list[_EncodedKey]:
    """Each key of columns of one vocabulary."""
    parts: list[tuple[Key, pa.Array, IntArray]] = []
    for name, column in columns.items():
        keys = [key for key in wanted if key.columns == (name,)]
        if not keys:
            continue
        values, place = _distinct(_joined(table, column.inputs), column)
        parts += [(key, values if key.function == VALUE else derive(values, key), place) for key in keys]
    shared = [part for part in parts if part[0].function == VALUE or part[0].function in KEPT_WORDS]
    alone = [[part] for part in parts if not any(part is other for other in shared)]
    return [one for together in [shared, *alone] for one in _with_one_vocabulary(together)]


def _with_one_vocabulary(parts: list[tuple[Key, pa.Array, IntArray]]) -> list[_EncodedKey]:
    """Keys with the values that each makes of its column, encoded so that one text has one code in all of them."""
    if len(parts) == 1 and parts[0][0].function == VALUE:
        key, values, place = parts[0]
        return [_EncodedKey(key, np.arange(len(values), dtype=np.int32), place, values)]
    if not parts:
        return []
    encoded = pa.concat_arrays([values for _, values, _ in parts]).dictionary_encode()
    ends = np.cumsum([len(values) for _, values, _ in parts])
    lookups = np.split(_indices(encoded), ends[:-1])
    return [
        _EncodedKey(key, lookup, place, encoded.dictionary)
        for (key, _, place), lookup in zip(parts, lookups, strict=True)
    ]


def _size(table: pa.Table, columns: list[ColumnSource]) -> int:
    """Bytes of input columns: the largest are begun first, so that no thread waits for them at the end."""
    return sum(table.column(name).nbytes for column in columns for name in column.inputs)


def _joined(table: pa.Table, inputs: tuple[str, ...]) -> pa.Array:
    """The input columns as one text, parts joined by a space."""
    parts = [as_text(table.column(name)) for name in inputs]
    if len(parts) == 1:
        return parts[0]
    joined = pc.binary_join_element_wise(*parts, " ", null_handling="replace", null_replacement="")
    return pc.if_else(pc.equal(pc.utf8_trim_whitespace(joined), ""), pa.scalar(None, pa.string()), joined)


def _distinct(texts: pa.Array, column: ColumnSource) -> tuple[pa.Array, IntArray]:
    """Distinct normal forms, and the place of each row's own; `MISSING` for none."""
    raw = texts.dictionary_encode()
    values = part_of_name(raw.dictionary, column.part) if column.part else raw.dictionary
    normal = normalise(values, column.kind).dictionary_encode()
    place = np.empty(len(texts), dtype=np.int32)
    look_up(_indices(normal), _indices(raw), place)
    return normal.dictionary, place


def _indices(encoded: pa.DictionaryArray) -> IntArray:
    """Code of each value of a dictionary-encoded array; `MISSING` for null."""
    codes: IntArray = (
        pc.fill_null(encoded.indices, MISSING).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    )
    return codes


def _sorted_codes(parts: list[IntArray]) -> IntArray:
    """One code for the values of several columns in whatever order; missing when one is."""
    values = np.stack(parts).astype(np.int64)
    values = (
        np.stack([values.min(axis=0), values.max(axis=0)]) if len(parts) == PAIR else np.sort(values, axis=0)
    )
    known = values[0] != MISSING
    combined = values[0]
    for further in values[1:]:
        combined = factorise(np.where(known, combined << 32 | further, 0))[1].astype(np.int64)
    return np.where(known, combined, MISSING).astype(np.int32)


def combine(one: LongArray, other: LongArray) -> LongArray:
    """One number for two codes, both below 2**31; missing when one is."""
    both = (one != MISSING) & (other != MISSING)
    return np.where(both, (one << 32) | other, MISSING)
