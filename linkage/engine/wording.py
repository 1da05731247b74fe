"""An explanation in words: a sentence that a social worker understands, and what the lines of the waterfall say."""

from linkage.engine.classes import HOUSEHOLD, STRANGER
from linkage.engine.explain import AND, LEVEL, NOT_KNOWN, RARITY, TOLD, Explanation, Step, attribute_bits
from linkage.engine.program import SOURCE
from linkage.engine.spec import DIFFERS

VERDICTS = (
    (10.0, "Almost certainly", "hardly ever"),
    (4.25, "Very likely", "seldom"),
    (2.0, "More likely", "sometimes"),
    (1.0, "More likely", "often"),
    (0.0, "Hard to say; a little more likely", "almost half the time"),
)
"""Least bits, how sure the verdict then is, and how often it is wrong: once in 1,000, 20, 5, 3 pairs."""
STRENGTHS = ((6.0, "strongly"), (2.0, "clearly"), (0.0, "a little"))
"""Least bits of each word: 6 bits make the odds 64 times larger, 2 bits four times."""
WORTH_SAYING = 0.5
"""Bits below which an attribute is passed over in silence."""
MOST_REASONS = 4
RARE = 1.0
"""Bits from which the rarity of a value is told: twice as rare as the values that strangers share, or half."""
BOTH_RIVALS = 0.8
"""Share of the likelier alternative below which the other is named too: it is then at least a quarter as likely."""
AGREES = ("exact", "same property")
TOO_LITTLE_AGREES = (
    "Nothing known speaks clearly against it, but what agrees is too little to make them one person."
)
TOO_LITTLE_IS_KNOWN = "Too little is known of both records to make them one person."
RIVALS = {HOUSEHOLD: "another member of the household or family", STRANGER: "a stranger"}
TWO_OF = {HOUSEHOLD: "two members of one household or family", STRANGER: "two strangers"}
AMONG = {HOUSEHOLD: "within a household or family", STRANGER: "between strangers"}
WIDTH = 24
NAMED = {"prior": "before looking at anything", RARITY: "how rare the shared value is"}


def readable(name: str) -> str:
    """A name as people read it."""
    return name.replace("_", " ")


def sentence(explanation: Explanation) -> str:
    """Verdict and reasons in plain words; no value of a person in it."""
    if explanation.is_apart:
        return "Two different people: the source holds the two records as two people, whatever they agree on."
    weight = explanation.match_weight
    _, sure, wrong = next(verdict for verdict in VERDICTS if abs(weight) >= verdict[0])
    verdict = f"{sure} {'the same person' if weight > 0 else 'two different people'}."
    return " ".join(
        [verdict, *_reasons(explanation), _of_such_pairs(explanation, wrong), *_unknown(explanation)]
    )


def _reasons(explanation: Explanation) -> list[str]:
    """What speaks for one person and what against; where two people are likelier, always why."""
    told = {
        name: parts
        for name, parts in attribute_bits(explanation).items()
        if abs(sum(parts[1:])) >= WORTH_SAYING
    }
    weight = {name: bits + rarity for name, (_, bits, rarity) in told.items()}
    strongest = sorted(told, key=lambda name: -abs(weight[name]))
    for_it = [name for name in strongest if weight[name] > 0][:MOST_REASONS]
    against = [name for name in strongest if weight[name] < 0][:MOST_REASONS]
    facts = {name: _fact(name, *told[name], rival=explanation.rival) for name in (*for_it, *against)}
    reasons = []
    if for_it:
        reasons.append(f"For one person speaks: {'; '.join(facts[name] for name in for_it)}.")
    if against:
        how, it = _strength(weight[against[0]]), "it" if for_it else "one person"
        reasons.append(f"Against {it} speaks, {how}: {'; '.join(facts[name] for name in against)}.")
    elif explanation.match_weight <= 0:
        reasons.append(TOO_LITTLE_AGREES if for_it else TOO_LITTLE_IS_KNOWN)
    return reasons


def _fact(name: str, level: str, bits: float, rarity: float, *, rival: str) -> str:
    """What the records show of one attribute, told so that it is plain why it speaks for one person or against."""
    speaks_for = bits + rarity > 0
    end, be = ("", "are") if _is_plural(name) else ("s", "is")
    fact = f"the {readable(name)} agree{end}"
    if name == SOURCE:
        fact = _of_source(level, speaks_for=speaks_for)
    elif AND in name:
        fact = (
            f"{readable(name)} together are {'rarer' if speaks_for else 'less rare'} than each alone suggests"
        )
    elif level == DIFFERS:
        fact = f"the {readable(name)} differ{end}" + (f", which is rare {AMONG[rival]}" if speaks_for else "")
    elif level not in AGREES:
        fact += f" {'in part' if speaks_for else 'only in part'} ({level})"
    elif rarity <= (-RARE if speaks_for else -WORTH_SAYING):
        fact += f" but {be} shared by many"
    elif not speaks_for:
        fact += f", which is common {AMONG[rival]}"
    elif rarity >= RARE:
        fact += f" and {be} rare"
    return fact


def _of_source(level: str, *, speaks_for: bool) -> str:
    if level == DIFFERS:
        return "they come from two sources"
    return f"one source holds both, and it {'often' if speaks_for else 'seldom'} repeats a person"


def _is_plural(name: str) -> bool:
    return name.endswith("s") and not name.endswith(("ss", "us", "is", "as"))


def _strength(bits: float) -> str:
    return next(word for least, word in STRENGTHS if abs(bits) >= least)


def _of_such_pairs(explanation: Explanation, wrong: str) -> str:
    """How often the verdict is wrong of pairs that agree alike, and what two people would be to each other."""
    rival = explanation.rival
    share = 2.0 ** (explanation.match_weight - explanation.rival_weight)
    other = STRANGER if rival == HOUSEHOLD else HOUSEHOLD
    named = f"mostly of {TWO_OF[rival]}"
    if share < BOTH_RIVALS:
        named = f"of {TWO_OF[rival]} or {TWO_OF[other]}"
    if explanation.match_weight > 0:
        return f"Records that agree so far are {wrong} of two people, and then {named}."
    return f"Records that agree no further are {wrong} of one person, otherwise {named}."


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
