"""Households: occupied addresses, with communal establishments kept apart."""

import pandas as pd

from linkage.index.identity import identities


def households(current: pd.DataFrame, addresses: pd.DataFrame) -> pd.DataFrame:
    """The households in which residents live now.

    A property that is not residential, or that the gazetteer does not know, makes no household: who is
    recorded there lives somewhere that nobody has said.

    Args:
        current: Current address of each resident, `value` the UPRN.
        addresses: Frame conforming to `ADDRESS`.

    Returns:
        One row an occupied residential address, by household id, with the columns of `HOUSEHOLD`.
    """
    occupied = current["value"].astype("string[pyarrow]").value_counts(sort=False).rename("member_count")
    counted = occupied.rename_axis("uprn").reset_index()
    residential = addresses.loc[addresses["is_residential"], ["uprn", "is_communal"]]
    found = counted.merge(residential, on="uprn").sort_values("uprn", ignore_index=True)
    kind = found["is_communal"].map({True: "communal", False: "household"})
    made = found.assign(household_id=identities("H", found["uprn"]), kind=kind)
    return made[["household_id", "uprn", "kind", "member_count"]].sort_values(
        "household_id", ignore_index=True
    )
