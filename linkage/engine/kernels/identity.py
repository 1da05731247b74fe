"""Record ids, texts and codes as plain arrays: hashes, code points, gathering."""

import numpy as np
import numpy.typing as npt
from numba import njit


@njit(cache=True, nogil=True)
def hash_texts(offsets: npt.NDArray[np.int64], data: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """64-bit hash of each text (FNV-1a, with the finaliser of MurmurHash3 so that order looks random).

    Args:
        offsets: Shape (n + 1,), start of each text in the data.
        data: UTF-8 bytes.

    Returns:
        Shape (n,).
    """
    count = len(offsets) - 1
    result = np.empty(count, dtype=np.uint64)
    for number in range(count):
        value = np.uint64(14695981039346656037)
        for position in range(offsets[number], offsets[number + 1]):
            value = (value ^ np.uint64(data[position])) * np.uint64(1099511628211)
        value = (value ^ (value >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
        value = (value ^ (value >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
        result[number] = value ^ (value >> np.uint64(33))
    return result


@njit(cache=True, nogil=True)
def look_up(lookup: npt.NDArray[np.int32], place: npt.NDArray[np.int32], out: npt.NDArray[np.int32]) -> None:
    """Fill `out` with `lookup[place]`; a negative place gives itself."""
    for position in range(len(place)):
        at = place[position]
        out[position] = lookup[at] if at >= 0 else at


@njit(cache=True, nogil=True)
def count_codes(codes: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """How many records have each code, up to the largest; negative ones are not counted.

    Args:
        codes: Shape (n,), code of each record.
    """
    largest = -1
    for code in codes:
        largest = max(largest, code)
    counts = np.zeros(largest + 1, dtype=np.int32)
    for code in codes:
        if code >= 0:
            counts[code] += 1
    return counts


@njit(cache=True, nogil=True)
def code_points(
    data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Code points of texts in UTF-8.

    Args:
        data: UTF-8 bytes of all texts.
        offsets: Start of each text in the data, one more than texts.

    Returns:
        Code points, and the start of each text in them, one more than texts.
    """
    points = np.empty(offsets[-1] - offsets[0], dtype=np.uint32)
    starts = np.empty(len(offsets), dtype=np.int64)
    count = 0
    for text in range(len(offsets) - 1):
        starts[text] = count
        for position in range(offsets[text], offsets[text + 1]):
            byte = np.uint32(data[position])
            if byte < 0x80:
                points[count] = byte
                count += 1
            elif byte >= 0xF0:
                points[count] = byte & np.uint32(0x07)
                count += 1
            elif byte >= 0xE0:
                points[count] = byte & np.uint32(0x0F)
                count += 1
            elif byte >= 0xC0:
                points[count] = byte & np.uint32(0x1F)
                count += 1
            else:
                points[count - 1] = (points[count - 1] << np.uint32(6)) | (byte & np.uint32(0x3F))
    starts[len(offsets) - 1] = count
    return points[:count].copy(), starts


@njit(cache=True, nogil=True)
def factorise(keys: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Distinct keys in order of appearance, and the place of each key among them.

    Args:
        keys: Not negative.
    """
    size = 1 << 14
    table = np.full(size, -1, dtype=np.int32)
    distinct = np.empty(size, dtype=np.int64)
    place = np.empty(len(keys), dtype=np.int32)
    count = 0
    for number in range(len(keys)):
        key = keys[number]
        slot = _slot(key, size)
        while table[slot] >= 0 and distinct[table[slot]] != key:
            slot = (slot + 1) & (size - 1)
        if table[slot] < 0:
            table[slot] = count
            distinct[count] = key
            count += 1
        place[number] = table[slot]
        if count * 2 > size:
            size *= 2
            wider = np.empty(size, dtype=np.int64)
            wider[:count] = distinct[:count]
            distinct = wider
            table = np.full(size, -1, dtype=np.int32)
            for old in range(count):
                slot = _slot(distinct[old], size)
                while table[slot] >= 0:
                    slot = (slot + 1) & (size - 1)
                table[slot] = old
    return distinct[:count].copy(), place


@njit(cache=True, nogil=True)
def _slot(key: int, size: int) -> int:
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    mixed = mixed ^ (mixed >> np.uint64(32))
    return np.int64(mixed & np.uint64(size - 1))


@njit(cache=True, nogil=True)
def letters_of(text: npt.NDArray[np.uint8] | npt.NDArray[np.uint32]) -> int:
    """Set of the letters of a text as bits; letters may share a bit."""
    letters = np.uint64(0)
    for position in range(len(text)):
        letters |= np.uint64(1) << np.uint64(text[position] & 63)
    return letters


@njit(cache=True, nogil=True)
def letters_of_all(
    offsets: npt.NDArray[np.int64], characters: npt.NDArray[np.uint8] | npt.NDArray[np.uint32]
) -> npt.NDArray[np.uint64]:
    """Letters of each text as bits."""
    letters = np.empty(len(offsets) - 1, dtype=np.uint64)
    for text in range(len(letters)):
        letters[text] = letters_of(characters[offsets[text] : offsets[text + 1]])
    return letters
