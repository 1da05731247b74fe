"""Members of households, now and before."""

import pandas as pd

from linkage.index.household import household_ids, residential
from linkage.schema import HOUSEHOLD_MEMBER, conform
from linkage.texts import is_one_of


def household_members(residence: pd.DataFrame, addresses: pd.DataFrame) -> pd.DataFrame:
    """Every stay at an address that can be a household, communal establishments included.

    Args:
        residence: Frame conforming to `RESIDENCE`.
        addresses: Frame conforming to `ADDRESS`.

    Returns:
        Frame conforming to `HOUSEHOLD_MEMBER`, ordered by its key.
    """
    homes = residential(addresses)[["uprn"]].drop_duplicates()
    homes = homes[is_one_of(homes["uprn"], residence["uprn"])]
    stays = residence.merge(homes.assign(household_id=household_ids(homes["uprn"])), on="uprn")
    ordered = stays.sort_values(list(HOUSEHOLD_MEMBER.key), ignore_index=True)
    return conform(ordered[HOUSEHOLD_MEMBER.names], HOUSEHOLD_MEMBER)
