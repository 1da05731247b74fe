"""What bears out each change: the statements that tell of it, as JSON."""

import numpy as np
import pandas as pd

from linkage.index.feed.news import ended_statements
from linkage.index.feed.sides import Side

BORNE = ["number", "source", "from_date", "first_snapshot_date", "weight"]
HERE = ["resident_id", "uprn"]
WEIGHT_DECIMALS = 4


def bearing(before: Side, after: Side, found: pd.DataFrame) -> pd.DataFrame:
    """Sources that bear out each change, with what they state.

    Arrivals and children are borne out by what is stated of the address now; departures by what is no longer
    stated of it and by what is stated of the address now; a death by the records that have its date.

    Args:
        before: The index before.
        after: The index after.
        found: Changes, numbered by their index, with `resident_after` where they are departures.

    Returns:
        One row a change that has evidence, by its number: `source_count` and `evidence`, a JSON list.
    """
    numbered = found.assign(number=found.index)
    live = after.evidence[after.evidence["is_live"]]
    over = ended_statements(before, after)
    over = over.assign(weight=over["gone_weight"], from_date=over["ended_date"])
    is_departure = numbered["kind"].isin(["left", "household_dissolved"])
    is_death = numbered["kind"] == "died"
    gone = (
        numbered[is_departure].drop(columns="resident_id").rename(columns={"resident_after": "resident_id"})
    )
    homes = after.homes.reset_index()[HERE]
    parts = [
        numbered[~is_departure & ~is_death][["number", *HERE]].merge(live, on=HERE),
        gone[["number", *HERE]].merge(over, on=HERE),
        gone[["number", "resident_id"]].merge(homes, on="resident_id").merge(live, on=HERE),
        _deaths(numbered[is_death | is_departure], after),
    ]
    rows = pd.concat([part[BORNE] for part in parts if len(part)] or [parts[0][BORNE]], ignore_index=True)
    return _as_json(rows.sort_values(BORNE, ignore_index=True).drop_duplicates())


def _deaths(found: pd.DataFrame, after: Side) -> pd.DataFrame:
    dead = after.records[after.records["death_date"].notna()]
    rows = found[["number", "resident_after"]].merge(dead, left_on="resident_after", right_on="resident_id")
    return rows.assign(from_date=rows["death_date"], weight=1.0)


def _as_json(rows: pd.DataFrame) -> pd.DataFrame:
    days = {
        name: np.where(
            rows[name].isna(), "null", '"' + rows[name].dt.strftime("%Y-%m-%d").fillna("").astype(str) + '"'
        )
        for name in ("from_date", "first_snapshot_date")
    }
    text = pd.Series(
        '{"source": "' + rows["source"].astype(str) + '", "from_date": ' + days["from_date"]
        + ', "first_snapshot_date": ' + days["first_snapshot_date"]
        + ', "weight": ' + rows["weight"].round(WEIGHT_DECIMALS).astype(str) + "}",
        dtype=object,
    )  # fmt: skip
    by_number = rows.assign(text=text).groupby("number")
    return pd.DataFrame(
        {
            "source_count": by_number["source"].nunique(),
            "evidence": "[" + by_number["text"].agg(", ".join) + "]",
        }
    )
