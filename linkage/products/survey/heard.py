"""Which levels only one of the two groups gave, because too few of the other answered."""

import pandas as pd

from linkage.products.survey.levels import ASKED, PLACE, counting_groups
from linkage.products.survey.rules import load_survey_rules


def heard_alone(answers: pd.DataFrame, returns: pd.DataFrame) -> dict[tuple[str, str], str]:
    """`officers only` or `members only`, by council and characteristic, where enough of one group alone answered.

    Args:
        answers: Conforms to `SURVEY_ANSWER`.
        returns: Conforms to `SURVEY_RETURN`.
    """
    rules = load_survey_rules()
    groups = counting_groups(returns, rules)
    counting = groups.loc[groups["counts"].astype(bool), PLACE]
    given = answers.groupby([*ASKED, "respondent_group"]).size().rename("n").reset_index()
    counted = given[given["n"].ge(rules.enough.answers)].merge(counting, on=PLACE)
    alone = counted[~counted.duplicated(ASKED, keep=False)]
    places = zip(alone["council"], alone["characteristic"], strict=True)
    return dict(zip(places, alone["respondent_group"] + " only", strict=True))
