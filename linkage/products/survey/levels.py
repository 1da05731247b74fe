"""Levels that a survey gives, how many answered, and what other rules would say of the same answers."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from linkage.products.survey.rules import GROUPS, INTEGRATED, SurveyRules, load_survey_rules
from linkage.products.wording import count
from linkage.schema import CHARACTERISTIC_LEVEL, conform

PLACE = ["council", "respondent_group"]
ASKED = ["council", "characteristic"]
TOO_FEW = "Too few answered to give a level."
IN_WORDS: Mapping[str, str] = {
    "lowest_middle": "The lowest of the groups' middle answers",
    "lowest_mean": "The lowest of the groups' mean answers, rounded down",
    "mean": "The mean of the groups' mean answers, rounded down",
    "all_together": "The middle answer of all, officers and members together",
    "lower_quarter": "The level that three quarters of each group give or exceed",
    "officers": "The middle answer of the officers alone",
    "members": "The middle answer of the members alone, however small their share",
    "however_few": "The lowest of the groups' middle answers, however small the share that answered",
}
"""Every rule in words; `survey.yaml` chooses one of them."""


def response_rates(returns: pd.DataFrame) -> pd.DataFrame:
    """How many were asked and how many answered, by group and in all.

    Args:
        returns: Conforms to `SURVEY_RETURN`.

    Returns:
        One row a council and group, then one for both (group `all`): council, respondent_group, invited_count,
        answered_count (missing where nobody said how many were asked), share (float, likewise).
    """
    told = returns[[*PLACE, "invited_count", "answered_count"]]
    whole = told.groupby("council", as_index=False).agg(
        invited_count=("invited_count", lambda counts: counts.sum(skipna=False)),
        answered_count=("answered_count", "sum"),
    )
    rates = pd.concat([told, whole.assign(respondent_group="all")], ignore_index=True)
    asked = rates["invited_count"].astype("Float64")
    rates["share"] = (rates["answered_count"] / asked.where(asked > 0)).astype(float)
    order = rates["respondent_group"].map({name: place for place, name in enumerate((*GROUPS, "all"))})
    return (
        rates.assign(order=order).sort_values(["council", "order"], ignore_index=True).drop(columns="order")
    )


def characteristic_levels(
    answers: pd.DataFrame, returns: pd.DataFrame, scores: pd.DataFrame, *, run_id: str, own_council: str
) -> pd.DataFrame:
    """Level of every characteristic of every council.

    Args:
        answers: Conforms to `SURVEY_ANSWER`.
        returns: Conforms to `SURVEY_RETURN`.
        scores: Conforms to `MATURITY_SCORE`, one run.
        run_id: The run.
        own_council: The council whose index the run is of.

    Returns:
        Conforms to `CHARACTERISTIC_LEVEL`, in order of council and of the characteristics of the rules.
    """
    rules = load_survey_rules()
    levels = _levels(answers, returns, rules)[rules.chosen]
    councils = sorted({*returns["council"], own_council})
    said = _said(answers, returns, rules)
    rows = [
        _surveyed(council, name, levels.get((council, name)), said, rules)
        for council in councils
        for name in rules.asked
    ]
    rows += [_integrated(council, scores, is_own=council == own_council) for council in councils]
    frame = pd.DataFrame(rows).assign(run_id=run_id)
    place = frame["characteristic"].map({name: n for n, name in enumerate(rules.characteristics)})
    ordered = frame.assign(place=place).sort_values(["council", "place"]).drop(columns="place")
    return conform(ordered.astype({"level": "Int64"}), CHARACTERISTIC_LEVEL)


def survey_sensitivity(answers: pd.DataFrame, returns: pd.DataFrame) -> pd.DataFrame:
    """What each rule would say of the same answers.

    Args:
        answers: Conforms to `SURVEY_ANSWER`.
        returns: Conforms to `SURVEY_RETURN`.

    Returns:
        One row a rule, council and characteristic that was answered: rule, council, characteristic, level (missing
        where too few answered), is_chosen, differs (from the rule used).
    """
    rules = load_survey_rules()
    levels = _levels(answers, returns, rules)
    told = levels.melt(ignore_index=False, var_name="rule", value_name="level").reset_index()
    chosen = levels[rules.chosen].reindex(pd.MultiIndex.from_frame(told[ASKED])).to_numpy()
    differs = told["level"].fillna(0).to_numpy() != np.nan_to_num(chosen)
    return told.assign(
        level=told["level"].astype("Int64"), is_chosen=told["rule"].eq(rules.chosen), differs=differs
    )


def _levels(answers: pd.DataFrame, returns: pd.DataFrame, rules: SurveyRules) -> pd.DataFrame:
    """Level of each council and characteristic by each rule, as floats; missing where the rule gives none.

    No rule sees the answers of a group of which fewer answered than may be told.
    """
    groups = answers.groupby([*ASKED, "respondent_group"])["level"]
    told = pd.DataFrame(
        {
            "n": groups.size(),
            "middle": groups.median(),
            "mean": groups.mean(),
            "quarter": groups.quantile(0.25),
        }
    )
    told = told.reset_index().merge(counting_groups(returns, rules), on=PLACE, how="left")
    told = told[told["n"] >= rules.enough.answers]
    counts = told["counts"].astype(bool)
    every, counting = told.groupby(ASKED), told[counts].groupby(ASKED)
    shown = answers.merge(told[[*ASKED, "respondent_group"]])
    alone = {name: told[told["respondent_group"].eq(name)].set_index(ASKED)["middle"] for name in GROUPS}
    officers_count = counts[told["respondent_group"].eq("officers")].to_numpy()
    by_rule = {
        "lowest_middle": counting["middle"].min(),
        "lowest_mean": counting["mean"].min(),
        "mean": counting["mean"].mean(),
        "all_together": shown.groupby(ASKED)["level"].median(),
        "lower_quarter": counting["quarter"].min(),
        "officers": alone["officers"].where(officers_count),
        "members": alone["members"],
        "however_few": every["middle"].min(),
    }
    asked = pd.MultiIndex.from_frame(answers[ASKED].drop_duplicates().sort_values(ASKED))
    frame = pd.DataFrame(by_rule, columns=list(IN_WORDS)).reindex(asked).rename_axis(index=ASKED)
    # A mean of whole numbers may fall short of one by less than a computer can tell.
    return frame.astype(float).add(1e-9).apply(np.floor)


def counting_groups(returns: pd.DataFrame, rules: SurveyRules) -> pd.DataFrame:
    """Whether enough of each group answered: one row a group, with council, respondent_group and `counts`."""
    rates = response_rates(returns)
    groups = rates[rates["respondent_group"].ne("all")]
    return groups[PLACE].assign(counts=groups["share"].ge(rules.enough.share))


def _said(answers: pd.DataFrame, returns: pd.DataFrame, rules: SurveyRules) -> dict[tuple[str, str], str]:
    """What each group of each council said of each characteristic, in words."""
    given = answers.groupby([*ASKED, "respondent_group"])["level"].agg(["size", "median"]).reset_index()
    rates = response_rates(returns).merge(counting_groups(returns, rules), on=PLACE, how="left")
    told = given.merge(rates, on=PLACE, how="left")
    words: dict[tuple[str, str], str] = {}
    for row in told.sort_values("respondent_group", ascending=False).to_dict("records"):
        key = (str(row["council"]), str(row["characteristic"]))
        words[key] = f"{words.get(key, '')} {_group_words(row, rules)}".strip()
    return words


def _group_words(row: Mapping[object, object], rules: SurveyRules) -> str:
    name, size, middle = (
        str(row["respondent_group"]).capitalize(),
        int(str(row["size"])),
        float(str(row["median"])),
    )
    who = f"{name}: {count(float(str(row['answered_count'])))} answered"
    if not pd.isna(row["invited_count"]):  # type: ignore[call-overload]
        who = f"{who} of {count(float(str(row['invited_count'])))} asked ({float(str(row['share'])):.0%})"
    if size < rules.enough.answers:
        return f"{who}, too few to show what they said."
    if not bool(row["counts"]):
        return f"{who}, too few to count; their middle answer was {middle:g}."
    return f"{who}; the middle answer was {middle:g}."


def _surveyed(
    council: str, name: str, level: float | None, said: Mapping[tuple[str, str], str], rules: SurveyRules
) -> dict[str, object]:
    known = None if level is None or pd.isna(level) else int(level)
    lifts = rules.characteristics[name].lift
    lift = "Ask again, until enough of those asked answer."
    if known is not None:
        lift = "nothing: this is the top level" if known > len(lifts) else lifts[known - 1]
    evidence = said.get((council, name), "Nobody answered.")
    return {
        "council": council,
        "characteristic": name,
        "level": known,
        "basis": "survey",
        "rule": f"{IN_WORDS[rules.chosen]}. A group counts from {rules.enough.share:.0%} of those asked "
        f"and {rules.enough.answers} answers.",
        "evidence": evidence if known is not None else f"{TOO_FEW} {evidence}",
        "lift": lift,
    }


def _integrated(council: str, scores: pd.DataFrame, *, is_own: bool) -> dict[str, object]:
    overall = scores[scores["theme"].eq("overall")].to_dict("records")
    known = {"council": council, "characteristic": INTEGRATED}
    if is_own and overall:
        return {
            **known,
            **{name: overall[0][name] for name in ("level", "basis", "rule", "evidence", "lift")},
        }
    return {
        **known,
        "level": None,
        "basis": "measured",
        "rule": "Measured from the runs of the council's own index.",
        "evidence": "Not measured: this is not the council's index.",
        "lift": "Run an index of the council's own.",
    }
