"""Fingerprints: a 64-bit number for the value of a key, the same in every run, where codes are of one table only."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from linkage.engine.encode import MISSING, Encoded, LongArray
from linkage.engine.kernels.identity import hash_texts
from linkage.engine.keys import VALUE, Key
from linkage.engine.texts import text_buffers

HashArray = npt.NDArray[np.uint64]
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_FINISH = np.uint64(0xFF51AFD7ED558CCD)
_SHIFT = np.uint64(32)
NOTHING = 0
"""Fingerprint of no value."""


def fingerprints(encoded: Encoded, key: Key) -> LongArray:
    """Fingerprint of each code of a key.

    Args:
        encoded: Records with the texts of their codes.
        key: A key that has a vocabulary of text, or one of several columns whatever their order.

    Returns:
        Shape (codes,), never `NOTHING`: of one text, or of the texts of the several columns, in any run.
    """
    if key.function != "sorted":
        hashed = hash_texts(*text_buffers(encoded.texts[key]))
    else:
        parts = np.sort(part_fingerprints(encoded, key).view(np.uint64), axis=1)
        hashed = _folded([parts[:, place] for place in range(parts.shape[1])])
    return _signed(hashed)


def part_fingerprints(encoded: Encoded, key: Key) -> LongArray:
    """Fingerprints of the values that each code of a key of several columns is made of.

    Returns:
        Shape (codes, columns), the columns in the key's order, by one of the records that have the code.
    """
    whole = encoded.codes[:, encoded.column(key)]
    bearer = np.zeros(int(whole.max(initial=MISSING)) + 1, dtype=np.int64)
    named = np.flatnonzero(whole != MISSING)
    bearer[whole[named]] = named
    columns = [Key(VALUE, (name,)) for name in key.columns]
    parts = [
        fingerprints(encoded, column)[encoded.codes[bearer, encoded.column(column)]] for column in columns
    ]
    return np.stack(parts, axis=1)


def rule_fingerprints(encoded: Encoded, rules: list[tuple[Key, ...]], *, threads: int) -> list[LongArray]:
    """Fingerprint of the values that each record has of the keys of a rule together, for each of several rules.

    Args:
        encoded: Records with the texts of their codes.
        rules: Keys of each rule.
        threads: Rules worked on at once.

    Returns:
        For each rule, shape (n,): `NOTHING` for a record that lacks one of its keys.
    """
    keys = tuple(dict.fromkeys(key for rule in rules for key in rule))

    def of_rule(rule: tuple[Key, ...]) -> LongArray:
        columns = [encoded.codes[:, encoded.column(key)] for key in rule]
        known = np.logical_and.reduce([codes != MISSING for codes in columns])
        parts = [of_key[key][codes].view(np.uint64) for key, codes in zip(rule, columns, strict=True)]
        return np.where(known, _signed(_folded(parts)), NOTHING)

    with ThreadPoolExecutor(threads) as pool:
        hashed = pool.map(lambda key: np.append(fingerprints(encoded, key), NOTHING), keys)
        of_key = dict(zip(keys, hashed, strict=True))
        return list(pool.map(of_rule, rules))


def _folded(parts: list[HashArray]) -> HashArray:
    """One number for several in their order."""
    folded = parts[0]
    for further in parts[1:]:
        folded = (folded * _MULTIPLIER) ^ further
        folded = (folded ^ (folded >> _SHIFT)) * _FINISH
        folded ^= folded >> _SHIFT
    return folded


def _signed(hashed: HashArray) -> LongArray:
    """The same bits as a signed number, as tables have it, and never `NOTHING`."""
    return np.where(hashed == NOTHING, 1, hashed.view(np.int64))
