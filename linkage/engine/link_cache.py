"""Link cache: what a run leaves of its records and pairs as arrays, for the next one to start from.

A cache only: all of it can be made again by linking the records.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from linkage.engine.pair_arrays import PairArrays
from linkage.engine.record_keys import RecordKeys
from linkage.engine.record_order import RecordOrder
from linkage.engine.spec import Spec
from linkage.engine.texts import as_text
from linkage.schema import RECORD_ORDER, columns_of, conform

RECORD_KEY = "record_key"


@dataclass(frozen=True, slots=True)
class LinkCache:
    """Keys of the records that were linked, and their candidate pairs.

    Attributes:
        keys: What each record was blocked by.
        pairs: The pairs.
    """

    keys: RecordKeys
    pairs: PairArrays

    @property
    def order(self) -> RecordOrder:
        """The records."""
        return self.keys.order

    def frames(self) -> dict[str, pd.DataFrame]:
        """What is stored: frames conforming to `RECORD_ORDER`, `record_key_table`, `PAIR_ARRAY` and `PAIR_KIND`."""
        return {
            RECORD_ORDER.name: order_frame(self.order),
            RECORD_KEY: self.keys.frame(),
            **self.pairs.frames(),
        }

    @classmethod
    def read(cls, frames: Mapping[str, pd.DataFrame], spec: Spec) -> "LinkCache":
        """A cache from what was stored of it.

        Args:
            frames: What `frames` gave.
            spec: Specification of the model that the records were linked by.

        Raises:
            SchemaError: A frame does not conform.
        """
        order = read_order(frames[RECORD_ORDER.name])
        return cls(RecordKeys.read(order, frames[RECORD_KEY], spec), PairArrays.read(order, frames))


def order_frame(order: RecordOrder) -> pd.DataFrame:
    """Records in canonical order as the table `RECORD_ORDER`."""
    return conform(
        pd.DataFrame({"record_id": pd.Series(order.record_ids, dtype="string[pyarrow]")}), RECORD_ORDER
    )


def read_order(frame: pd.DataFrame) -> RecordOrder:
    """Records in canonical order from the table `RECORD_ORDER`."""
    (ids,) = columns_of(frame, RECORD_ORDER)
    return RecordOrder(as_text(pa.array(ids, pa.string())))
