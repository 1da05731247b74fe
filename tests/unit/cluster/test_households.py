"""Clusters of the household-aware engine: judgements win, one key is two people, the order of rows is nothing."""

from typing import Any

import pandas as pd
import pytest

from benchmarks.people import SimulatedPeople, simulate_people
from linkage.cluster import cluster_households, find_conflicts
from linkage.errors import ModelError, SchemaError
from linkage.link import HouseholdLinkage, link_households
from linkage.schema import CLUSTER, JUDGEMENT, RECORD, check, conform, empty


@pytest.fixture(scope="module")
def people() -> SimulatedPeople:
    return simulate_people(1_500, setting="easy", seed=3)


@pytest.fixture(scope="module")
def town(people: SimulatedPeople) -> pd.DataFrame:
    """The people as records of a run, each in a row of its own."""
    raw = people.table.to_pandas()
    made = raw.rename(columns={"address": "address_text"})
    made["birth_date"] = pd.to_datetime(made["birth_date"])
    made["birth_date_precision"] = made["birth_date"].notna().map({True: "day", False: None})
    made["snapshot_date"] = pd.Timestamp("2026-08-01")
    made["row_number"], made["record_key"] = range(1, len(made) + 1), made["record_id"]
    made["person_role"], made["person_position"], made["is_live"] = "person", 1, True
    made["is_birth_date_weak"] = False
    for column in ("forename", "surname", "address_text"):
        made[column] = made[column].str.upper()
    declared = [column.name for column in RECORD.columns]
    return conform(made.reindex(columns=declared), RECORD)


@pytest.fixture(scope="module")
def linked(town: pd.DataFrame) -> HouseholdLinkage:
    return link_households(town)


def judged(*verdicts: tuple[str, str, str]) -> pd.DataFrame:
    """Judgements, each later than the one before."""
    names = [column.name for column in JUDGEMENT.columns]
    rows = [
        {
            "judgement_id": f"judgement-{number}", "record_id_l": min(one, other), "record_id_r": max(one, other),
            "verdict": verdict, "decided_by": "a reviewer", "reason": "a reason",
            "decided_at": pd.Timestamp("2026-08-02", tz="UTC") + pd.Timedelta(minutes=number),
        }
        for number, (one, other, verdict) in enumerate(verdicts)
    ]  # fmt: skip
    return conform(pd.DataFrame(rows, columns=names) if rows else empty(JUDGEMENT), JUDGEMENT)


def clustered(
    town: pd.DataFrame, linked: HouseholdLinkage, judgements: pd.DataFrame, **changed: Any
) -> pd.Series:
    found = cluster_households(town, linked.pairs, judgements, **{"model": linked.model, **changed})
    check(found, CLUSTER)
    return found.set_index("record_id")["cluster_id"]


def likely(linked: HouseholdLinkage) -> tuple[str, str]:
    best = linked.pairs.sort_values("match_weight").iloc[-1]
    return best["record_id_l"], best["record_id_r"]


def unlikely(linked: HouseholdLinkage) -> tuple[str, str]:
    worst = linked.pairs.sort_values("match_weight").iloc[0]
    return worst["record_id_l"], worst["record_id_r"]


def test_records_of_one_person_come_together(
    town: pd.DataFrame, linked: HouseholdLinkage, people: SimulatedPeople
) -> None:
    of_record = clustered(town, linked, judged())
    person = pd.Series(people.person_id, index=people.table["record_id"].to_pylist())
    one = linked.pairs[
        person.loc[linked.pairs["record_id_l"]].to_numpy()
        == person.loc[linked.pairs["record_id_r"]].to_numpy()
    ]
    together = of_record.loc[one["record_id_l"]].to_numpy() == of_record.loc[one["record_id_r"]].to_numpy()
    assert together.mean() > 0.95


def test_a_judgement_wins_over_the_model_either_way(town: pd.DataFrame, linked: HouseholdLinkage) -> None:
    same, different = unlikely(linked), likely(linked)
    before = clustered(town, linked, judged())
    assert before[same[0]] != before[same[1]]
    assert before[different[0]] == before[different[1]]
    after = clustered(town, linked, judged((*same, "same_person"), (*different, "different_person")))
    assert after[same[0]] == after[same[1]]
    assert after[different[0]] != after[different[1]]


def test_two_people_of_one_source_and_key_are_kept_apart_unless_a_human_says_otherwise(
    town: pd.DataFrame, linked: HouseholdLinkage
) -> None:
    one, other = likely(linked)
    rows = town.set_index("record_id")
    same_key = town.copy()
    both = same_key["record_id"].isin([one, other])
    same_key.loc[both, "source"] = rows.loc[one, "source"]
    same_key.loc[both, "record_key"] = rows.loc[one, "record_key"]
    relinked = link_households(same_key)
    apart = clustered(same_key, relinked, judged())
    assert apart[one] != apart[other]
    together = clustered(same_key, relinked, judged((one, other, "same_person")))
    assert together[one] == together[other]


def test_the_order_of_rows_makes_no_difference(town: pd.DataFrame, linked: HouseholdLinkage) -> None:
    backwards = town.iloc[::-1].reset_index(drop=True)
    pairs = linked.pairs.iloc[::-1].reset_index(drop=True)
    turned = cluster_households(backwards, pairs, judged(), model=linked.model)
    pd.testing.assert_frame_equal(
        turned, cluster_households(town, linked.pairs, judged(), model=linked.model)
    )


def test_judgements_that_contradict_each_other_keep_apart_and_are_told(
    town: pd.DataFrame, linked: HouseholdLinkage
) -> None:
    a, b = likely(linked)
    c = unlikely(linked)[0]
    said = judged((a, b, "same_person"), (b, c, "same_person"), (a, c, "different_person"))
    of_record = clustered(town, linked, said)
    assert of_record[a] != of_record[c]
    assert of_record[b] == of_record[c]
    found = find_conflicts(said, town["record_id"]).set_index("judgement_id")["is_in_force"]
    assert found.to_dict() == {"judgement-0": False, "judgement-1": True, "judgement-2": True}


def test_pair_arrays_and_frozen_frequencies_give_the_clusters_of_the_table(
    town: pd.DataFrame, linked: HouseholdLinkage
) -> None:
    judgements = judged((*unlikely(linked), "same_person"), (*likely(linked), "different_person"))
    quick = cluster_households(
        town, linked.cache.pairs, judgements, model=linked.model, frequencies=linked.frequencies
    )
    pd.testing.assert_frame_equal(
        quick, cluster_households(town, linked.pairs, judgements, model=linked.model)
    )


def test_pair_arrays_of_other_records_are_refused(town: pd.DataFrame, linked: HouseholdLinkage) -> None:
    with pytest.raises(SchemaError, match="link them again"):
        cluster_households(town.head(100), linked.cache.pairs, judged(), model=linked.model)


def test_a_pair_of_a_record_that_is_not_there_is_refused(
    town: pd.DataFrame, linked: HouseholdLinkage
) -> None:
    with pytest.raises(SchemaError, match="not among the records"):
        clustered(town[town["record_id"] != likely(linked)[0]], linked, judged())


def test_a_model_of_the_other_engine_is_refused(town: pd.DataFrame, linked: HouseholdLinkage) -> None:
    with pytest.raises(ModelError):
        clustered(town, linked, judged(), model={"engine": "recordlinkage"})
