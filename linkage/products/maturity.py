"""Levels of the six themes of integrated customer data, each with rule, evidence and what would lift it."""

from dataclasses import dataclass

import pandas as pd

from linkage.products.declared import Declared
from linkage.products.maturity_rules import (
    DeclaredPart,
    MaturityRules,
    MeasuredPart,
    Question,
    StatedRule,
    Theme,
    load_rules,
)
from linkage.products.measures import measure_of
from linkage.products.overall import RULE_WORDS, combined
from linkage.products.tally import INDEX
from linkage.products.wording import day
from linkage.schema import MATURITY_SCORE, conform

OVERALL = "overall"
TOP = "nothing: this is the top level"


@dataclass(frozen=True, slots=True)
class PartScore:
    """Level of one part of a theme.

    Attributes:
        theme: Theme the part belongs to.
        title: What the part is about, in a few words.
        basis: measured or self-declared.
        level: 1, 2 or 3.
        rule: Thresholds, or answers, and their levels.
        evidence: The figure or the answer.
        lift: What would lift the part; `TOP` at level 3.
    """

    theme: str
    title: str
    basis: str
    level: int
    rule: str
    evidence: str
    lift: str


def maturity_parts(
    figures: pd.DataFrame, declared: Declared, *, rules: MaturityRules | None = None
) -> list[PartScore]:
    """Level of every part of every theme, in the order of the rules.

    Args:
        figures: Conforms to `QUALITY_FIGURE`, one run.
        declared: The council's own answers.
        rules: Rules to apply; the shipped ones when None.
    """
    rules = rules or load_rules()
    index = figures[figures["scope"] == INDEX].set_index("measure")
    scores = []
    for name, theme in rules.themes.items():
        scores += [_measured(name, part, index) for part in theme.measured]
        scores += [_declared(name, part, rules.questions[part.question], declared) for part in theme.declared]
    return scores


def maturity_scores(
    figures: pd.DataFrame, declared: Declared, *, run_id: str, rules: MaturityRules | None = None
) -> pd.DataFrame:
    """Level of each theme, and overall.

    Args:
        figures: Conforms to `QUALITY_FIGURE`, one run.
        declared: The council's own answers.
        run_id: Run that is scored.
        rules: Rules to apply; the shipped ones when None.

    Returns:
        Conforms to `MATURITY_SCORE`: the six themes in the order of the matrix, then `overall`.

    Source:
        Wales Audit Office, The maturity of local government in use of data, 2018, for themes and levels.
    """
    rules = rules or load_rules()
    parts = maturity_parts(figures, declared, rules=rules)
    themes = [
        _theme(name, theme, [part for part in parts if part.theme == name], rules.theme_rule)
        for name, theme in rules.themes.items()
    ]
    rows = [*themes, _overall(themes, rules)]
    return conform(pd.DataFrame(rows).assign(run_id=run_id), MATURITY_SCORE)


def _measured(theme: str, part: MeasuredPart, index: pd.DataFrame) -> PartScore:
    measure = measure_of(part.measure)
    at = "at least" if part.at_least else "at most"
    low, high = measure.text_of(part.level_2), measure.text_of(part.level_3)
    rule = f"{part.title}: level 2 from {at} {low}, level 3 from {at} {high}"
    if part.measure not in index.index:
        evidence = f"{part.title}: not measured in this run, so level 1."
        return PartScore(
            theme, part.title, "measured", 1, rule, evidence, f"Measure it: {part.title.lower()}."
        )
    figure = index.loc[part.measure]
    level = part.level_of(float(figure["value"]))
    words = {
        "value": measure.text_of(float(figure["value"])),
        "numerator": f"{float(figure['numerator']):,.0f}",
        "denominator": f"{float(figure['denominator']):,.0f}",
        "target": low if level == 1 else high,
    }
    lift = TOP if level == 3 else part.lift.format(**words)
    return PartScore(theme, part.title, "measured", level, rule, part.evidence.format(**words), lift)


def _declared(theme: str, part: DeclaredPart, question: Question, declared: Declared) -> PartScore:
    choices = ", ".join(f"'{answer}' is level {level}" for answer, level in question.answers.items())
    rule = f"{question.question} {choices}"
    answer = declared.answer_to(part.question)
    if answer is None:
        evidence = f"{question.question} Not answered, so level 1."
        return PartScore(theme, question.question, "self-declared", 1, rule, evidence, "Answer the question.")
    level = question.answers[answer.answer]
    said = f"the {answer.answered_by.lower()} on {day(answer.answered_on)}"
    evidence = f"{question.question} Answer: '{answer.answer}' (self-declared by {said})."
    evidence = f"{evidence} {answer.note}" if answer.note else evidence
    return PartScore(
        theme, question.question, "self-declared", level, rule, evidence, TOP if level == 3 else part.lift
    )


def _theme(name: str, theme: Theme, parts: list[PartScore], stated: StatedRule) -> dict[str, object]:
    """A theme's level; what would lift it are the lifts of the parts that hold it at this level."""
    level = combined([part.level for part in parts], stated.rule)
    holding = [part.lift for part in parts if part.level <= level]
    return {
        "theme": name,
        "level": level,
        "basis": theme.basis,
        "rule": f"{_sentence(RULE_WORDS[stated.rule], 'parts')} {_joined([part.rule for part in parts])}",
        "evidence": " ".join(part.evidence for part in parts),
        "lift": TOP if level == 3 else " ".join(holding),
    }


def _overall(themes: list[dict[str, object]], rules: MaturityRules) -> dict[str, object]:
    levels = [int(str(theme["level"])) for theme in themes]
    level = combined(levels, rules.overall.rule)
    titles = {name: theme.title for name, theme in rules.themes.items()}
    holding = [titles[str(t["theme"])] for t in themes if int(str(t["level"])) <= level]
    bases = {str(theme["basis"]) for theme in themes}
    return {
        "theme": OVERALL,
        "level": level,
        "basis": bases.pop() if len(bases) == 1 else "mixed",
        "rule": f"{_sentence(RULE_WORDS[rules.overall.rule], 'themes')} {rules.overall.reason}",
        "evidence": ", ".join(f"{titles[str(t['theme'])]} {t['level']}" for t in themes) + ".",
        "lift": TOP if level == 3 else f"Lift the themes that hold it back: {', '.join(holding)}.",
    }


def _sentence(words: str, things: str) -> str:
    return f"{words.format(things=things)}."


def _joined(rules: list[str]) -> str:
    return " ".join(rule if rule.endswith(".") else f"{rule}." for rule in rules)
