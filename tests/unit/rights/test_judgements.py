import pandas as pd

from linkage.rights import addresses_ruled_out, follow_aliases, in_force, is_ruled_out, judged_records
from linkage.schema import JUDGEMENT, check
from tests.unit.rights.judging import about_resident, aliased, clusters, judged, log, stating, withdrawn

A, B, C = "a:1:x:1", "b:1:x:1", "c:1:x:1"


def holding(*rows: dict) -> list[str]:
    found = in_force(log(*rows))
    check(found, JUDGEMENT)
    return found["judgement_id"].tolist()


def test_the_latest_judgement_about_two_records_holds() -> None:
    assert holding(judged(2, "different_person"), judged(1)) == ["j2"]


def test_judgements_about_different_things_all_hold() -> None:
    wrong = about_resident(3, "not_this_address", [A], uprn="100")
    elsewhere = about_resident(4, "not_this_address", [A], uprn="200")
    restricted = about_resident(5, "restrict_processing", [A])
    assert holding(judged(1), judged(2, left=B, right=C), wrong, elsewhere, restricted) == [
        "j1",
        "j2",
        "j3",
        "j4",
        "j5",
    ]


def test_a_withdrawn_judgement_is_as_if_it_had_never_been_made() -> None:
    assert holding(judged(1), withdrawn(2, "j1")) == []
    assert holding(judged(1), judged(2, "different_person"), withdrawn(3, "j2")) == ["j1"]


def test_what_is_judged_anew_after_a_withdrawal_holds() -> None:
    assert holding(judged(1), withdrawn(2, "j1"), judged(3)) == ["j3"]


def test_a_judgement_follows_a_record_to_its_new_id_and_the_next() -> None:
    moved = follow_aliases(log(judged(1, left=A, right=B)), aliased({B: "b:2:x:1", "b:2:x:1": "0:9:x:1"}))
    assert moved[["record_id_l", "record_id_r"]].iloc[0].tolist() == ["0:9:x:1", A]


def test_the_records_of_a_resident_are_followed_too() -> None:
    moved = follow_aliases(log(about_resident(1, "restrict_processing", [A, B])), aliased({A: B}))
    assert judged_records(moved)["record_id"].tolist() == [B]
    assert moved["record_id_l"].tolist() == [B]


def test_aliases_that_lead_round_in_a_circle_end() -> None:
    assert len(follow_aliases(log(judged(1)), aliased({A: B, B: A}))) == 1


def test_without_aliases_nothing_changes() -> None:
    given = log(judged(1), about_resident(2, "restrict_processing", [A]))
    pd.testing.assert_frame_equal(follow_aliases(given, aliased({})), given)


def test_an_address_is_ruled_out_for_the_records_judged_and_those_with_them_now() -> None:
    wrong = log(about_resident(1, "not_this_address", [A, B], uprn="100"))
    found = addresses_ruled_out(wrong, clusters(one=[A, C], two=[B], three=["d:1:x:1"]))
    assert found.to_numpy().tolist() == [[A, "100"], [B, "100"], [C, "100"]]


def test_a_judgement_whose_anchor_is_gone_is_anchored_on_the_next_record() -> None:
    wrong = log(about_resident(1, "not_this_address", [A, B], uprn="100"))
    found = addresses_ruled_out(wrong, clusters(two=[B, C]))
    assert found["record_id"].tolist() == [A, B, C]


def test_only_the_address_judged_wrong_loses_its_weight() -> None:
    wrong = addresses_ruled_out(
        log(about_resident(1, "not_this_address", [A], uprn="100")), clusters(one=[A])
    )
    statements = stating((A, "100"), (A, "200"), (B, "100"))
    assert is_ruled_out(statements, wrong).tolist() == [True, False, False]
    assert is_ruled_out(statements, wrong.head(0)).tolist() == [False, False, False]
