"""Changes around listed children, each under one finding, with a reason in plain words."""

import numpy as np
import pandas as pd

from linkage.outcomes.children.presence import BIRTH_IN_THE_HOME, YEAR, Presences
from linkage.outcomes.children.together import leavers, newcomers
from linkage.outcomes.view import View
from linkage.schema import ADDRESS, RESIDENT
from linkage.texts import is_one_of

ADULT = pd.DateOffset(years=18)
FOUND = [
    "finding", "child_id", "other_id", "uprn", "day", "is_dated", "is_by_child", "team_count", "sureness", "reason",
]  # fmt: skip
REASONS = {
    "new_adult": "An adult has come to live with the child.",
    "new_adult_by_child": "The child has come to live with an adult with whom it did not live before.",
    "new_child": "Another child has come to live with the child.",
    "new_child_by_child": "The child has come to live with another child with whom it did not live before.",
    "born": "A child was born into the household.",
    "adult_left": "An adult has left the child's household.",
    "adult_left_by_child": "The child has left a household in which this adult has stayed.",
    "other_child_left": "Another child has left the household.",
    "other_child_left_by_child": "The child has left a household in which this child has stayed.",
    "died": "A member of the child's household has died.",
    "child_died": "A service states that the child has died.",
    "child_moved": "The child has come to this address.",
    "child_gone": "Services say that the child has left this address, and none says where it lives now.",
}
"""Why, by finding, and by who moved."""


def household_changes(view: View, found: Presences, listed: pd.Series, young: pd.Series) -> pd.DataFrame:
    """What changed within a year around listed children.

    Args:
        view: The live index.
        found: Where everybody is and was.
        listed: Resident ids of listed children.
        young: Resident ids of all who are under 18.

    Returns:
        One row a change with the columns of `FOUND`; `other_id` is missing where only the child is concerned.
    """
    addresses = view.rows(ADDRESS, "is_communal")
    homes = found.without(addresses.loc[addresses["is_communal"], "uprn"])
    people = view.rows(RESIDENT, "birth_date", "death_date").set_index("resident_id")
    adults = people.index.to_series()[~is_one_of(people.index.to_series(), young)]
    came = newcomers(homes, listed, view.today)
    gone = leavers(homes, listed, adults, view.today)
    parts = [
        _named(came, people, young, ("new_adult", "new_child"), "born"),
        _named(gone, people, young, ("adult_left", "other_child_left"), "died"),
        _moves(found, listed, view.today),
        _gone(found, listed, people),
    ]
    told = pd.concat([part.reindex(columns=[*FOUND]).astype(TYPES) for part in parts], ignore_index=True)
    moved = told["finding"] + "_by_child"
    key = moved.where(told["is_by_child"] & moved.isin(list(REASONS)), told["finding"])
    return told.assign(reason=key.map(REASONS).astype("string[pyarrow]"))


TYPES = dict.fromkeys(("finding", "child_id", "other_id", "uprn", "reason"), "string[pyarrow]") | {
    "day": "datetime64[s]", "is_dated": "bool", "is_by_child": "bool", "team_count": "int64", "sureness": "float64",
}  # fmt: skip
"""Types of the columns of `FOUND`."""


def _named(
    pairs: pd.DataFrame, people: pd.DataFrame, young: pd.Series, names: tuple[str, str], at_end_of_life: str
) -> pd.DataFrame:
    """Pairs under the finding that fits the age of the other on the day; birth and death have one of their own."""
    born, died = (pairs["other_id"].map(people[name]) for name in ("birth_date", "death_date"))
    then = (born + ADULT > pairs["day"]).where(born.notna(), is_one_of(pairs["other_id"], young)).astype(bool)
    by_age = np.where(then, names[1], names[0])
    event = born if at_end_of_life == "born" else died
    is_event = ((pairs["day"] - event).abs() <= BIRTH_IN_THE_HOME) & ~pairs["is_by_child"]
    return pairs.assign(finding=np.where(is_event, at_end_of_life, by_age))


def _moves(found: Presences, listed: pd.Series, today: pd.Timestamp) -> pd.DataFrame:
    """Listed children who came to the home of now within the year, as a service states it or its record moved."""
    homes = found.homes[is_one_of(found.homes.index.to_series(), listed)]
    is_told = (homes["begun"] > today - YEAR) & ~homes["is_born"] & (homes["is_dated"] | homes["has_moved"])
    rows = homes[is_told].reset_index().rename(columns={"resident_id": "child_id", "begun": "day"})
    return rows.assign(finding="child_moved", is_by_child=True)


def _gone(found: Presences, listed: pd.Series, people: pd.DataFrame) -> pd.DataFrame:
    """Listed children who have left their last home, and of whom nobody states another; or who have died."""
    left = found.left[is_one_of(found.left["resident_id"], listed)]
    left = left[~is_one_of(left["resident_id"], found.homes.index.to_series())]
    last = left.sort_values(["resident_id", "ended", "uprn"]).drop_duplicates("resident_id", keep="last")
    has_died = last["resident_id"].map(people["death_date"]).notna()
    rows = last.rename(columns={"resident_id": "child_id", "ended": "day"})
    return rows.assign(finding=np.where(has_died, "child_died", "child_gone"), is_by_child=True)
