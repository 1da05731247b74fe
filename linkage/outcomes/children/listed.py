"""Which children are on a list: those with an open case, and residents whom somebody asked to watch."""

import pandas as pd

from linkage.outcomes.view import View
from linkage.schema import CROSSWALK, RECORD_ALIAS, RESIDENT, SOURCE_RECORD, WATCHED_CHILD
from linkage.texts import called_now, is_one_of

OPEN = "OPEN"
CASE_STATUS = "case_status"
CASES_OF = "childrens_social_care"
ADULT = pd.DateOffset(years=18)
OPEN_CASE, UNSENT_CASE, WATCHED = "open_case", "case_no_longer_sent", "watched"
YEAR = pd.Timedelta(days=365)
"""How long a child stays on the list whose case is no longer sent, and was never said to be closed."""


def listed_children(view: View) -> pd.DataFrame:
    """Who has a record of an open case, or is watched, and is not known to be 18.

    Args:
        view: The live index.

    Returns:
        One row a resident, in order: `resident_id` and `listed_by`, the first that holds: `open_case`;
        `case_no_longer_sent`, where the record of the case has gone within a year and it was never said to be closed;
        `watched`.
    """
    crosswalk = view.rows(CROSSWALK, "resident_id").set_index("record_id")["resident_id"]
    cases, children = _cases(view), minors(view)
    is_young = is_one_of(cases["record_id"].map(crosswalk), children) | _is_child(view, cases["record_id"])
    asked = watched_records(view)
    watched = pd.DataFrame({"record_id": asked, "listed_by": WATCHED})
    told = pd.concat([cases[is_young], watched[~_is_adult(view, crosswalk, children, asked)]])
    named = told.assign(resident_id=told["record_id"].map(crosswalk)).dropna(subset="resident_id")
    ranked = named.assign(rank=named["listed_by"].map(RANK)).sort_values(["resident_id", "rank"])
    first = ranked.drop_duplicates("resident_id")[["resident_id", "listed_by"]]
    return first.astype("string[pyarrow]").reset_index(drop=True)


RANK = {OPEN_CASE: 0, UNSENT_CASE: 1, WATCHED: 2}


def minors(view: View) -> pd.Series:
    """Ids of residents under 18 by their birth date, else by what records say of their age."""
    people = view.rows(RESIDENT, "birth_date").set_index("resident_id")["birth_date"]
    says = view.rows(SOURCE_RECORD, "age_group").merge(view.rows(CROSSWALK, "resident_id"), on="record_id")
    ids = people.index.to_series()
    is_child, is_adult = (
        is_one_of(ids, says.loc[says["age_group"].eq(group).fillna(value=False).astype(bool), "resident_id"])
        for group in ("child", "adult")
    )
    young = (people + ADULT > view.today).where(people.notna(), is_child & ~is_adult).astype(bool)
    return ids[young].reset_index(drop=True)


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


def _cases(view: View) -> pd.DataFrame:
    """Records of children's social care that say that a case is open, or said so last: `record_id`, `listed_by`."""
    status = view.facts(CASE_STATUS)
    records = view.rows(SOURCE_RECORD, "source", "is_live", "closed_date")
    closed = records["closed_date"]
    is_sent = records["is_live"] & closed.isna()
    is_open = records["source"].eq(CASES_OF) & is_one_of(records["record_id"], status.index[status == OPEN])
    found = records[is_open & (is_sent | (closed > view.today - YEAR))]
    by = pd.Series(OPEN_CASE, index=found.index).where(is_sent[found.index], UNSENT_CASE)
    return found[["record_id"]].assign(listed_by=by)


def _is_child(view: View, records: pd.Series) -> pd.Series:
    """By a record's own birth date or age group, whomever else's records its resident has."""
    said = view.rows(SOURCE_RECORD, "birth_date", "age_group").set_index("record_id").reindex(records)
    by_group = said["age_group"].eq("child").fillna(value=False).astype(bool)
    young = (said["birth_date"] + ADULT > view.today).where(said["birth_date"].notna(), by_group)
    return young.astype(bool).set_axis(records.index)


def _is_adult(view: View, crosswalk: pd.Series, children: pd.Series, records: pd.Series) -> pd.Series:
    """Of whose resident it is known that it is no child: by birth date, or by what some record says."""
    people = view.rows(RESIDENT, "birth_date").set_index("resident_id")["birth_date"]
    says = view.rows(SOURCE_RECORD, "age_group")
    is_grown = says["age_group"].eq("adult").fillna(value=False).astype(bool)
    theirs = records.map(crosswalk)
    is_known = is_one_of(theirs, people.index[people.notna()].to_series()) | is_one_of(
        theirs, says.loc[is_grown, "record_id"].map(crosswalk).dropna()
    )
    return is_known & ~is_one_of(theirs, children)
