"""Clustering an increment: judgements that come and go reach only their own components."""

import pandas as pd
import pyarrow as pa
import pytest

from benchmarks.people import simulate_people
from linkage.cluster import ClusterBase, ClusterIncrement, cluster_households, cluster_increment
from linkage.engine.model import parse_model
from linkage.engine.residents import FrozenModel
from linkage.errors import SchemaError
from linkage.link import HouseholdLinkage, link_households, link_increment
from linkage.schema import CLUSTER, JUDGEMENT, RECORD, check, conform, empty

NOBODY = pa.array([], pa.string())


@pytest.fixture(scope="module")
def town() -> pd.DataFrame:
    made = simulate_people(1_500, setting="easy", seed=3).table.to_pandas()
    made = made.rename(columns={"address": "address_text"}).assign(
        birth_date=lambda frame: pd.to_datetime(frame["birth_date"]),
        birth_date_precision=lambda frame: frame["birth_date"].notna().map({True: "day", False: None}),
        snapshot_date=pd.Timestamp("2026-08-01"), row_number=range(1, len(made) + 1), record_key=made["record_id"],
        person_role="person", person_position=1, is_live=True, is_birth_date_weak=False,
        forename=made["forename"].str.upper(), surname=made["surname"].str.upper(),
    )  # fmt: skip
    return conform(made.reindex(columns=RECORD.names), RECORD)


@pytest.fixture(scope="module")
def linked(town: pd.DataFrame) -> HouseholdLinkage:
    return link_households(town)


@pytest.fixture(scope="module")
def frozen(linked: HouseholdLinkage) -> FrozenModel:
    assert linked.frequencies is not None
    return FrozenModel(parse_model(linked.model, "of the town"), linked.frequencies)


def judged(*verdicts: tuple[str, str, str]) -> pd.DataFrame:
    rows = [
        {
            "judgement_id": f"judgement-{number}", "record_id_l": min(one, other), "record_id_r": max(one, other),
            "verdict": verdict, "decided_by": "a reviewer", "reason": "a reason",
            "decided_at": pd.Timestamp("2026-08-02", tz="UTC") + pd.Timedelta(minutes=number),
        }
        for number, (one, other, verdict) in enumerate(verdicts)
    ]  # fmt: skip
    return conform(pd.DataFrame(rows), JUDGEMENT) if rows else empty(JUDGEMENT)


def everything(town: pd.DataFrame, linked: HouseholdLinkage, judgements: pd.DataFrame) -> pd.DataFrame:
    return cluster_households(
        town, linked.cache.pairs, judgements, model=linked.model, frequencies=linked.frequencies
    )


def after_judging(
    town: pd.DataFrame, linked: HouseholdLinkage, frozen: FrozenModel, said: tuple[pd.DataFrame, pd.DataFrame]
) -> ClusterIncrement:
    before, now = said
    base = ClusterBase(everything(town, linked, before), linked.cache.pairs, before)
    found = cluster_increment(base, town, linked.cache.pairs, now, touched=NOBODY, frozen=frozen)
    check(found.clusters, CLUSTER)
    pd.testing.assert_frame_equal(found.clusters, everything(town, linked, now))
    return found


def ends(linked: HouseholdLinkage, place: int) -> tuple[str, str]:
    """Records of a pair by its match weight."""
    pair = linked.pairs.sort_values("match_weight").iloc[place]
    return pair["record_id_l"], pair["record_id_r"]


def test_nothing_new_reaches_nobody(
    town: pd.DataFrame, linked: HouseholdLinkage, frozen: FrozenModel
) -> None:
    said = judged((*ends(linked, 0), "same_person"))
    assert len(after_judging(town, linked, frozen, (said, said)).reached) == 0


@pytest.mark.parametrize(("place", "verdict"), [(0, "same_person"), (-1, "different_person")])
def test_a_judgement_that_is_new_or_withdrawn_reaches_its_components_and_no_other(
    town: pd.DataFrame, linked: HouseholdLinkage, frozen: FrozenModel, place: int, verdict: str
) -> None:
    pair = ends(linked, place)
    for said in ((judged(), judged((*pair, verdict))), (judged((*pair, verdict)), judged())):
        found = after_judging(town, linked, frozen, said)
        assert set(pair) <= set(found.reached.to_pylist())
        assert len(found.reached) < 100


def test_a_judgement_that_a_later_one_sets_aside_is_undone(
    town: pd.DataFrame, linked: HouseholdLinkage, frozen: FrozenModel
) -> None:
    (a, b), c = ends(linked, -1), ends(linked, 0)[0]
    chain = ((a, c, "same_person"), (b, c, "same_person"))
    found = after_judging(town, linked, frozen, (judged(*chain), judged(*chain, (a, b, "different_person"))))
    assert {a, b, c} <= set(found.reached.to_pylist())


def test_records_that_go_leave_no_row(
    town: pd.DataFrame, linked: HouseholdLinkage, frozen: FrozenModel
) -> None:
    gone = town["record_id"].iloc[::100]
    fewer = town[~town["record_id"].isin(gone)]
    increment = link_increment(linked.cache, fewer, changed=gone, frozen=frozen)
    base = ClusterBase(everything(town, linked, judged()), linked.cache.pairs, judged())
    found = cluster_increment(
        base, fewer, increment.cache.pairs, judged(), touched=increment.touched, frozen=frozen
    )
    full = cluster_households(
        fewer, increment.cache.pairs, judged(), model=linked.model, frequencies=linked.frequencies
    )
    pd.testing.assert_frame_equal(found.clusters, full)
    assert len(found.reached) < len(fewer) / 4


def test_pairs_of_other_records_are_refused(
    town: pd.DataFrame, linked: HouseholdLinkage, frozen: FrozenModel
) -> None:
    base = ClusterBase(everything(town, linked, judged()), linked.cache.pairs, judged())
    with pytest.raises(SchemaError, match="link them again"):
        cluster_increment(base, town.head(20), linked.cache.pairs, judged(), touched=NOBODY, frozen=frozen)
