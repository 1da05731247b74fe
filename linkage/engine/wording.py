"""An explanation in words: a sentence that a social worker understands, and the waterfall as plain text."""

from linkage.engine.classes import HOUSEHOLD
from linkage.engine.explain import AND, LEVEL, NOT_KNOWN, RARITY, TOLD, Explanation, Step, attribute_bits
from linkage.engine.spec import DIFFERS

VERDICTS = (
    (0.999, "Almost certainly the same person"),
    (0.95, "Very likely the same person"),
    (0.5, "More likely the same person than not"),
    (0.05, "More likely two different people"),
    (0.0, "Almost certainly two different people"),
)
"""Least match probability of each verdict."""
STRENGTHS = ((6.0, "strongly"), (2.0, "clearly"), (0.0, "a little"))
"""Least bits of each word: 6 bits make the odds 64 times larger, 2 bits four times."""
WORTH_SAYING = 0.5
"""Bits below which an attribute is passed over in silence."""
MOST_REASONS = 4
RARE = 1.0
"""Bits from which the rarity of a value is told: twice as rare as the values that strangers share, or half."""
AGREES = ("exact", "same property")
RIVALS = {HOUSEHOLD: "another member of the household or family", "stranger": "a stranger"}
WIDTH, NAME_WIDTH = 24, 34
NAMED = {"prior": "before looking at anything", RARITY: "how rare the shared value is"}


def readable(name: str) -> str:
    """A name as people read it."""
    return name.replace("_", " ")


def sentence(explanation: Explanation) -> str:
    """Verdict and reasons in plain words; no value of a person in it."""
    if explanation.is_apart:
        return "Two different people: the source holds the two records as two people, whatever they agree on."
    probability = explanation.match_probability
    verdict = next(words for least, words in VERDICTS if probability >= least)
    told = {
        name: parts
        for name, parts in attribute_bits(explanation).items()
        if abs(sum(parts[1:])) >= WORTH_SAYING
    }
    weight = {name: bits + rarity for name, (_, bits, rarity) in told.items()}
    for_it = sorted((n for n in told if weight[n] > 0), key=lambda n: -weight[n])[:MOST_REASONS]
    against = sorted((n for n in told if weight[n] < 0), key=lambda n: weight[n])[:MOST_REASONS]
    parts = [verdict + "."]
    if for_it:
        parts.append(f"For it speaks that {_listed([_fact(n, *told[n]) for n in for_it])}.")
    if against:
        facts = _listed([_fact(n, *told[n]) for n in against])
        parts.append(f"Against it speaks, {_strength(weight[against[0]])}, that {facts}.")
    parts.append(_of_rival(explanation))
    return " ".join(parts + _unknown(explanation))


def _fact(name: str, level: str, bits: float, rarity: float) -> str:
    """What the records show of one attribute."""
    if name == "source":
        return (
            "they come from two sources"
            if level == DIFFERS
            else "one source holds both, and it seldom repeats a person"
        )
    if level == DIFFERS:
        return f"the {readable(name)} differs"
    if AND in name:
        return f"{readable(name)} together are {'rare' if rarity > 0 else 'shared by many'}"
    fact = f"the {readable(name)} agrees" if level in AGREES else f"the {readable(name)} is alike ({level})"
    if rarity >= RARE:
        return f"{fact} and is rare"
    if rarity <= -RARE or (level in AGREES and bits + rarity < 0):
        return f"{fact} but is shared by many"
    return fact


def _strength(bits: float) -> str:
    return next(word for least, word in STRENGTHS if abs(bits) >= least)


def _listed(facts: list[str]) -> str:
    return facts[0] if len(facts) == 1 else f"{', '.join(facts[:-1])} and {facts[-1]}"


def _of_rival(explanation: Explanation) -> str:
    rival = RIVALS[explanation.rival]
    if explanation.rival_weight > 0:
        return (
            f"If they were two people, the other would most likely be {rival}, who would seldom agree so far."
        )
    return f"It is more likely that the other is {rival}."


def _unknown(explanation: Explanation) -> list[str]:
    names = [readable(step.name) for step in explanation.steps if step.level == NOT_KNOWN]
    return [f"Not known in both records: {', '.join(names)}."] if names else []


def describe(step: Step) -> str:
    """What a line of the waterfall is about."""
    if step.what == LEVEL:
        return f"{readable(step.name)}: {step.level}"
    return NAMED["prior"] if step.what != RARITY else f"{readable(step.name)}: {NAMED[RARITY]}"


def spoken(explanation: Explanation) -> list[Step]:
    """The lines of the waterfall that say something."""
    return [step for step in explanation.steps if step.level not in (NOT_KNOWN, TOLD)]


def bar(bits: float, largest: float, width: int = WIDTH) -> tuple[str, str]:
    """A bar to the left and one to the right of the middle, one of them empty, each `width` characters."""
    length = round(width * min(abs(bits) / max(largest, 1e-9), 1.0))
    drawn = "█" * length
    return ("" if bits > 0 else drawn).rjust(width), (drawn if bits > 0 else "").ljust(width)


def totals(explanation: Explanation) -> list[tuple[str, float]]:
    """The sums below the waterfall: against the rival, and against both alternatives."""
    return [
        (f"sum, against {RIVALS[explanation.rival]}", explanation.rival_weight),
        ("match weight, against both", explanation.match_weight),
    ]


def plain_text(explanation: Explanation) -> str:
    """The sentence and the waterfall as plain text, one line a step; values only where the explanation holds them."""
    steps = spoken(explanation)
    largest = max(abs(step.bits) for step in steps)
    lines = [sentence(explanation), ""]
    for step in steps:
        left, right = bar(step.bits, largest)
        lines.append(f"{step.bits:+8.2f} {left}|{right} {describe(step)}".rstrip())
    lines += [f"{bits:+8.2f} {name}" for name, bits in totals(explanation)]
    lines.append(f"match probability {explanation.match_probability:.4%}")
    held = [
        f"{readable(name)}: {one or '-'} / {other or '-'}"
        for name, (one, other) in explanation.values.items()
    ]
    return "\n".join([*lines, *([""] if held else []), *held])
