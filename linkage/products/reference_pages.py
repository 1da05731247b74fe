"""The reference pages on measures and maturity, written from the YAML that decides them."""

from linkage.products.maturity_rules import MaturityRules, MeasuredPart, Theme, load_rules
from linkage.products.measures import Measure, load_measures, measure_of
from linkage.products.overall import MEANING, RULE_WORDS
from linkage.products.wording import ATTRIBUTE_LABELS, plain

GENERATED = (
    "<!-- Written by linkage.products.reference_pages from {source}. Change that file, not this page. -->"
)

QUALITY_INTRODUCTION = """# Quality figures

Every run measures itself. A figure has a measure, a scope (one source, or `index` for all of them
together), a value, what was counted (numerator), out of how many (denominator), and one sentence that says
it in words. The figures are in the table `quality_figure`, in `quality.json` and on the report page. They
are counts and shares: no figure holds a value of a person.

Dimensions are the six of the UK Government Data Quality Framework: completeness, uniqueness, consistency,
timeliness, validity and accuracy. A plain count has the dimension `volume`. A share with nothing to count
has no figure.
"""

MATURITY_INTRODUCTION = """# Maturity of integrated customer data

The Wales Audit Office's maturity model for the use of data (2018) has seven characteristics. This page is
about one of them, integrated customer data. Its six themes are each at level 1, 2 or 3. A level is decided
by parts. A **measured** part compares a figure of the run with two thresholds. A **self-declared** part is
what the council says of itself in `declared.yaml`, with the post that said it and when; nothing in a run
can confirm it. A theme with both is **mixed**. A part that was not measured or not answered is level 1:
what is not shown is not claimed.

The model gives no thresholds. Those below are this project's own, and each gives its reason.
"""


def quality_page() -> str:
    """`docs/reference/quality.md`: every measure, in the order of the report."""
    sections = [_measure_section(name, measure) for name, measure in load_measures().items()]
    attributes = ", ".join(f"`{name}` ({plain(name)})" for name in ATTRIBUTE_LABELS)
    head = [GENERATED.format(source="linkage/products/measures.yaml"), QUALITY_INTRODUCTION]
    return "\n".join([*head, f"Attributes: {attributes}.\n", *sections]).rstrip() + "\n"


def maturity_page() -> str:
    """`docs/reference/maturity.md`: every theme with its parts, the overall rule, and how to declare."""
    rules = load_rules()
    head = [GENERATED.format(source="linkage/products/maturity.yaml"), MATURITY_INTRODUCTION]
    themes = [_theme_section(theme, rules) for theme in rules.themes.values()]
    return "\n".join([*head, _rules_section(rules), *themes, _declaring_section(rules)]).rstrip() + "\n"


def _measure_section(name: str, measure: Measure) -> str:
    shown = f"{name}_<{measure.per}>" if measure.per else name
    better = {"higher": "Higher is better.", "lower": "Lower is better.", "neither": "Neither way is better."}
    lines = [
        f"## {measure.label}\n",
        f"`{shown}` | {measure.dimension} | {measure.unit}\n",
        f"{measure.meaning} {better[measure.better]}\n",
    ]
    if measure.repeats_by_design:
        lines.append("Sources that repeat a person by design:\n")
        lines += [f"* `{source}`: {reason}" for source, reason in measure.repeats_by_design.items()]
        lines.append("")
    return "\n".join(lines)


def _rules_section(rules: MaturityRules) -> str:
    others = "\n".join(
        f"| {RULE_WORDS[rule].format(things='themes')} | {MEANING[rule]} |" for rule in RULE_WORDS
    )
    return (
        f"## From parts to a theme, from themes to the whole\n\n"
        f"{RULE_WORDS[rules.theme_rule.rule].format(things='parts')} is the level of a theme. "
        f"{rules.theme_rule.reason}\n\n"
        f"{RULE_WORDS[rules.overall.rule].format(things='themes')} is the level overall. "
        f"{rules.overall.reason}\n\n"
        f"The report shows what each rule would say:\n\n| rule | what it means |\n|---|---|\n{others}\n"
    )


def _theme_section(theme: Theme, rules: MaturityRules) -> str:
    levels = "\n".join(f"* Level {level}: {words}" for level, words in enumerate(theme.levels, start=1))
    measured = [_measured_text(part) for part in theme.measured]
    declared = [_declared_text(part.question, part.lift, rules) for part in theme.declared]
    return "\n".join([f"## {theme.title} ({theme.basis})\n\n{levels}\n", *measured, *declared])


def _measured_text(part: MeasuredPart) -> str:
    measure = measure_of(part.measure)
    at = "at least" if part.at_least else "at most"
    return (
        f"**{part.title}** (measured, `{part.measure}` of the index)\n\n"
        f"* Level 2: {at} {measure.text_of(part.level_2)}. {part.level_2_reason}\n"
        f"* Level 3: {at} {measure.text_of(part.level_3)}. {part.level_3_reason}\n"
    )


def _declared_text(name: str, lift: str, rules: MaturityRules) -> str:
    answers = ", ".join(
        f"`{answer}` is level {level}" for answer, level in rules.questions[name].answers.items()
    )
    return (
        f"**{rules.questions[name].question}** (self-declared, `{name}`)\n\n* Answers: {answers}.\n"
        f"* What would lift it: {lift}\n"
    )


def _declaring_section(rules: MaturityRules) -> str:
    questions = ", ".join(f"`{name}`" for name in rules.questions)
    return (
        "## Declaring\n\n"
        "The answers are a YAML file, `linkage/products/declared.yaml` for the sample council. "
        "Each answer has:\n\n"
        f"* `question`: one of {questions};\n"
        "* `answer`: one of the answers above;\n"
        "* `answered_by`: a post, not a person's name;\n"
        "* `answered_on`: a date;\n"
        "* `note`: what the answer rests on.\n\n"
        "An unknown question or answer is refused with a message that names what was expected.\n"
    )
