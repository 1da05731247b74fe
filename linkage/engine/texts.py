"""Text of columns: values of any kind as one array of text, and its bytes as plain arrays."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

LARGEST_INTEGER = 2.0**53
"""Above it a floating-point number is no exact integer."""
_SINGLE_VALUES = (
    pa.types.is_string, pa.types.is_large_string, pa.types.is_integer, pa.types.is_float32, pa.types.is_float64,
    pa.types.is_decimal, pa.types.is_date, pa.types.is_timestamp, pa.types.is_boolean, pa.types.is_null,
)  # fmt: skip
FIRST_PRINTABLE, LAST_PRINTABLE = np.uint8(ord(" ")), np.uint8(ord("~"))


def as_text(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A column as one array of text; whole numbers are written without a point, NaN and infinity are missing."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
        if isinstance(column, pa.ChunkedArray):
            column = pa.concat_arrays(column.chunks)
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_finite(column), column, pa.scalar(None, column.type))
        exact = pc.and_(pc.equal(column, pc.floor(column)), pc.less(pc.abs(column), LARGEST_INTEGER))
        whole = pc.all(exact).as_py()
        column = column.cast(pa.int64()) if whole else column
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.date32())
    return column.cast(pa.string())


def text_buffers(texts: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    """Offsets (n + 1,) and bytes of an array of text; a null has none."""
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    data = texts.buffers()[2]
    return offsets.astype(np.int64), np.frombuffer(data if data is not None else b"", dtype=np.uint8)


def is_single_value(kind: pa.DataType) -> bool:
    """Whether what a column holds has one form as text."""
    held = kind.value_type if pa.types.is_dictionary(kind) else kind
    return any(is_of(held) for is_of in _SINGLE_VALUES)


def is_plain(texts: pa.Array) -> bool:
    """Whether all texts are printable ASCII: told from their bytes at once, far faster than text by text."""
    offsets, data = text_buffers(texts)
    return bool((data[offsets[0] : offsets[-1]] - FIRST_PRINTABLE <= LAST_PRINTABLE - FIRST_PRINTABLE).all())


def map_bytes(texts: pa.Array, table: npt.NDArray[np.uint8]) -> pa.Array:
    """Each byte of all texts put through a table of 256: far faster than an expression matched text by text.

    The table must leave valid UTF-8: it maps ASCII to ASCII, and all else to itself or all of it to ASCII.
    """
    bitmap, offsets, data = texts.buffers()
    if data is None:
        return texts
    mapped = pa.py_buffer(table[np.frombuffer(data, dtype=np.uint8)])
    return pa.StringArray.from_buffers(len(texts), offsets, mapped, bitmap, texts.null_count, texts.offset)
