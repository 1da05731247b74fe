"""Memory of the process: large arrays go back to the machine as soon as they are let go."""

import ctypes
import sys

import pyarrow as pa

LARGE = 1 << 20
"""Bytes from which an array has memory of its own."""
_MMAP_THRESHOLD = -3
"""Option of `mallopt` (malloc.h of the GNU C library)."""


def give_back_large_arrays() -> bool:
    """Have the C library map every large array apart, so that letting it go gives its memory back.

    By default the library raises that size as large arrays come and go, and Arrow has an allocator of its own beside
    it; both keep what they got: a linkage of a million records then peaks a quarter higher. For the door of a
    program, since it is a setting of the whole process.

    Returns:
        Whether it is set; not so where the C library is another than GNU's.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None or mallopt(_MMAP_THRESHOLD, LARGE) != 1:
        return False
    pa.set_memory_pool(pa.system_memory_pool())
    return True
