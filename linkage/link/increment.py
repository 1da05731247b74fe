"""Link an increment: of all pairs only those are found and weighed anew that a change of records may have changed."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from linkage.engine.candidates import find_candidates
from linkage.engine.encode import MISSING, IntArray
from linkage.engine.increment import Change, Touched, find_touched, neighbourhood
from linkage.engine.link_cache import LinkCache
from linkage.engine.linking import Weigher
from linkage.engine.model import Model
from linkage.engine.pair_arrays import PairArrays
from linkage.engine.prepared import Prepared
from linkage.engine.record_keys import RecordKeys
from linkage.engine.record_order import RecordOrder
from linkage.engine.residents import FrozenModel, RunRecords
from linkage.engine.stages import Stages
from linkage.errors import SchemaError
from linkage.link.pair_table import pair_table

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LinkIncrement:
    """What came of linking the change of some records.

    Attributes:
        cache: All records and pairs as they are now: what a full run would leave.
        touched: Ids of the records whose pairs may not be what they were, those that are gone among them; text.
        model: The model that weighed the pairs.
        new: For each pair of the cache, whether it was found and weighed anew: all that have a touched record.
    """

    cache: LinkCache
    touched: pa.Array
    model: Model
    new: BoolArray

    def pairs(self) -> tuple[pd.DataFrame, pd.Series]:
        """All pairs as a full run has them: a frame conforming to `PAIR`, and whether one rule alone finds each."""
        return pair_table(self.cache.pairs, self.model.spec, self.model.attributes)


def link_increment(
    base: LinkCache,
    records: pd.DataFrame,
    *,
    changed: Iterable[str],
    frozen: FrozenModel,
    stages: Stages | None = None,
) -> LinkIncrement:
    """Link records of which most were linked before, by the same model and frequencies.

    Args:
        base: What the run before left.
        records: All records there are now: frame with the columns of `RECORD`, any order. Only the rows of records that
            changed, and of their neighbours, are looked into.
        changed: Ids of records that are new, gone, or whose content changed in any column that linkage reads: see
            `linkage.engine.residents.read_columns`.
        frozen: The model that weighed the pairs before, and the frequencies by which it did.
        stages: Told of progress.

    Returns:
        The same pairs, to the last bit, as `link` has of all records with the same model and frequencies.

    Raises:
        SchemaError: Records came or went that are not among the changed, or the rows looked into do not conform.
    """
    stages = stages or Stages()
    with stages.stage("find changes"):
        run = RunRecords.of(records)
        source, gone = _relate(base.order, run.order, changed)
        fresh = run.prepared(np.flatnonzero(source == MISSING), frozen)
        change = Change(base.keys, _keys_after(base.keys, run.order, source, fresh), source, gone)
        touched = find_touched(change, fresh.spec, threads=fresh.threads)
    with stages.stage("find pairs") as progress:
        near, blocks = neighbourhood(change.after, fresh.spec, touched.after, threads=fresh.threads)
        prepared = run.prepared(near, frozen)
        candidates = find_candidates(
            prepared.program, prepared.encoded.codes, blocks,
            apart=prepared.apart, threads=prepared.threads, progress=progress,
        )  # fmt: skip
    with stages.stage("weigh") as progress:
        weights = Weigher.of(prepared, frozen.model).weigh_candidates(candidates, progress)
    with stages.stage("keep"):
        found = PairArrays.of(run.order, candidates, weights).moved(run.order, near.astype(np.int32))
        kept = _untouched(base.pairs, touched).moved(run.order, change.target)
        cache = LinkCache(change.after, kept.joined(found))
    is_new = np.arange(len(cache.pairs)) >= len(kept)
    return LinkIncrement(cache, _ids(touched, base.order, run.order), frozen.model, is_new)


def _relate(before: RecordOrder, after: RecordOrder, changed: Iterable[str]) -> tuple[IntArray, BoolArray]:
    """Place before of each record after that did not change, and which of the records before are gone or changed.

    Raises:
        SchemaError: Records came or went that are not among the changed.
    """
    named = pa.array(list(changed), pa.string())
    source = before.places_of(after)
    came = source == MISSING
    gone = np.ones(len(before), dtype=np.bool_)
    gone[source[~came]] = False
    is_named_after, is_named_before = after.holds(named), before.holds(named)
    untold = int((came & ~is_named_after).sum() + (gone & ~is_named_before).sum())
    if untold:
        raise SchemaError(
            f"{untold} records came or went since the base run that are not among the {len(named)} changed ones. "
            "Expected every record that is new, changed or gone; run over all records instead."
        )
    source[is_named_after] = MISSING
    return source, gone | is_named_before


def _keys_after(before: RecordKeys, order: RecordOrder, source: IntArray, fresh: Prepared) -> RecordKeys:
    """Keys of the records there are, those of the unchanged as they were."""
    ids = order.record_ids.take(pa.array(np.flatnonzero(source == MISSING)))
    return before.later(order, source, RecordKeys.of(fresh, ids))


def _untouched(pairs: PairArrays, touched: Touched) -> PairArrays:
    """The pairs of two records that are not touched."""
    return pairs.only(~(touched.before[pairs.left] | touched.before[pairs.right]))


def _ids(touched: Touched, before: RecordOrder, after: RecordOrder) -> pa.Array:
    """Ids of the touched records, each once, in order."""
    parts = (
        before.record_ids.filter(pa.array(touched.before)),
        after.record_ids.filter(pa.array(touched.after)),
    )
    distinct = pc.unique(pa.concat_arrays(parts))
    return distinct.take(pc.sort_indices(distinct))
