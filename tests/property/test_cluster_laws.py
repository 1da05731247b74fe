"""Laws of clustering under any pairs and judgements."""

from itertools import combinations
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.cluster import cluster, find_conflicts
from linkage.schema import CLUSTER, JUDGEMENT, JUDGEMENT_CONFLICT, PAIR, RECORD, check, conform

IDS = [f"r{number:02}" for number in range(10)]
COUPLES = list(combinations(IDS, 2))
PAIRS = st.dictionaries(
    st.sampled_from(COUPLES), st.sampled_from((-12.0, -3.0, 1.0, 5.0, 5.0, 9.0, 20.0)), max_size=25
)
JUDGED = st.dictionaries(st.sampled_from(COUPLES), st.booleans(), max_size=6)
ROWS = st.lists(st.integers(1, 8), min_size=len(IDS), max_size=len(IDS))


def records_of(rows: list[int]) -> pd.DataFrame:
    return conform(
        pd.DataFrame(
            {
                "record_id": IDS,
                "source": "libraries",
                "snapshot_date": pd.Timestamp("2026-08-01"),
                "row_number": range(1, len(IDS) + 1),
                "record_key": [str(row) for row in rows],
                "person_role": "member",
                "person_position": 1,
                "is_birth_date_weak": False,
                "is_live": True,
            }
        ),
        RECORD,
    )


def pairs_of(weights: dict[tuple[str, str], float]) -> pd.DataFrame:
    rows = [
        (left, right, "a_rule", weight, 1 / (1 + 2**-weight)) for (left, right), weight in weights.items()
    ]
    return conform(pd.DataFrame(rows, columns=PAIR.names[:5]), PAIR)


def judgements_of(judged: dict[tuple[str, str], bool]) -> pd.DataFrame:
    rows = [
        (
            f"j{number}",
            "same_person" if same else "different_person",
            *couple,
            "a reviewer",
            pd.Timestamp("2026-08-01", tz="UTC"),
            "a reason",
        )
        for number, (couple, same) in enumerate(judged.items())
    ]
    names = ["judgement_id", "verdict", "record_id_l", "record_id_r", "decided_by", "decided_at", "reason"]
    return conform(pd.DataFrame(rows, columns=names), JUDGEMENT)


def joined(links: list[tuple[str, str]]) -> dict[str, str]:
    """Components by brute force: the smallest id that can be reached."""
    name = {record: record for record in IDS}
    for _ in IDS:
        for left, right in links:
            name[left] = name[right] = min(name[left], name[right])
    return name


@settings(max_examples=50, deadline=None)
@given(PAIRS, JUDGED, ROWS, st.randoms(use_true_random=False))
def test_clusters_honour_every_judgement_and_do_not_depend_on_order(
    weights: dict[tuple[str, str], float], judged: dict[tuple[str, str], bool], rows: list[int], random: Any
) -> None:
    must = joined([couple for couple, same in judged.items() if same])
    torn = any(must[left] == must[right] for (left, right), same in judged.items() if not same)
    records, pairs, judgements = records_of(rows), pairs_of(weights), judgements_of(judged)
    judgement_of = {couple: f"j{number}" for number, couple in enumerate(judged)}
    found, conflicts = cluster(records, pairs, judgements), find_conflicts(judgements, records["record_id"])
    check(found, CLUSTER)
    check(conflicts, JUDGEMENT_CONFLICT)
    aside = set(conflicts.loc[~conflicts["is_in_force"], "judgement_id"])
    assert torn == bool(aside) == bool(len(conflicts))
    judged = {couple: same for couple, same in judged.items() if judgement_of[couple] not in aside}
    must = joined([couple for couple, same in judged.items() if same])
    assert list(found["record_id"]) == IDS
    name = dict(zip(found["record_id"], found["cluster_id"], strict=True))
    for (left, right), same in judged.items():
        assert (name[left] == name[right]) == same or (not same and name[left] != name[right])
    for (left, one), (right, other) in combinations(zip(IDS, rows, strict=True), 2):
        apart = one == other or weights.get((left, right), 0) < -10
        assert not (apart and must[left] != must[right] and name[left] == name[right])
    shuffled = [
        frame.sample(frac=1, random_state=random.randrange(1000), ignore_index=True)
        for frame in (records, pairs, judgements)
    ]
    pd.testing.assert_frame_equal(cluster(*shuffled), found)


@settings(max_examples=50, deadline=None)
@given(PAIRS)
def test_without_anything_to_keep_apart_clusters_are_the_connected_components(
    weights: dict[tuple[str, str], float],
) -> None:
    found = cluster(
        records_of(list(range(len(IDS)))), pairs_of(weights), judgements_of({}), threshold=0.9, apart=-1
    )
    expected = joined([couple for couple, weight in weights.items() if weight > 4])
    assert dict(zip(found["record_id"], found["cluster_id"], strict=True)) == expected
