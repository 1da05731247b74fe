"""How several levels become one, and what another rule would have said."""

import math
from collections.abc import Sequence
from statistics import fmean, median

import pandas as pd

from linkage.products.maturity_rules import MaturityRules, OverallRule, load_rules

RULE_WORDS: dict[OverallRule, str] = {
    "lowest": "The lowest level of its {things}",
    "mean": "The mean level of its {things}, rounded down",
    "median": "The middle level of its {things}, rounded down",
}
MEANING: dict[OverallRule, str] = {
    "lowest": "Nothing is claimed that every theme does not show.",
    "mean": "Strong themes make up for weak ones.",
    "median": "Half of the themes are at this level or above; one very weak theme does not show.",
}


def combined(levels: Sequence[int], rule: OverallRule) -> int:
    """One level from several: 1, 2 or 3."""
    return math.floor(_unrounded(levels, rule))


def sensitivity(scores: pd.DataFrame, *, rules: MaturityRules | None = None) -> pd.DataFrame:
    """What each rule would say of the same themes.

    Args:
        scores: Conforms to `MATURITY_SCORE`, one run; the row `overall` is left aside.
        rules: Rules of which one is chosen; the shipped ones when None.

    Returns:
        One row a rule: rule, in_words, meaning (text), unrounded (float), level (int), is_chosen (bool).
    """
    chosen = (rules or load_rules()).overall.rule
    levels = scores.loc[scores["theme"] != "overall", "level"].astype(int).tolist()
    rows = [
        {
            "rule": rule,
            "in_words": words.format(things="themes"),
            "meaning": MEANING[rule],
            "unrounded": _unrounded(levels, rule),
            "level": combined(levels, rule),
            "is_chosen": rule == chosen,
        }
        for rule, words in RULE_WORDS.items()
    ]
    return pd.DataFrame(rows)


def _unrounded(levels: Sequence[int], rule: OverallRule) -> float:
    if rule == "lowest":
        return float(min(levels))
    return fmean(levels) if rule == "mean" else float(median(levels))
