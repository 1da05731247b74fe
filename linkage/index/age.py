"""Who is a child: by the birth date, else as records say."""

import numpy as np
import pandas as pd

from linkage.index.evidence import Evidence, Flags

AGE_OF_MAJORITY = 18
"""Years. Source: Family Law Reform Act 1969, section 1."""


def is_child(evidence: Evidence, birth_dates: pd.Series, reckoning_day: int) -> Flags:
    """For each resident: under 18 on the day that age is reckoned to.

    Args:
        evidence: Records and residents.
        birth_dates: Golden birth date of each resident, missing where it is not known.
        reckoning_day: Day to which age is counted, since 1970.

    Returns:
        By the birth date where there is one; else a child when a record says so and none says adult.
    """
    says = evidence.records["age_group"]
    as_child, as_adult = (
        evidence.any_of(says.eq(group).fillna(value=False).to_numpy(dtype=bool))
        for group in ("child", "adult")
    )
    return by_birth(birth_dates, reckoning_day, otherwise=as_child & ~as_adult)


def by_birth(birth_dates: pd.Series, day: int, *, otherwise: Flags) -> Flags:
    """Under 18 on a day by the birth date; `otherwise` where there is none."""
    latest_adult = pd.Timestamp(np.datetime64(day, "D")) - pd.DateOffset(years=AGE_OF_MAJORITY)
    known = birth_dates.notna().to_numpy(dtype=bool)
    young: Flags = (birth_dates > latest_adult).fillna(value=False).to_numpy(dtype=bool)
    return np.where(known, young, otherwise)
