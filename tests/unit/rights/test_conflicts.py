import pandas as pd
import pytest

from linkage.rights import in_force, judgement_conflicts
from linkage.rights.conflicts import JOINED_TO_RESTRICTED, NO_RECORD, ONE_RECORD, STATED_SINCE
from linkage.schema import JUDGEMENT_CONFLICT, check
from tests.unit.rights.judging import about_resident, clusters, judged, log, stating, withdrawn

A, B, C = "a:1:x:1", "b:1:x:1", "c:1:x:1"
APART = clusters(one=[A], two=[B])


def found(
    *rows: dict, members: pd.DataFrame = APART, said: pd.DataFrame | None = None, aside=()
) -> list[list]:
    restricted = pd.DataFrame(list(aside), columns=["record_id", "judgement_id"])
    statements = stating() if said is None else said
    given = {"clusters": members, "statements": statements, "restricted": restricted}
    told = judgement_conflicts(in_force(log(*rows)), **given)
    check(told, JUDGEMENT_CONFLICT)
    return told[["kind", "judgement_id", "is_in_force"]].to_numpy().tolist()


def test_judgements_that_fit_together_are_no_conflict() -> None:
    wrong = about_resident(2, "not_this_address", [A], uprn="100")
    assert found(judged(1), wrong, said=stating((A, "100"), (B, "200"))) == []


@pytest.mark.parametrize(
    "row",
    [
        judged(1, right=C),
        judged(1, "different_person", C, "d:1:x:1"),
        about_resident(1, "not_this_address", [C], uprn="1"),
        about_resident(1, "restrict_processing", [C]),
    ],
)
def test_a_judgement_about_records_that_nobody_holds_is_shown_as_without_effect(row: dict) -> None:
    assert found(row) == [[NO_RECORD, "j1", False]]


def test_a_resident_of_whom_one_record_is_left_is_still_judged() -> None:
    assert found(about_resident(1, "not_this_address", [A, C], uprn="1")) == []


def test_two_people_whom_the_source_has_made_one_record_are_shown() -> None:
    assert found(judged(1, "different_person", A, A)) == [[ONE_RECORD, "j1", False]]


def test_an_address_judged_wrong_that_a_later_record_states_is_shown_with_who_joined_it() -> None:
    wrong = about_resident(1, "not_this_address", [A], uprn="100")
    joined = judged(2, left=A, right=B)
    together = clusters(one=[A, B])
    assert found(wrong, joined, members=together, said=stating((A, "100"), (B, "100"))) == [
        [STATED_SINCE, "j1", True],
        [STATED_SINCE, "j2", True],
    ]
    assert found(wrong, members=together, said=stating((B, "100"))) == [[STATED_SINCE, "j1", True]]


def test_withdrawing_the_address_judgement_ends_the_conflict() -> None:
    wrong = about_resident(1, "not_this_address", [A], uprn="100")
    assert found(wrong, withdrawn(3, "j1"), members=clusters(one=[A, B]), said=stating((B, "100"))) == []


def test_a_restricted_record_judged_to_be_one_with_an_unrestricted_is_shown() -> None:
    restricted = about_resident(1, "restrict_processing", [A])
    rows = found(restricted, judged(2), members=clusters(two=[B]), aside=[(A, "j1")])
    assert rows == [[JOINED_TO_RESTRICTED, "j1", True], [JOINED_TO_RESTRICTED, "j2", False]]


def test_two_restricted_records_may_be_one_person() -> None:
    restricted = about_resident(1, "restrict_processing", [A, B])
    assert found(restricted, judged(2), members=clusters(three=[C]), aside=[(A, "j1"), (B, "j1")]) == []


def test_a_restriction_whose_records_are_set_aside_has_its_effect() -> None:
    assert (
        found(about_resident(1, "restrict_processing", [A]), members=clusters(two=[B]), aside=[(A, "j1")])
        == []
    )
