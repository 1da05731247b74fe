"""Frames: one pandas frame to deduplicate, or two to link, prepared for the engine."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from linkage.engine.encode import IntArray, LongArray
from linkage.engine.prepared import Prepared, prepare
from linkage.engine.spec import Spec
from linkage.errors import SchemaError

FRAME, RECORD = "frame of the record", "record of the frames"
"""Columns that are added: number of the frame, and an id of the record over all frames."""


@dataclass(frozen=True, slots=True)
class Frames:
    """Records of one frame or two.

    Attributes:
        prepared: The records, of the frames one after the other.
        labels: Index labels of each frame.
        position: Shape (rows,), int64: position in the engine's order of each row, frames one after the other.
    """

    prepared: Prepared
    labels: tuple[pd.Index, ...]
    position: LongArray

    @classmethod
    def of(cls, spec: Spec, frames: tuple[pd.DataFrame, ...], threads: int | None = None) -> "Frames":
        """Prepare one frame, or two whose records are linked to each other only.

        Args:
            spec: Specification; its record id and source are not read, the labels of the frames count.
            frames: One or two frames with the input columns of the specification; labels distinct in each.
            threads: Threads to work on; all cores by default.

        Raises:
            SchemaError: A column is missing, or labels repeat.
        """
        if any(not frame.index.is_unique for frame in frames):
            raise SchemaError("The index labels of a frame repeat. Expected each label once.")
        prepared = prepare(_table(spec, frames), _spec_of_frames(spec, len(frames)), threads=threads)
        position = np.empty(prepared.record_count, dtype=np.int64)
        position[prepared.encoded.order] = np.arange(prepared.record_count)
        return cls(prepared, tuple(frame.index for frame in frames), position)

    def positions(self, pairs: pd.MultiIndex) -> tuple[IntArray, IntArray]:
        """Positions in the engine's order of both records of each pair.

        Raises:
            SchemaError: A pair names a record that no frame has; the message counts the pairs.
        """
        starts = (0, len(self.labels[0]) if len(self.labels) > 1 else 0)
        sides = []
        for side, start in enumerate(starts):
            rows = self.labels[min(side, len(self.labels) - 1)].get_indexer(pairs.levels[side])[
                pairs.codes[side]
            ]
            if (rows < 0).any():
                raise SchemaError(
                    f"{int((rows < 0).sum())} pairs name a record that the frame does not have."
                )
            sides.append(self.position[rows + start].astype(np.int32))
        return sides[0], sides[1]

    def pairs(self, left: IntArray, right: IntArray) -> pd.MultiIndex:
        """Pairs of positions as labels, as the toolkit has them.

        Of one frame the later row comes first, as in the lower triangle of the matrix of all pairs; of two, the row of
        the first frame. Pairs are in order of their rows.
        """
        order = self.prepared.encoded.order
        rows = np.sort(np.stack([order[left], order[right]]), axis=0)
        levels: Any = self.labels
        if len(self.labels) == 1:
            rows = rows[::-1]
            levels = self.labels * 2
        else:
            rows = rows - np.asarray([[0], [len(self.labels[0])]])
        rows = rows[:, np.lexsort((rows[1], rows[0]))]
        return pd.MultiIndex(levels=levels, codes=list(rows), verify_integrity=False)


def _spec_of_frames(spec: Spec, frame_count: int) -> Spec:
    apart = spec.apart
    if spec.compare == "between_sources" and spec.source is not None:
        apart = (spec.source,)
    if frame_count > 1:
        apart = (FRAME,)
    return spec.model_copy(update={"record_id": RECORD, "source": None, "compare": "all", "apart": apart})


def _table(spec: Spec, frames: tuple[pd.DataFrame, ...]) -> pa.Table:
    apart = [spec.source] if spec.compare == "between_sources" and spec.source else list(spec.apart)
    inputs = [name for source in spec.column_sources.values() for name in source.inputs]
    names = list(dict.fromkeys([*inputs, *(apart if len(frames) == 1 else [])]))
    absent = sorted({name for frame in frames for name in names if name not in frame.columns})
    if absent:
        raise SchemaError(
            f"A frame has no column {', '.join(absent)}. Expected the columns that the specification names."
        )
    both = pd.concat([frame[names] for frame in frames], ignore_index=True)
    table = pa.Table.from_pandas(both, preserve_index=False)
    numbers = np.repeat(np.arange(len(frames)), [len(frame) for frame in frames])
    return table.append_column(RECORD, pa.array(np.arange(len(both)))).append_column(FRAME, pa.array(numbers))
