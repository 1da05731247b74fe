"""How right the change feed is, and how much of what happened it tells."""

import numpy as np
import pandas as pd

from linkage.evaluate.happenings import happenings
from linkage.evaluate.town import Town

NEWS = pd.Timedelta(days=400)
"""How long ago an arrival may lie that is told as news."""

LONG_AGO = pd.Timestamp("1900-01-01")
ENDINGS = ("left", "died", "household_dissolved")
PLACELESS = "child_in_two_places"
"""A change that concerns two addresses, whichever is named."""

KEY = ["kind", "person_id", "related_person_id", "place"]


def judge(told: pd.DataFrame, town: Town, *, communal: "pd.Series[str]") -> "pd.Series[bool]":
    """Whether each change that the feed tells is true, and told for the first time.

    An arrival is true when that person's stay at that address began within the last 400 days and was not over before
    the snapshot before; a departure when the stay is over, of whatever: services rarely know; a household is dissolved
    when all of a household that was there are gone. What is told twice is right once.

    Args:
        told: Changes in order of time, with `kind`, `person_id`, `related_person_id`, `uprn`, and the days `before`
            and `after` of the two snapshots.
        town: The truth.
        communal: UPRNs of communal establishments.

    Returns:
        One flag a change, by its index.
    """
    rows = _keyed(told.reset_index(drop=True)).assign(number=np.arange(len(told)))
    happened = _keyed(happenings(town, LONG_AGO, told["after"].max(), communal=communal))
    deaths = happened[happened["kind"] == "died"].assign(kind="left")
    both = rows.merge(pd.concat([happened, deaths])[[*KEY, "day", "end_day"]], on=KEY)
    is_ending = both["kind"].isin(ENDINGS)
    is_news = (both["day"] > both["after"] - NEWS) & ~(both["end_day"] <= both["before"])
    is_true = (both["day"] <= both["after"]) & (is_ending | is_news)
    once = both[is_true].sort_values(["number", "day"]).drop_duplicates("number", keep="last")
    once = once.drop_duplicates([*KEY, "uprn", "day"])
    return pd.Series(rows["number"].isin(once["number"]).to_numpy(), index=told.index)


def measure_feed(
    told: pd.DataFrame, happened: pd.DataFrame, known: pd.DataFrame, is_right: "pd.Series[bool]"
) -> pd.DataFrame:
    """Precision and recall of the change feed by kind.

    Args:
        told: Changes, as for `judge`.
        happened: What happened while it was watched, as `happenings` gives it.
        known: What of it some service had come to know by the end: `kind`, `person_id`, `uprn`.
        is_right: What `judge` gave.

    Returns:
        One row a kind: `told_count`, `right_count`, `precision`, `happened_count`, `recall`, `known_count` and
        `known_recall` (of those that a service knew); shares are missing where there is nothing to share.
    """
    found = _keyed(told.assign(is_right=is_right)).groupby("kind")["is_right"].agg(["size", "sum"])
    true = _keyed(happened).drop_duplicates(KEY)
    either = _keyed(told)
    left_too = either[either["kind"] == "left"].assign(kind="died")
    true["is_told"] = _is_among(true, either) | _is_among(true, left_too)
    true["is_known"] = _is_among(true, _keyed(known), ["kind", "person_id", "place"])
    by_kind = true.groupby("kind")
    known_told = true[true["is_known"]].groupby("kind")["is_told"]
    return pd.DataFrame(
        {
            "told_count": found["size"],
            "right_count": found["sum"],
            "precision": found["sum"] / found["size"],
            "happened_count": by_kind.size(),
            "recall": by_kind["is_told"].mean(),
            "known_count": by_kind["is_known"].sum(),
            "known_recall": known_told.mean(),
        }
    ).reset_index(names="kind")


def _keyed(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with the place that a change is known by, and nothing missing in its key."""
    place = rows["uprn"].mask(rows["kind"] == PLACELESS)
    named = rows.assign(place=place)
    if "related_person_id" not in named:
        named["related_person_id"] = pd.NA
    return named.assign(**{name: named[name].astype("string[pyarrow]").fillna("") for name in KEY})


def _is_among(rows: pd.DataFrame, others: pd.DataFrame, key: list[str] | None = None) -> "pd.Series[bool]":
    columns = key or KEY
    return pd.Series(
        pd.MultiIndex.from_frame(rows[columns]).isin(pd.MultiIndex.from_frame(others[columns])),
        index=rows.index,
    )
