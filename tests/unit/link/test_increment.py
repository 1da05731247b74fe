"""Linking an increment: what is touched, what is refused, and what the cache keeps."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from linkage.engine.link_cache import LinkCache
from linkage.engine.model import Model, parse_model
from linkage.engine.residents import FrozenModel, read_columns
from linkage.errors import SchemaError
from linkage.link import HouseholdLinkage, LinkIncrement, link_households, link_increment
from linkage.schema import PAIR, RECORD, check

Town = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def records(town_maker: Callable[[int, int], Town]) -> pd.DataFrame:
    return town_maker(600, 11)[0].sort_values("record_id", ignore_index=True)


@pytest.fixture(scope="module")
def linked(records: pd.DataFrame) -> HouseholdLinkage:
    return link_households(records)


@pytest.fixture(scope="module")
def model(linked: HouseholdLinkage) -> Model:
    return parse_model(linked.model, "of the town")


@pytest.fixture(scope="module")
def frozen(linked: HouseholdLinkage, model: Model) -> FrozenModel:
    assert linked.frequencies is not None
    return FrozenModel(model, linked.frequencies)


@pytest.fixture(scope="module")
def base(linked: HouseholdLinkage) -> LinkCache:
    assert linked.cache is not None
    return linked.cache


def equals_full_run(found: LinkIncrement, records: pd.DataFrame, frozen: FrozenModel) -> None:
    full = link_households(records, model=frozen.model, frequencies=frozen.frequencies)
    pairs, alone = found.pairs()
    check(pairs, PAIR)
    pd.testing.assert_frame_equal(pairs, full.pairs, check_exact=True)
    pd.testing.assert_series_equal(alone, full.alone)


def test_nothing_changed_touches_nothing(records: pd.DataFrame, base: LinkCache, frozen: FrozenModel) -> None:
    found = link_increment(base, records, changed=[], frozen=frozen)
    assert len(found.touched) == 0
    assert not found.new.any()
    equals_full_run(found, records, frozen)


def test_a_month_of_changes_gives_the_pairs_of_a_full_run(
    records: pd.DataFrame, base: LinkCache, frozen: FrozenModel
) -> None:
    gone, moved = records["record_id"].iloc[::40], records["record_id"].iloc[3::50]
    new = records.iloc[5::60].assign(
        record_id=lambda frame: frame["record_id"] + "x", record_key=lambda frame: frame["record_key"] + "x"
    )
    after = records[~records["record_id"].isin(gone)].copy()
    after.loc[after["record_id"].isin(moved), "surname"] = "SMITH-JONES"
    after = pd.concat([new, after], ignore_index=True)
    found = link_increment(base, after, changed=[*gone, *moved, *new["record_id"]], frozen=frozen)
    assert set(gone) <= set(found.touched.to_pylist())
    assert 0 < found.new.sum() < len(found.new) / 2
    equals_full_run(found, after, frozen)
    anew = found.cache.pairs.only(found.new)
    is_touched = found.cache.order.holds(found.touched)
    assert (is_touched[anew.left] | is_touched[anew.right]).all()


def test_everything_gone_leaves_no_pair(records: pd.DataFrame, base: LinkCache, frozen: FrozenModel) -> None:
    nobody = records.head(0)
    found = link_increment(base, nobody, changed=records["record_id"], frozen=frozen)
    assert len(found.pairs()[0]) == 0
    again = link_increment(found.cache, records, changed=records["record_id"], frozen=frozen)
    equals_full_run(again, records, frozen)


@pytest.mark.parametrize("part", [slice(1, None), slice(None, -1)])
def test_a_record_that_came_or_went_untold_is_refused_without_showing_it(
    records: pd.DataFrame, base: LinkCache, frozen: FrozenModel, part: slice
) -> None:
    with pytest.raises(SchemaError, match="1 records came or went") as refusal:
        link_increment(base, records.iloc[part], changed=[], frozen=frozen)
    assert not any(one in str(refusal.value) for one in records["record_id"].iloc[[0, -1]])


def test_a_cache_written_and_read_is_the_same(base: LinkCache, model: Model) -> None:
    again = LinkCache.read(base.frames(), model.spec)
    assert again.order.record_ids.equals(base.order.record_ids)
    for one, other in zip(
        (*again.keys.blocks, *again.keys.cuts), (*base.keys.blocks, *base.keys.cuts), strict=True
    ):
        assert np.array_equal(one, other)
    for name in ("left", "right", "kind", "patterns", "finders", "match_weight", "household_weight"):
        assert np.array_equal(getattr(again.pairs, name), getattr(base.pairs, name))


def test_a_cache_of_another_specification_is_refused(base: LinkCache, model: Model) -> None:
    fewer = model.spec.model_copy(update={"blocking_rules": model.spec.blocking_rules[1:]})
    with pytest.raises(SchemaError, match="made for another specification"):
        LinkCache.read(base.frames(), fewer)


def test_columns_that_linkage_reads_are_told_and_no_other_moves_a_pair(
    records: pd.DataFrame, linked: HouseholdLinkage, frozen: FrozenModel
) -> None:
    assert set(read_columns()) <= set(RECORD.names)
    other = {name: None for name in ("title", "name_suffix") if name in records}
    changed = records.assign(snapshot_date=pd.Timestamp("2027-01-01"), row_number=1, is_live=False, **other)
    again = link_households(changed, model=frozen.model, frequencies=frozen.frequencies)
    pd.testing.assert_frame_equal(again.pairs, linked.pairs, check_exact=True)
