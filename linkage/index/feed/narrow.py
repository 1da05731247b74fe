"""Both sides narrowed to whom anything may have happened to: of the others nothing need be looked at."""

from dataclasses import replace

import pandas as pd

from linkage.index.tables import IndexTables

RESIDENT = "resident_id"
STATED = ["record_id", "uprn", RESIDENT, "is_live", "from_date", "to_date"]
PERSON = [RESIDENT, "death_date"]
MEMBER = ["household_id", RESIDENT]
OF_RESIDENTS = (
    "resident",
    "crosswalk",
    "residence",
    "residence_evidence",
    "household_member",
    "stated_relation",
)
"""Tables that are narrowed by resident; records follow the crosswalk, and the others stay as they are."""


def narrowed(before: IndexTables, after: IndexTables) -> tuple[IndexTables, IndexTables]:
    """Both sides, with the rows of those residents only whom something new may concern, and of who lives with them.

    That is whose statements, records, household or death differ, and whom services contradict each other
    on, since that is told when it has lasted.

    Args:
        before: The index before.
        after: The index after.
    """
    live = [_members(side) for side in (before, after)]
    disputed = after.residence.loc[after.residence["standing"] == "disputed", [RESIDENT]]
    touched = _union(
        _differing(before.residence_evidence[STATED], after.residence_evidence[STATED]),
        _differing(before.crosswalk[["record_id", RESIDENT]], after.crosswalk[["record_id", RESIDENT]]),
        _differing(before.resident[PERSON], after.resident[PERSON]),
        _differing(*live),
        disputed,
    )
    members = pd.concat(live, ignore_index=True)
    homes = members.merge(touched, on=RESIDENT)[["household_id"]].drop_duplicates()
    concerned = _union(touched, members.merge(homes, on="household_id"))
    return _of(before, concerned), _of(after, concerned)


def _members(side: IndexTables) -> pd.DataFrame:
    return side.household_member.loc[side.household_member["is_current"], MEMBER]


def _differing(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Residents of rows that only one side has."""
    both = pd.concat([before, after], ignore_index=True)
    return both.loc[~both.duplicated(keep=False), [RESIDENT]]


def _union(*parts: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([part[[RESIDENT]] for part in parts], ignore_index=True).drop_duplicates(
        ignore_index=True
    )


def _of(side: IndexTables, residents: pd.DataFrame) -> IndexTables:
    kept = {name: getattr(side, name).merge(residents, on=RESIDENT) for name in OF_RESIDENTS}
    return replace(
        side, **kept, source_record=side.source_record.merge(kept["crosswalk"][["record_id"]], on="record_id")
    )
