"""Indexing: the pairs that the blocking rules of a specification find, as an index algorithm of the toolkit."""

from typing import Any

import pandas as pd
from recordlinkage.base import BaseIndexAlgorithm

from linkage.engine.prepared import find_pairs
from linkage.engine.spec import Spec
from linkage.engine.toolkit.frames import Frames


class RuleIndex(BaseIndexAlgorithm):  # type: ignore[misc]
    """Finds the candidate pairs of a specification: each once, whichever rules find it.

    Used as any other index algorithm: `recordlinkage.Index([RuleIndex(spec)]).index(frame)`, or `.index(one, other)`.
    """

    name, description = "rules", "Pairs that share the keys of any blocking rule."

    def __init__(self, spec: Spec, *, threads: int | None = None, **kwargs: Any) -> None:
        """Keep what is to be found.

        Args:
            spec: Specification, complete or not.
            threads: Threads to work on; all cores by default.
            **kwargs: What every index algorithm takes: `verify_integrity`, `suffixes`.
        """
        super().__init__(**kwargs)
        self.spec = spec
        self.threads = threads

    def _dedup_index(self, df_a: pd.DataFrame) -> pd.MultiIndex:
        return self._pairs(Frames.of(self.spec, (df_a,), self.threads))

    def _link_index(self, df_a: pd.DataFrame, df_b: pd.DataFrame) -> pd.MultiIndex:
        return self._pairs(Frames.of(self.spec, (df_a, df_b), self.threads))

    @staticmethod
    def _pairs(frames: Frames) -> pd.MultiIndex:
        _, candidates = find_pairs(frames.prepared, lambda share: None)
        return frames.pairs(candidates.left, candidates.right)
