"""Identities without meaning: nothing of a person or place can be read from them; a mistyped one shows."""

import hashlib

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.errors import SchemaError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that identities can be read out and typed."""

BODY_LENGTH = 11
BITS = 5
MODULUS = len(ALPHABET)


def identities(prefix: str, names: pd.Series) -> pd.Series:
    """An identity for each name: the same name always gets the same one.

    Args:
        prefix: One letter that says what kind of thing it is.
        names: Distinct names, such as cluster ids.

    Returns:
        Identities in the order of the names: the prefix, eleven characters of the name's hash and a check
        character.

    Raises:
        SchemaError: Two names would get one identity.
    """
    hashes = np.array([_hash(name) for name in names.tolist()], dtype=np.uint64)
    codes = np.empty((len(hashes), BODY_LENGTH + 1), dtype=np.uint8)
    for place in range(BODY_LENGTH):
        shift = np.uint64(BITS * (BODY_LENGTH - 1 - place))
        codes[:, place] = (hashes >> shift) & np.uint64(MODULUS - 1)
    codes[:, BODY_LENGTH] = _check_codes(codes[:, :BODY_LENGTH])
    letters = np.frombuffer(ALPHABET.encode("ascii"), dtype="S1")[codes]
    bodies = np.ascontiguousarray(letters).view(f"S{BODY_LENGTH + 1}").ravel().astype(f"U{BODY_LENGTH + 1}")
    made = prefix + pd.Series(bodies, dtype="string[pyarrow]", index=names.index)
    repeated = int(made.duplicated().sum())
    if repeated:
        raise SchemaError(
            f"{repeated} identities with prefix {prefix} would stand for two things: expected one each. "
            "Report it: the length of identities must grow."
        )
    return made


def is_identity(text: str, prefix: str) -> bool:
    """Whether a text is a well-formed identity of this kind: prefix, length, letters and check character."""
    body = text[1:]
    if not text.startswith(prefix) or len(body) != BODY_LENGTH + 1 or not set(body) <= set(ALPHABET):
        return False
    codes = np.array([[ALPHABET.index(letter) for letter in body]], dtype=np.uint8)
    return bool(_check_codes(codes[:, :BODY_LENGTH])[0] == codes[0, BODY_LENGTH])


def _hash(name: str) -> int:
    """55 bits of SHA-256: an identity may not depend on the version of a library."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> (64 - BITS * BODY_LENGTH)


def _check_codes(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Check character of each row of codes: ISO 7064's hybrid system, which notices any one wrong letter."""
    check = np.full(len(codes), MODULUS // 2, dtype=np.int64)
    for place in range(codes.shape[1]):
        check = (_doubled(check) + codes[:, place]) % MODULUS
    return ((1 - _doubled(check)) % MODULUS).astype(np.uint8)


def _doubled(check: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    doubled: npt.NDArray[np.int64] = np.where(check == 0, MODULUS, check) * 2 % (MODULUS + 1)
    return doubled
