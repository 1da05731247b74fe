"""Frequencies: what the weights of pairs take from the records as a whole, frozen.

No weight moves when other records come and go. A weight depends on the two records, on the model, and on these: how
many records there are, how many hold each value whose rarity counts, and how many pairs could be one person at all.
They are counted once, with the first full run of a model; later runs weigh with them, so that a full run and an
increment weigh alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, permutations
from typing import Any

import numpy as np
import pandas as pd

from linkage.engine.counts import CountArray, CountsOfRecords, FloatArray, NameCounts, ValueCounts
from linkage.engine.encode import Encoded, LongArray
from linkage.engine.fingerprints import fingerprints, part_fingerprints
from linkage.engine.keys import VALUE, Key
from linkage.engine.program import Attribute, full_name
from linkage.engine.spec import Spec
from linkage.errors import ModelError
from linkage.schema import FREQUENCY, columns_of, conform

SHARED = 2
"""Records that share a value, at the least: a value that is not listed counts as seen by the two that agree on it."""
ONCE = 1


@dataclass(frozen=True)
class Frequencies:
    """Frozen counts of the records that a model was first used on.

    Attributes:
        table: Frame conforming to `FREQUENCY`: fingerprints of values, never values.
        record_count: Records that were counted.
        pair_count: Pairs of them that are not two people by construction.
        means: For each key whose rarity counts, `ValueCounts.mean` and `ValueCounts.family_mean`.
    """

    table: pd.DataFrame
    record_count: int
    pair_count: float
    means: Mapping[str, tuple[float, float]]

    @classmethod
    def of(
        cls, spec: Spec, attributes: tuple[Attribute, ...], encoded: Encoded, pair_count: float
    ) -> "Frequencies":
        """Count all that a weight may depend on.

        Args:
            spec: Complete specification.
            attributes: Its attributes.
            encoded: Records with the texts of their codes.
            pair_count: Pairs of them that are not two people by construction.
        """
        counts = CountsOfRecords(encoded, pair_count)
        rare = tuple(dict.fromkeys(a.term for a in attributes if a.term is not None))
        told_apart = counted_keys(spec)
        least = {key: SHARED if key in told_apart else SHARED + 1 for key in (*rare, *told_apart)}
        parts = [_listed(key, fingerprints(encoded, key), counts.borne(key), n) for key, n in least.items()]
        name = full_name(encoded.keys, attributes)
        if name is not None:
            borne = counts.names(name[0])
            listed = _listed(name[0], fingerprints(encoded, name[0]), borne.of_code, SHARED, borne.parts)
            parts.append(listed)
        held = {str(key): counts.values(key) for key in rare}
        means = {key: (of_key.mean, of_key.family_mean) for key, of_key in held.items()}
        table = conform(pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(), FREQUENCY)
        return cls(table, counts.record_count, pair_count, means)

    @classmethod
    def read(cls, table: pd.DataFrame, numbers: Any) -> "Frequencies":
        """Frequencies from what was stored of them: the table, and `numbers`.

        Raises:
            SchemaError: The table does not conform.
            ModelError: The numbers are not those of frequencies.
        """
        try:
            means = {
                str(key): (float(mean), float(family)) for key, (mean, family) in numbers["means"].items()
            }
            records, pairs = int(numbers["record_count"]), float(numbers["pair_count"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ModelError(
                f"The numbers of the frequencies are incomplete: {type(error).__name__}. Expected record_count, "
                "pair_count and means, as a run wrote them; link without frequencies to count anew."
            ) from None
        columns_of(table, FREQUENCY)
        return cls(table, records, pairs, means)

    @property
    def numbers(self) -> dict[str, Any]:
        """What is stored beside the table, as plain values; floats keep every bit in JSON."""
        means = {key: list(of_key) for key, of_key in self.means.items()}
        return {"record_count": self.record_count, "pair_count": self.pair_count, "means": means}

    def of_records(self, encoded: Encoded) -> "FrozenCounts":
        """These counts by the codes of some records, which keep their texts."""
        return FrozenCounts(encoded, self)

    @cached_property
    def _of_key(self) -> dict[str, tuple[LongArray, LongArray, FloatArray]]:
        """Fingerprints in order, records and products of parts of each key."""
        ordered = self.table.sort_values(["key", "fingerprint"])
        columns = {name: ordered[name].to_numpy() for name in ("fingerprint", "record_count", "part_product")}
        keys = ordered["key"].to_numpy(dtype=object)
        starts = [0, *(np.flatnonzero(keys[1:] != keys[:-1]) + 1).tolist(), len(keys)]
        return {
            keys[first]: tuple(column[first:end] for column in columns.values())  # type: ignore[misc]
            for first, end in pairwise(starts)
            if end > first
        }

    def look_up(self, key: Key, wanted: LongArray, default: int) -> tuple[CountArray, FloatArray]:
        """Records that hold each value and, for full names, the product of its parts; NaN where it is not listed.

        Args:
            key: Key of the values.
            wanted: Fingerprints.
            default: Records of a value that is not listed.
        """
        nothing = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
        listed, counts, products = self._of_key.get(str(key), nothing)
        if not len(listed):
            return np.full(len(wanted), default, dtype=np.int32), np.full(len(wanted), np.nan)
        place = np.minimum(np.searchsorted(listed, wanted), len(listed) - 1)
        found = listed[place] == wanted
        borne = np.where(found, counts[place], default).astype(np.int32)
        return borne, np.where(found, products[place], np.nan)


@dataclass(frozen=True, slots=True)
class FrozenCounts:
    """Frozen counts by the codes of some records, whichever those are: see `linkage.engine.counts.Counts`."""

    encoded: Encoded
    frequencies: Frequencies

    @property
    def record_count(self) -> int:
        """Records that were counted when the frequencies were frozen."""
        return self.frequencies.record_count

    @property
    def pair_count(self) -> float:
        """Pairs of them that are not two people by construction."""
        return self.frequencies.pair_count

    def borne(self, key: Key) -> CountArray:
        """Records that hold the value of each code; 1 for one that was not counted."""
        return self.frequencies.look_up(key, fingerprints(self.encoded, key), ONCE)[0]

    def values(self, key: Key) -> ValueCounts:
        """Counts of the values of a key; a value is shared by two records at the least where it is looked at.

        Raises:
            ModelError: The frequencies know nothing of the key.
        """
        mean, family_mean = self._means(key)
        borne, _ = self.frequencies.look_up(key, fingerprints(self.encoded, key), SHARED)
        return ValueCounts(np.maximum(borne, SHARED).astype(np.float64), mean, family_mean)

    def names(self, key: Key) -> NameCounts:
        """Counts of the full names of a key; one that is not listed has its parts' counts, the commoner way round."""
        whole = fingerprints(self.encoded, key)
        borne, products = self.frequencies.look_up(key, whole, SHARED)
        new = np.flatnonzero(np.isnan(products))
        parts = part_fingerprints(self.encoded, key)[new]
        columns = [Key(VALUE, (name,)) for name in key.columns]
        ways = [
            np.prod(
                [self._part(column, parts[:, place]) for column, place in zip(columns, way, strict=True)],
                axis=0,
            )
            for way in permutations(range(len(columns)))
        ]
        products[new] = np.max(ways, axis=0)
        return NameCounts(borne.astype(np.float64), products)

    def _part(self, column: Key, wanted: LongArray) -> FloatArray:
        return self.frequencies.look_up(column, wanted, ONCE)[0].astype(np.float64)

    def _means(self, key: Key) -> tuple[float, float]:
        found = self.frequencies.means.get(str(key))
        if found is None:
            raise ModelError(
                f"The frequencies do not tell of {key}, whose rarity the model weighs: they are of another "
                "specification. Link without frequencies to count anew."
            )
        return found


def counted_keys(spec: Spec) -> tuple[Key, ...]:
    """Keys whose values a comparison tells apart by how common they are."""
    tests = [test for attribute in spec.attributes for level in attribute.levels for test in level.tests]
    return tuple(dict.fromkeys(test.keys[0] for test in tests if test.name == "commoner"))


def _listed(
    key: Key, values: LongArray, counts: CountArray | FloatArray, least: int, parts: FloatArray | None = None
) -> pd.DataFrame:
    """Rows of the table for the values of a key that so many records hold at the least."""
    kept = np.flatnonzero(counts >= least)
    kept = kept[np.argsort(values[kept])]
    columns = {"key": str(key), "fingerprint": values[kept], "record_count": counts[kept].astype(np.int64)}
    return pd.DataFrame(columns | ({} if parts is None else {"part_product": parts[kept]}))
