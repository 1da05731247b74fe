"""Records in canonical order by their ids alone: the place of each, and how places of two sets of records relate."""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkage.engine.encode import MISSING, IntArray, LongArray, canonical_order
from linkage.engine.fingerprints import HashArray
from linkage.engine.kernels.identity import hash_texts
from linkage.engine.kernels.increments import places_in_order
from linkage.engine.texts import as_text, text_buffers

Ids: TypeAlias = pa.Array | pa.ChunkedArray
"""Record ids, as a column has them."""


@dataclass(frozen=True)
class RecordOrder:
    """Record ids in canonical order.

    Attributes:
        record_ids: Text, distinct, in order of their hash.
    """

    record_ids: pa.Array

    @classmethod
    def of(cls, record_ids: Ids) -> "tuple[RecordOrder, LongArray]":
        """Put record ids in order.

        Args:
            record_ids: Distinct ids in any order.

        Returns:
            The order, and the row that each of its places was given in.

        Raises:
            SchemaError: An id is empty or repeats.
        """
        ids = as_text(record_ids)
        rows = canonical_order(pa.chunked_array([ids]))
        return cls(ids.take(pa.array(rows))), rows

    def __len__(self) -> int:
        return len(self.record_ids)

    @cached_property
    def hashes(self) -> HashArray:
        """Hash of each id, ascending."""
        return hash_texts(*text_buffers(self.record_ids))

    @cached_property
    def has_ties(self) -> bool:
        """Whether two ids share a hash."""
        return bool((self.hashes[1:] == self.hashes[:-1]).any())

    def positions(self, record_ids: Ids) -> IntArray:
        """Place of each id; `MISSING` for one that is not here."""
        wanted = as_text(record_ids)
        if not len(self) or not len(wanted):
            return np.full(len(wanted), MISSING, dtype=np.int32)
        hashed = hash_texts(*text_buffers(wanted))
        place = np.minimum(np.searchsorted(self.hashes, hashed), len(self) - 1).astype(np.int32)
        place[self.hashes[place] != hashed] = MISSING
        found = np.flatnonzero(place != MISSING)
        same = pc.equal(self.record_ids.take(pa.array(place[found])), wanted.take(pa.array(found)))
        other = found[~same.to_numpy(zero_copy_only=False).astype(np.bool_)]
        if len(other):
            told = pc.index_in(wanted.take(pa.array(other)), value_set=self.record_ids)
            place[other] = pc.fill_null(told, MISSING).to_numpy(zero_copy_only=False)
        return place

    def places_of(self, other: "RecordOrder") -> IntArray:
        """Place here of each record of another order; `MISSING` for one that is not here.

        Records are told apart by their hashes, and by their text where two of one order share one.
        """
        if self.has_ties or other.has_ties:
            return self.positions(other.record_ids)
        return places_in_order(self.hashes, other.hashes)

    def holds(self, record_ids: Ids) -> npt.NDArray[np.bool_]:
        """Which of these records are among some ids; ids that are not here count for nothing."""
        place = self.positions(record_ids)
        found = np.zeros(len(self), dtype=np.bool_)
        found[place[place != MISSING]] = True
        return found
