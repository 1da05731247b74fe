"""Which children are on a list: those with an open case, and residents whom somebody asked to watch."""

import pandas as pd

from linkage.outcomes.view import View
from linkage.schema import CROSSWALK, RECORD_ALIAS, RESIDENT, SOURCE_RECORD, WATCHED_CHILD
from linkage.texts import called_now, is_one_of

OPEN = "OPEN"
CASE_STATUS = "case_status"
CASES_OF = "childrens_social_care"
ADULT = pd.DateOffset(years=18)
OPEN_CASE, WATCHED = "open_case", "watched"


def listed_children(view: View) -> pd.DataFrame:
    """Residents under 18 with a live record of an open case, and watched residents of any age.

    Args:
        view: The live index.

    Returns:
        One row a resident, in order: `resident_id`, `listed_by` (`open_case` or `watched`; the former where both hold).
    """
    crosswalk = view.rows(CROSSWALK, "resident_id").set_index("record_id")["resident_id"]
    cases = _open_cases(view, crosswalk)
    watched = watched_records(view)
    asked = crosswalk[is_one_of(crosswalk.index.to_series(), watched)]
    named = pd.concat([cases.astype("string[pyarrow]"), asked.astype("string[pyarrow]")], ignore_index=True)
    by = pd.Series([OPEN_CASE] * len(cases) + [WATCHED] * len(asked), dtype="string[pyarrow]")
    told = pd.DataFrame({"resident_id": named, "listed_by": by})
    first = told.drop_duplicates("resident_id").sort_values("resident_id")
    return first.reset_index(drop=True)


def minors(view: View) -> pd.Series:
    """Ids of residents under 18 by their birth date, else by what records say of their age."""
    people = view.rows(RESIDENT, "birth_date").set_index("resident_id")["birth_date"]
    says = view.rows(SOURCE_RECORD, "age_group").merge(view.rows(CROSSWALK, "resident_id"), on="record_id")
    # Of both, adult comes first: a child is who is nowhere an adult.
    group = says.groupby("resident_id")["age_group"].min()
    only_child = (group.astype(object) == "child").reindex(people.index, fill_value=False)
    young = (people + ADULT > view.today).where(people.notna(), only_child).astype(bool)
    ids: pd.Series = people.index[young].to_series().reset_index(drop=True)
    return ids


def watched_records(view: View) -> pd.Series:
    """Records, by their ids of now, of whom the latest request is to watch."""
    asked = view.rows(WATCHED_CHILD)
    renamed = view.rows(RECORD_ALIAS).set_index("alias_record_id")["record_id"]
    asked = asked.assign(record_id=called_now(asked["record_id"], renamed))
    latest = asked.sort_values(["asked_at", "watch_id"], kind="stable").drop_duplicates(
        "record_id", keep="last"
    )
    kept: pd.Series = latest.loc[latest["is_watched"], "record_id"]
    return kept


def _open_cases(view: View, crosswalk: pd.Series) -> pd.Series:
    """Minors of whom a live record of children's social care says that the case is open."""
    status = view.facts(CASE_STATUS)
    records = view.rows(SOURCE_RECORD, "source", "is_live", "closed_date")
    is_held = records["is_live"] & records["closed_date"].isna() & records["source"].eq(CASES_OF)
    held = records.loc[is_held, "record_id"]
    opened = held[is_one_of(held, status.index[status == OPEN])].map(crosswalk).drop_duplicates()
    return opened[is_one_of(opened, minors(view))].reset_index(drop=True)
