"""Whom an increment reaches, and what the index of a few residents is built from."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from linkage.engine.model import Model
from linkage.engine.pair_arrays import PairArrays
from linkage.engine.record_order import RecordOrder
from linkage.index import IndexInputs, LiveIndex, Reach, Succession, succeed
from linkage.link.pair_table import pair_table
from linkage.store.ledger import StoredLedger
from linkage.texts import called_now, is_one_of

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Reached:
    """The records of an increment as they are now, and whom the increment reaches: a `linkage.index.part.Now`.

    Attributes:
        inputs: Inputs of the whole index; its `pairs` and `resident_ids` are empty.
        pairs: All pairs, by the places of their records.
        model: The model that weighed them.
        live: The live index.
        changed: Ids of records that are new, gone, or say something else than in the live index.
        anew: Ids of the records that were clustered anew, those changed that are still there among them.
    """

    inputs: IndexInputs
    pairs: PairArrays
    model: Model
    live: LiveIndex
    changed: pd.Series
    anew: pd.Series

    @cached_property
    def reach(self) -> Reach:
        """Whom the increment reaches."""
        now = pd.Series(self.succession.resident_ids.to_numpy(), dtype="string[pyarrow]")
        both = pd.concat([now, self._before["resident_id"]], ignore_index=True)
        return Reach(both.drop_duplicates().sort_values(ignore_index=True), self.changed)

    @property
    def is_closed(self) -> bool:
        """Whether all records of the residents reached were clustered anew, or are gone: else it is no part."""
        held = self._order.positions(pa.array(self._before["record_id"], pa.string()))
        return bool(self._is_anew[held[held >= 0]].all())

    @cached_property
    def succession(self) -> Succession:
        """Who the clusters made anew are."""
        clusters = self.inputs.clusters.iloc[self._rows_of(self.anew)].reset_index(drop=True)
        return succeed(clusters, self._before, StoredLedger(self.live.connection))

    def inputs_of(self, resident_ids: pd.Series) -> IndexInputs:
        """What the index of some residents is built from: their records, and the pairs among those."""
        named = self._crosswalk(resident_ids)
        rows = self._rows_of(named["record_id"])
        records = self.inputs.records.iloc[rows].reset_index(drop=True)
        clusters = self.inputs.clusters.iloc[rows].reset_index(drop=True)
        resident = clusters.merge(named, on="record_id").drop_duplicates("cluster_id").set_index("cluster_id")
        statements = self.inputs.statements
        chosen = np.zeros(len(self._order), dtype=bool)
        chosen[self._places_of(named["record_id"])] = True
        return replace(
            self.inputs,
            records=records,
            clusters=clusters,
            statements=statements[is_one_of(statements["record_id"], named["record_id"])].reset_index(
                drop=True
            ),
            pairs=self._pair_table(chosen[self.pairs.left] & chosen[self.pairs.right]),
            resident_ids=resident["resident_id"],
        )

    def partners_of(self, resident_ids: pd.Series) -> pd.Series:
        """Residents whose records a likely pair of one household, or one raw row, joins to those of some residents."""
        named = self._crosswalk(resident_ids)
        chosen = np.zeros(len(self._order), dtype=bool)
        chosen[self._places_of(named["record_id"])] = True
        left, right = chosen[self.pairs.left], chosen[self.pairs.right]
        likely = (left | right) & (self.pairs.household_weight >= 0)
        ends = np.unique(np.concatenate([self.pairs.left[likely], self.pairs.right[likely]]))
        of_pairs = self._residents_of(self._order.record_ids.take(pa.array(ends)))
        rows = self.inputs.records.iloc[self._rows_of(named["record_id"])]
        of_rows = self.live.residents_of_rows(rows["source"], rows["record_key"])
        partners: pd.Series = pd.concat([of_pairs, of_rows], ignore_index=True).drop_duplicates()
        return partners

    @cached_property
    def _before(self) -> pd.DataFrame:
        """All records of the residents who had one of those made anew, or one that is gone, as they are called now."""
        aliases = self.inputs.aliases.set_index("alias_record_id")["record_id"]
        former = self.inputs.aliases.loc[
            is_one_of(self.inputs.aliases["record_id"], self.anew), "alias_record_id"
        ]
        asked = pd.concat([self.anew, self.changed, former], ignore_index=True).drop_duplicates()
        residents = self.live.residents_of(asked)["resident_id"].drop_duplicates()
        held = self.live.records_of(residents)
        return held.assign(record_id=called_now(held["record_id"], aliases))

    def _crosswalk(self, resident_ids: pd.Series) -> pd.DataFrame:
        """Records of some residents now: `record_id`, `resident_id`."""
        others = resident_ids[~is_one_of(resident_ids, self.reach.residents)]
        anew = self._anew_crosswalk
        return pd.concat(
            [anew[is_one_of(anew["resident_id"], resident_ids)], self.live.records_of(others)],
            ignore_index=True,
        )

    @cached_property
    def _anew_crosswalk(self) -> pd.DataFrame:
        clusters = self.inputs.clusters.iloc[self._rows_of(self.anew)]
        resident = clusters["cluster_id"].map(self.succession.resident_ids).astype("string[pyarrow]")
        return pd.DataFrame({"record_id": clusters["record_id"], "resident_id": resident}).reset_index(
            drop=True
        )

    def _residents_of(self, record_ids: pa.Array) -> pd.Series:
        asked = pd.Series(record_ids, dtype="string[pyarrow]")
        anew = self._anew_crosswalk
        known = anew[is_one_of(anew["record_id"], asked)]
        others = self.live.residents_of(asked[~is_one_of(asked, known["record_id"])])
        both: pd.Series = pd.concat([known["resident_id"], others["resident_id"]], ignore_index=True)
        return both

    @property
    def _order(self) -> RecordOrder:
        return self.pairs.order

    @cached_property
    def _row_of_place(self) -> Rows:
        """Row in the records, and in the clusters, of each place: both are in the order of record ids."""
        rows: Rows = RecordOrder.of(pa.array(self.inputs.records["record_id"], pa.string()))[1]
        return rows

    @cached_property
    def _is_anew(self) -> npt.NDArray[np.bool_]:
        return self._order.holds(pa.array(self.anew, pa.string()))

    def _places_of(self, record_ids: pd.Series) -> Rows:
        return self._order.positions(pa.array(record_ids, pa.string())).astype(np.int64)

    def _rows_of(self, record_ids: pd.Series) -> Rows:
        return np.sort(self._row_of_place[self._places_of(record_ids)])

    def _pair_table(self, chosen: npt.NDArray[np.bool_]) -> pd.DataFrame:
        return pair_table(self.pairs.only(chosen), self.model.spec, self.model.attributes)[0]
