"""The sentence of an explanation never says otherwise than the weight, and always says why."""

import re

import numpy as np
import pytest

from benchmarks.people import simulate_people
from linkage.engine.classes import HOUSEHOLD, STRANGER
from linkage.engine.explain import NOT_KNOWN, Explanation, Step, explain_pair
from linkage.engine.linking import Weigher, link_records
from linkage.engine.spec import parse_spec
from linkage.engine.wording import TWO_OF, sentence

KINDS = ("forename", "surname", "birth_date", "sex", "address", "postcode", "phone", "email")
SPEC = {"record_id": "record_id", "source": "source", "columns": {kind: kind for kind in KINDS}}
CLOSE = 8.0


def told(
    weight: float, *steps: tuple[str, str, float, float], rival: str = STRANGER, rival_share: float = 1.0
) -> Explanation:
    """An explanation of one match weight; a step is attribute, level, bits of the level, bits of the rarity."""
    lines = [Step("prior", "prior", "", -17.0)]
    for name, level, bits, rarity in steps:
        lines.append(Step(name, "level", level, bits))
        lines += [Step(name, "rarity", level, rarity)] if rarity else []
    return Explanation(
        tuple(lines), rival, weight - float(np.log2(rival_share)), weight, -20.0, is_apart=False
    )


@pytest.fixture(scope="module")
def near() -> list[Explanation]:
    """Explanations of all pairs that are not far from undecided."""
    people = simulate_people(2500, setting="hard", seed=2).table
    linked = link_records(people, parse_spec(SPEC, "test"), threads=2)
    weigher, found = Weigher.of(linked.prepared, linked.model), linked.candidates
    chosen = np.flatnonzero(np.abs(linked.match_weight) < CLOSE)
    assert len(chosen) > 100
    return [explain_pair(weigher, int(found.left[n]), int(found.right[n])) for n in chosen]


def test_two_people_are_never_the_verdict_without_a_reason_against(near: list[Explanation]) -> None:
    for explanation in near:
        if explanation.match_weight <= 0:
            assert re.search(r"Against|Nothing known speaks|Too little is known", sentence(explanation))


def test_the_verdict_follows_the_match_weight_and_not_one_rival(near: list[Explanation]) -> None:
    said = {explanation.match_weight: sentence(explanation).split(".")[0] for explanation in near}
    assert all(
        verdict.endswith("the same person" if weight > 0 else "two different people")
        for weight, verdict in said.items()
    )
    assert any(explanation.match_weight <= 0 < explanation.rival_weight for explanation in near)


def test_seldom_is_said_only_where_it_is_seldom(near: list[Explanation]) -> None:
    for explanation in near:
        odds = 2 ** abs(explanation.match_weight)
        assert ("seldom of" in sentence(explanation)) == (19 < odds < 1024)


@pytest.mark.parametrize(
    ("weight", "verdict", "wrong"),
    [
        (12.0, "Almost certainly the same person. ", "hardly ever of two people"),
        (5.0, "Very likely the same person. ", "seldom of two people"),
        (3.0, "More likely the same person. ", "sometimes of two people"),
        (1.5, "More likely the same person. ", "often of two people"),
        (0.4, "Hard to say; a little more likely the same person. ", "almost half the time of two people"),
        (-0.4, "Hard to say; a little more likely two different people. ", "almost half the time of one person"),
        (-1.5, "More likely two different people. ", "often of one person"),
        (-3.0, "More likely two different people. ", "sometimes of one person"),
        (-5.0, "Very likely two different people. ", "seldom of one person"),
        (-12.0, "Almost certainly two different people. ", "hardly ever of one person"),
    ],
)  # fmt: skip
def test_verdict_and_how_often_it_is_wrong_are_graded_alike(weight: float, verdict: str, wrong: str) -> None:
    said = sentence(told(weight, ("surname", "exact", 9.0, 0.0)))
    assert said.startswith(verdict)
    assert wrong in said


@pytest.mark.parametrize("weight", [1.0, -1.0])
def test_both_rivals_are_named_where_they_are_close(weight: float) -> None:
    close = sentence(told(weight, rival=HOUSEHOLD, rival_share=0.62))
    assert f"of {TWO_OF[HOUSEHOLD]} or {TWO_OF[STRANGER]}" in close
    clear = sentence(told(weight, rival=HOUSEHOLD, rival_share=0.95))
    assert f"mostly of {TWO_OF[HOUSEHOLD]}" in clear
    assert TWO_OF[STRANGER] not in clear


def test_where_nothing_differs_it_is_said_that_it_is_too_little() -> None:
    agrees = sentence(told(-0.43, ("surname", "exact", 9.0, -2.0), ("phone", NOT_KNOWN, 0.0, 0.0)))
    assert "what agrees is too little to make them one person" in agrees
    assert agrees.endswith("Not known in both records: phone.")
    assert "Too little is known of both records" in sentence(told(-17.0, ("phone", NOT_KNOWN, 0.0, 0.0)))


@pytest.mark.parametrize(
    ("step", "fact"),
    [
        (("middle_names", "exact", 4.0, 0.0), "For one person speaks: the middle names agree."),
        (("middle_names", "exact", 4.0, 2.0), "the middle names agree and are rare."),
        (("address", "differs", -3.0, 0.0), "speaks, clearly: the address differs."),
        (("address", "same postcode", -2.0, 0.0), "the address agrees only in part (same postcode)."),
        (("forename", "close", 3.0, 0.0), "the forename agrees in part (close)."),
        (("surname", "exact", 9.0, -2.0), "For one person speaks: the surname agrees but is shared by many."),
        (("address", "same property", -0.1, -0.7), "the address agrees but is shared by many."),
        (("forename and surname", "exact", 0.0, -4.0), "together are less rare than each alone suggests."),
        (("source", "both from libraries", -4.0, 0.0), "one source holds both, and it seldom repeats a person."),
        (("source", "both from libraries", 2.0, 0.0), "one source holds both, and it often repeats a person."),
    ],
)  # fmt: skip
def test_a_fact_says_why_it_speaks_as_it_does(step: tuple[str, str, float, float], fact: str) -> None:
    assert fact in sentence(told(-1.0, step))


def test_what_agrees_or_differs_against_expectation_is_told_by_the_rival() -> None:
    agrees = sentence(told(-1.0, ("address", "same property", -0.9, 0.0), rival=HOUSEHOLD))
    assert "the address agrees, which is common within a household or family" in agrees
    differs = sentence(told(1.0, ("address", "differs", 1.0, 0.0), rival=HOUSEHOLD))
    assert "the address differs, which is rare within a household or family" in differs
