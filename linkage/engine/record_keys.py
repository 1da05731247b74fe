"""Record keys: what each record is blocked by, as fingerprints: neighbours of a record are found without its text."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from linkage.engine.block import RuleBlocks, capped_blocks, runs_of
from linkage.engine.encode import MISSING, IntArray, LongArray
from linkage.engine.fingerprints import NOTHING, rule_fingerprints
from linkage.engine.prepared import Prepared, splitters
from linkage.engine.record_order import Ids, RecordOrder
from linkage.engine.spec import Spec
from linkage.engine.texts import as_text
from linkage.schema import columns_of, conform, record_key_table


@dataclass(frozen=True, slots=True)
class RecordKeys:
    """Fingerprints of the keys that each record is blocked by.

    Attributes:
        order: The records.
        blocks: For each blocking rule, int64 of shape (n,): fingerprint of its keys; `NOTHING` for one in no block.
        cuts: For each key that cuts a block that is too large, the same.
    """

    order: RecordOrder
    blocks: tuple[LongArray, ...]
    cuts: tuple[LongArray, ...]

    @classmethod
    def of(cls, prepared: Prepared, record_ids: Ids) -> "RecordKeys":
        """Keys of prepared records.

        Args:
            prepared: Records with the texts of their codes.
            record_ids: Their ids, in the order of the rows that were prepared.
        """
        rules = [rule.parsed for rule in prepared.spec.blocking_rules]
        keys = [*rules, *((key,) for key in splitters(prepared.spec))]
        made = rule_fingerprints(prepared.encoded, keys, threads=prepared.threads)
        order = RecordOrder(as_text(record_ids).take(pa.array(prepared.encoded.order)))
        return cls(order, tuple(made[: len(rules)]), tuple(made[len(rules) :]))

    @classmethod
    def read(cls, order: RecordOrder, frame: pd.DataFrame, spec: Spec) -> "RecordKeys":
        """Keys from what was stored of them.

        Args:
            order: The records.
            frame: What `frame` gave for them.
            spec: Specification of the model that they were blocked by.

        Raises:
            SchemaError: The frame is of another specification.
        """
        table = record_key_table(len(spec.blocking_rules), len(splitters(spec)))
        columns = columns_of(frame, table)
        return cls(
            order, tuple(columns[: len(spec.blocking_rules)]), tuple(columns[len(spec.blocking_rules) :])
        )

    def frame(self) -> pd.DataFrame:
        """The keys as a table, one row a record in canonical order: see `linkage.schema.record_key_table`."""
        table = record_key_table(len(self.blocks), len(self.cuts))
        columns = [*self.blocks, *self.cuts]
        return conform(pd.DataFrame(dict(zip(table.names, columns, strict=True))), table)

    def later(self, order: RecordOrder, before: IntArray, new: "RecordKeys") -> "RecordKeys":
        """Keys of other records, most of which are among these with nothing changed.

        Args:
            order: The other records.
            before: Place here of each of them; `MISSING` for one that is new or changed.
            new: Keys of those, in order.
        """
        is_new = before == MISSING

        def taken(columns: tuple[LongArray, LongArray]) -> LongArray:
            old, fresh = columns
            values = old[before] if len(old) else np.zeros(len(before), dtype=np.int64)
            values[is_new] = fresh
            return values

        pairs = list(zip((*self.blocks, *self.cuts), (*new.blocks, *new.cuts), strict=True))
        with ThreadPoolExecutor() as pool:
            made = list(pool.map(taken, pairs))
        return RecordKeys(order, tuple(made[: len(self.blocks)]), tuple(made[len(self.blocks) :]))

    def rule_blocks(self, rule: int, spec: Spec, members: LongArray) -> RuleBlocks:
        """Blocks of one rule among some records, which must be all those of their blocks.

        Args:
            rule: Number of the rule.
            spec: Specification with the rules.
            members: Places of the records, ascending.
        """
        declared = spec.blocking_rules[rule]
        keys = [
            cut for key, cut in zip(splitters(spec), self.cuts, strict=True) if key not in declared.parsed
        ]

        def codes_of(values: LongArray) -> Callable[[LongArray], LongArray]:
            return lambda chosen: np.unique(values[chosen], return_inverse=True)[1].astype(np.int64)

        found, starts = runs_of(members, self.blocks[rule][members])
        cap = declared.largest_block or spec.largest_block
        return capped_blocks(found, starts, cap=cap, cuts=[codes_of(values) for values in keys])


def in_blocks(values: LongArray) -> LongArray:
    """Distinct fingerprints of blocks among those of some records."""
    distinct = np.unique(values)
    return distinct[distinct != NOTHING]
