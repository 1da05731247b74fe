"""Adult or child: what a record says of age even where it has no birth date."""

from datetime import date

import numpy as np
import pandas as pd

from linkage.standardise.steps import TEXT, missing_text, same_text

AGE_OF_MAJORITY = 18
"""Years. Source: Family Law Reform Act 1969, section 1."""


def age_groups(
    birth_dates: "pd.Series[pd.Timestamp]", *, role_says: str | None, today: date
) -> "pd.Series[str]":
    """Whether each person is an adult or a child.

    Args:
        birth_dates: Birth dates, datetime64, any index.
        role_says: adult or child where the contract says so of everyone in the role.
        today: The snapshot date.

    Returns:
        adult or child, same index: by the birth date where there is one, else what the role says, else missing.
    """
    latest_adult = pd.Timestamp(today) - pd.DateOffset(years=AGE_OF_MAJORITY)
    by_birth = pd.Series(
        np.where(birth_dates <= latest_adult, "adult", "child"), index=birth_dates.index, dtype=TEXT
    )
    stated = missing_text(by_birth.index) if role_says is None else same_text(role_says, by_birth.index)
    return by_birth.where(birth_dates.notna(), stated)
