"""Levels follow from the rules, and every rule says why."""

import datetime
import itertools
import math

import pandas as pd
import pytest
import yaml

from linkage import products
from linkage.errors import SettingsError
from linkage.products.declared import Answer, Declared
from linkage.products.maturity import OVERALL, TOP
from linkage.products.maturity_rules import RULES_FILE, MaturityRules, load_rules
from linkage.products.measures import measure_of
from linkage.schema import MATURITY_SCORE, QUALITY_FIGURE, check, conform

RULES = load_rules()
THEMES = list(RULES.themes)


def figures_at(level: int, *, without: str = "") -> pd.DataFrame:
    """Figures that put every measured part exactly on a threshold, or below the first."""
    rows = []
    for part in [
        part for theme in RULES.themes.values() for part in theme.measured if part.measure != without
    ]:
        worse = part.level_2 - 0.01 if part.at_least else part.level_2 + 0.01
        value = {1: worse, 2: part.level_2, 3: part.level_3}[level]
        rows.append({"measure": part.measure, "value": value, "numerator": 1.0, "denominator": 2.0})
    frame = pd.DataFrame(rows).assign(
        run_id="r", scope="index", dimension="accuracy", description="A figure."
    )
    return conform(frame, QUALITY_FIGURE)


def declared_at(level: int, *, without: str = "") -> Declared:
    answers = [
        Answer(
            question=name,
            answer=next(answer for answer, reached in question.answers.items() if reached == level),
            answered_by="Head of data",
            answered_on=datetime.date(2026, 7, 1),
        )
        for name, question in RULES.questions.items()
        if name != without
    ]
    return Declared(council="Anywhere", answers=tuple(answers))


def levels_of(scores: pd.DataFrame) -> dict[str, int]:
    return scores.set_index("theme")["level"].to_dict()


@pytest.mark.parametrize("level", [1, 2, 3])
def test_every_theme_can_reach_every_level(level) -> None:
    scores = products.maturity_scores(figures_at(level), declared_at(level), run_id="r")
    check(scores, MATURITY_SCORE)
    assert levels_of(scores) == dict.fromkeys([*THEMES, OVERALL], level)


@pytest.mark.parametrize(("measured", "declared"), list(itertools.permutations([1, 2, 3], 2)))
def test_a_mixed_theme_is_as_strong_as_its_weaker_half(measured, declared) -> None:
    scores = products.maturity_scores(figures_at(measured), declared_at(declared), run_id="r")
    mixed = scores[scores["basis"].eq("mixed") & scores["theme"].ne(OVERALL)]
    assert set(mixed["level"]) == {min(measured, declared)}
    assert set(scores.loc[scores["basis"] == "measured", "level"]) == {measured}


def test_a_figure_that_was_not_measured_is_not_claimed() -> None:
    scores = products.maturity_scores(figures_at(3, without="validity"), declared_at(3), run_id="r")
    row = scores.set_index("theme").loc["standardisation"]
    assert row["level"] == 1
    assert "not measured in this run" in row["evidence"]
    assert levels_of(scores)["cleansing"] == 3


def test_a_question_without_an_answer_is_not_claimed() -> None:
    scores = products.maturity_scores(figures_at(3), declared_at(3, without="apply_once"), run_id="r")
    assert levels_of(scores)["applying_for_services"] == 1
    assert levels_of(scores)[OVERALL] == 1


def test_a_top_theme_has_nothing_to_lift_and_others_say_what_would() -> None:
    scores = products.maturity_scores(figures_at(3), declared_at(2), run_id="r").set_index("theme")
    assert (scores.loc[scores["level"] == 3, "lift"] == TOP).all()
    assert (scores.loc[scores["level"] < 3, "lift"] != TOP).all()


def test_what_would_lift_a_theme_names_only_the_parts_that_hold_it_back() -> None:
    scores = products.maturity_scores(figures_at(3), declared_at(1), run_id="r").set_index("theme")
    asked = RULES.themes["duplication"].declared[0]
    assert scores.loc["duplication", "lift"] == asked.lift


def test_a_score_is_never_a_bare_number(scores) -> None:
    assert (scores[["rule", "evidence", "lift"]].apply(lambda column: column.str.len()) > 20).to_numpy().all()
    declared = scores[scores["basis"] == "mixed"]
    assert declared.loc[declared["theme"] != OVERALL, "evidence"].str.contains("self-declared").all()


def test_every_rule_gives_its_reasons_evidence_and_lift() -> None:
    document = yaml.safe_load(RULES_FILE.read_text(encoding="utf-8"))
    for theme in document["themes"].values():
        for part in theme["measured"]:
            assert all(part[key].strip() for key in ("level_2_reason", "level_3_reason", "evidence", "lift"))
            assert "{value}" in part["lift"]
            assert "{target}" in part["lift"]
            assert measure_of(part["measure"])
        assert all(part["lift"].strip() for part in theme["declared"])
    assert document["overall"]["reason"].strip()
    assert document["theme_rule"]["reason"].strip()


def test_every_measured_part_of_the_rules_is_measured_on_a_full_run(figures) -> None:
    index = set(figures.loc[figures["scope"] == "index", "measure"])
    assert {part.measure for theme in RULES.themes.values() for part in theme.measured} <= index


def test_every_question_can_be_answered_at_every_level() -> None:
    assert all(sorted(question.answers.values()) == [1, 2, 3] for question in RULES.questions.values())


def test_a_level_3_easier_than_level_2_is_refused() -> None:
    document = yaml.safe_load(RULES_FILE.read_text(encoding="utf-8"))
    document["themes"]["duplication"]["measured"][0]["level_3"] = 0.5
    with pytest.raises(ValueError, match="level 3 must be harder"):
        MaturityRules.model_validate(document)


@pytest.mark.parametrize(
    ("rule", "level", "unrounded"), [("lowest", 1, 1.0), ("mean", 2, 14 / 6), ("median", 2, 2.5)]
)
def test_the_other_rules_say_what_they_would(rule, level, unrounded) -> None:
    scores = pd.DataFrame({"theme": [*THEMES, OVERALL], "level": [1, 2, 2, 3, 3, 3, 1]})
    row = products.sensitivity(scores).set_index("rule").loc[rule]
    assert row["level"] == level
    assert math.isclose(row["unrounded"], unrounded)
    assert row["is_chosen"] == (rule == "lowest")


@pytest.mark.parametrize(("rule", "level"), [("lowest", 1), ("mean", 2), ("median", 3)])
def test_the_overall_rule_is_the_one_in_the_rules(rule, level) -> None:
    rules = RULES.model_copy(update={"overall": RULES.overall.model_copy(update={"rule": rule})})
    # Every declared part at level 1 puts the four mixed themes at 1; the two measured ones stay at 3.
    mixed_low = products.maturity_scores(figures_at(3), declared_at(1), run_id="r", rules=rules)
    assert levels_of(mixed_low)[OVERALL] == 1
    one_low = products.maturity_scores(
        figures_at(3), declared_at(3, without="apply_once"), run_id="r", rules=rules
    )
    assert levels_of(one_low)[OVERALL] == level


def test_the_shipped_answers_are_read_and_each_has_a_post_and_a_date() -> None:
    declared = products.read_declared()
    assert {answer.question for answer in declared.answers} == set(RULES.questions)
    assert all(answer.answered_by and answer.answered_on for answer in declared.answers)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("council: [", "not YAML"),
        ("answers: []", "council"),
        ("council: A\nanswers: [{question: x, answer: y, answered_by: z, answered_on: 2026-01-01}]",
         "expected a question"),
        ("council: A\nanswers: [{question: apply_once, answer: y, answered_by: z, answered_on: 2026-01-01}]",
         "no service"),
        ("council: A\nanswers: [{question: apply_once, answer: no service, answered_by: z}]", "answered_on"),
        ("- a", "the document"),
    ],
)  # fmt: skip
def test_answers_that_are_not_understood_are_refused_in_one_sentence(tmp_path, text, expected) -> None:
    path = tmp_path / "declared.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=expected):
        products.read_declared(path)


def test_a_file_of_answers_that_is_absent_is_refused(tmp_path) -> None:
    with pytest.raises(SettingsError, match=r"gone\.yaml cannot be read"):
        products.read_declared(tmp_path / "gone.yaml")
