"""Who is counted: residents and households of the published index, by what they are counted by."""

import numpy as np
import pandas as pd

from linkage.outcomes.open_data.rules import NOT_KNOWN, Rules
from linkage.outcomes.view import View
from linkage.schema import ADDRESS, CROSSWALK, HOUSEHOLD, RESIDENCE, RESIDENT

PURPOSE = "statistics"


def counted_residents(view: View, rules: Rules) -> pd.DataFrame:
    """Residents who are counted: alive, with a current address, and known to a source that may be used for statistics.

    Somebody whose address is withheld, or whose records are restricted, has no current address in the published index,
    and so is in no count; there is no count of those without an address that would tell how many they are.

    Returns:
        One row a resident: uprn, ward, outward_postcode, age_band, services.
    """
    homes = view.rows(RESIDENCE, "is_current")
    homes = homes.loc[homes["is_current"], ["resident_id", "uprn"]].drop_duplicates("resident_id")
    people = view.rows(RESIDENT, "birth_date", "death_date")
    alive = people.loc[people["death_date"].isna(), ["resident_id", "birth_date"]]
    counted = homes.merge(alive, on="resident_id").merge(_services(view), on="resident_id")
    placed = counted.merge(_areas(view), on="uprn", how="left")
    ages = rules.age_bands.of(_years(placed["birth_date"], view.today))
    return pd.DataFrame(
        {
            "uprn": placed["uprn"],
            "ward": _named(placed["ward"]),
            "outward_postcode": _named(placed["outward_postcode"]),
            "age_band": ages,
            "services": rules.services_bands.of(placed["source_count"]),
        }
    )


def counted_households(view: View, residents: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Households of residents who are counted, communal establishments apart.

    Args:
        view: The index.
        residents: From `counted_residents`: a household is as large as there are of them in it.
        rules: Rules of the open data.

    Returns:
        One row a household: ward, outward_postcode, size_band, kind.
    """
    sizes = residents.groupby("uprn", as_index=False).agg(
        size=("ward", "size"), ward=("ward", "first"), outward_postcode=("outward_postcode", "first")
    )
    kinds = view.rows(HOUSEHOLD, "uprn", "kind")[["uprn", "kind"]].drop_duplicates("uprn")
    homes = sizes.merge(kinds[kinds["kind"].isin(list(rules.kinds.labels))], on="uprn")
    # Of a household whose other members are not counted one person is left, and the two tables must agree.
    kind = homes["kind"].where(homes["size"].ne(1), "single")
    return pd.DataFrame(
        {
            "ward": homes["ward"],
            "outward_postcode": homes["outward_postcode"],
            "size_band": rules.size_bands.of(homes["size"]),
            "kind": kind.map(rules.kinds.labels),
        }
    )


def _services(view: View) -> pd.DataFrame:
    """How many sources that may be used for statistics know each resident: resident_id, source_count."""
    known = view.rows(CROSSWALK, "resident_id", "source")
    used = known.loc[known["source"].isin(view.may_use(PURPOSE)), ["resident_id", "source"]]
    return used.drop_duplicates().groupby("resident_id", as_index=False).agg(source_count=("source", "size"))


def _areas(view: View) -> pd.DataFrame:
    properties = view.rows(ADDRESS, "postcode", "ward")
    outward = properties["postcode"].str.split(" ", n=1).str[0]
    return properties[["uprn", "ward"]].assign(outward_postcode=outward)


def _named(areas: pd.Series) -> "pd.Series[str]":
    """Names of areas; as text also where there is none, for an empty index leaves the type of a column open."""
    return areas.astype("string").fillna(NOT_KNOWN)


def _years(born: pd.Series, today: pd.Timestamp) -> "pd.Series[float]":
    """Full years on a day; missing where the birth date is, or is past the day."""
    before = (born.dt.month > today.month) | (born.dt.month.eq(today.month) & (born.dt.day > today.day))
    years = today.year - born.dt.year - before.astype(float)
    known: pd.Series[float] = years.where(years >= 0, np.nan)
    return known
