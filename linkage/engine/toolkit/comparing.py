"""Comparing: the level of each attribute, as compare features of the toolkit."""

from typing import cast

import numpy as np
import pandas as pd
from recordlinkage.base import BaseCompareFeature

from linkage.engine.candidates import compare_many
from linkage.engine.classes import FloatArray
from linkage.engine.program import compile_program
from linkage.engine.spec import Spec
from linkage.engine.toolkit.frames import Frames
from linkage.errors import ModelError


def level_features(spec: Spec, *frames: pd.DataFrame, threads: int | None = None) -> list["LevelFeature"]:
    """A feature for each attribute of a specification, for `recordlinkage.Compare(level_features(spec, frame))`.

    Args:
        spec: Specification, complete or not.
        frames: The frame to deduplicate, or the two to link: the same that are given to `Compare.compute`. How common a
            value is counts over all their records, so the pairs alone would not do.
        threads: Threads to work on; all cores by default.

    Raises:
        SchemaError: A column is missing, or labels repeat.
    """
    prepared = Frames.of(spec, frames, threads)
    return [LevelFeature(attribute.name, prepared) for attribute in prepared.prepared.attributes]


class LevelFeature(BaseCompareFeature):  # type: ignore[misc]
    """Level of one attribute: 0.0 for `differs`, more for stronger agreement, NaN where it is missing or silent."""

    name, description = "level", "Comparison level of an attribute."

    def __init__(self, attribute: str, frames: Frames) -> None:
        """Compile the comparison of one attribute.

        Args:
            attribute: Its name, also the name of the column of levels.
            frames: The records.

        Raises:
            ModelError: The specification has no such attribute.
        """
        prepared = frames.prepared
        chosen = [number for number, a in enumerate(prepared.attributes) if a.name == attribute]
        if not chosen:
            known = ", ".join(a.name for a in prepared.attributes)
            raise ModelError(f"There is no attribute {attribute}. Expected one of {known}.")
        alone = prepared.spec.model_copy(update={"attributes": (prepared.spec.attributes[chosen[0]],)})
        column = prepared.spec.column_sources[min(prepared.attributes[chosen[0]].columns)].inputs[0]
        super().__init__([column], [column], label=attribute)
        self.frames = frames
        self.levels = prepared.attributes[chosen[0]].levels
        self.program = compile_program(alone, (prepared.attributes[chosen[0]],), prepared.counts)

    def _compute_vectorized(self, *args: pd.Series) -> FloatArray:
        prepared = self.frames.prepared
        left, right = self.frames.positions(cast(pd.MultiIndex, args[0].index))
        patterns = compare_many(self.program, prepared.encoded.codes, left, right, threads=prepared.threads)
        return np.where(patterns > 0, patterns - 1.0, np.nan)
