"""Two identities that must never be joined are kept apart, and nothing tells why."""

import pandas as pd

from linkage.protect.apart import forbidden_links, forbidden_through_clusters, is_forbidden
from linkage.protect.judged import NO_EFFECT, with_forbidden, without_reasons
from linkage.schema import JUDGEMENT, JUDGEMENT_CONFLICT, conform

LINK = pd.DataFrame({"record_id_l": ["a"], "record_id_r": ["b"], "record_id": ["b"]})


def judgements_of(*judged: tuple[str, str, str, str]) -> pd.DataFrame:
    names = ["judgement_id", "verdict", "record_id_l", "record_id_r"]
    made = pd.DataFrame(judged, columns=names).assign(
        decided_by="officer", decided_at=pd.Timestamp("2026-10-01", tz="UTC"), reason="seen"
    )
    return conform(made, JUDGEMENT)


def pairs(frame: pd.DataFrame) -> list[tuple[str, str, str]]:
    return list(frame[["record_id_l", "record_id_r", "record_id"]].itertuples(index=False, name=None))


def test_every_record_of_the_one_identity_is_kept_from_every_one_of_the_other() -> None:
    records = pd.DataFrame(
        {
            "record_id": ["s:1", "s:2", "s:3", "t:1"],
            "source": ["s", "s", "s", "t"],
            "person_key": ["old", "new", "new", "old"],
        }
    )
    declared = pd.DataFrame({"source": ["s"], "kind": ["link"], "subject": ["new"], "other": ["old"]})
    assert pairs(forbidden_links(records, declared)) == [("s:1", "s:2", "s:2"), ("s:1", "s:3", "s:3")]


def test_what_an_identity_has_come_to_hold_is_kept_apart_too() -> None:
    clusters = pd.DataFrame({"record_id": list("abcde"), "cluster_id": ["a", "b", "a", "b", "e"]})
    spread = forbidden_through_clusters(clusters, LINK)
    assert pairs(spread) == [("a", "b", "b"), ("a", "d", "d"), ("b", "c", "b"), ("c", "d", "d")]


def test_it_stays_apart_when_the_sources_own_record_is_gone() -> None:
    clusters = pd.DataFrame({"record_id": ["c", "d"], "cluster_id": ["c", "d"]})
    assert pairs(forbidden_through_clusters(clusters, LINK)) == pairs(LINK)


def test_a_forbidden_pair_is_found_and_no_other() -> None:
    found = pd.DataFrame({"record_id_l": ["a", "a", "b", "b"], "record_id_r": ["b", "c", "c", "d"]})
    assert is_forbidden(found, LINK).tolist() == [True, False, False, False]
    assert not is_forbidden(found, LINK.head(0)).any()


def test_a_judgement_that_says_otherwise_has_no_effect_and_is_shown_without_the_reason() -> None:
    judgements = judgements_of(("j1", "same_person", "a", "b"), ("j2", "same_person", "a", "c"))
    followed = with_forbidden(judgements, LINK)
    assert followed["verdict"].tolist() == ["same_person", "different_person"]
    shown = without_reasons(conform(pd.DataFrame(columns=JUDGEMENT_CONFLICT.names), JUDGEMENT_CONFLICT),
                            judgements, LINK)  # fmt: skip
    assert shown["judgement_id"].tolist() == ["j1"]
    assert shown["kind"].tolist() == [NO_EFFECT]


def test_a_chain_of_judgements_that_would_join_them_is_shown_without_what_it_contradicts() -> None:
    told = pd.DataFrame(
        {
            "conflict_id": "forbidden:0",
            "judgement_id": ["forbidden:0", "j1", "j2"],
            "verdict": ["different_person", "same_person", "same_person"],
            "is_in_force": [True, True, False],
            "kind": "They contradict each other.",
        }
    )
    shown = without_reasons(conform(told, JUDGEMENT_CONFLICT), judgements_of(), LINK)
    assert shown["judgement_id"].tolist() == ["j1", "j2"]
    assert shown["conflict_id"].tolist() == ["j1", "j1"]
    assert set(shown["kind"]) == {NO_EFFECT}
