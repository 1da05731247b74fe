"""Adult or child, by birth date or by what the role says."""

from datetime import date

import pandas as pd

from linkage.standardise.age import age_groups

BIRTHS = pd.Series(pd.to_datetime(["2008-08-01", "2008-08-02", None, "2000-02-29"]).astype("datetime64[s]"))


def test_a_person_is_an_adult_from_the_eighteenth_birthday():
    groups = age_groups(BIRTHS, role_says=None, today=date(2026, 8, 1))
    assert groups.fillna("").tolist() == ["adult", "child", "", "adult"]


def test_a_role_speaks_only_where_the_birth_date_is_missing():
    groups = age_groups(BIRTHS, role_says="child", today=date(2026, 8, 1))
    assert groups.tolist() == ["adult", "child", "child", "adult"]
    assert age_groups(BIRTHS, role_says="adult", today=date(2026, 8, 1))[2] == "adult"
