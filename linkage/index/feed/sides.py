"""The index before and after, and what of it the change feed looks at."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from linkage.index.tables import IndexTables
from linkage.index.trust import HOME, STAY, trust_frame
from linkage.texts import called_now, is_one_of

WEIGHTS = ["ended_weight", "unsent_weight", "address_weight"]
MEMBERSHIP = ["household_id", "resident_id"]
FOUND = ["kind", "household_id", "resident_id", "uprn", "change_date", "probability", "reason"]
"""Columns of a change before its evidence is added."""

LEAST = 0.5
"""Probability from which a change is told."""


@dataclass(frozen=True)
class Side:
    """The index at one snapshot.

    Attributes:
        tables: Its tables.
        snapshot: Its snapshot.
        members: Members of households now, one row each: the columns of `HOUSEHOLD_MEMBER`.
        homes: Current residence of each resident that has one, with the columns of `RESIDENCE`, by resident id.
        evidence: Rows of `RESIDENCE_EVIDENCE`, with `says_end` (its end date ends the stay), `says_home` (its start
            date is the household's), and `ended_weight`,
            `unsent_weight` and `address_weight` of its source.
        records: Rows of `SOURCE_RECORD` with their `resident_id`.
        withheld: Residents whose address is withheld.
    """

    tables: IndexTables
    snapshot: pd.Timestamp
    members: pd.DataFrame
    homes: pd.DataFrame
    evidence: pd.DataFrame
    records: pd.DataFrame
    withheld: pd.Series

    @property
    def residents(self) -> pd.DataFrame:
        """The residents, by id."""
        return self.tables.resident.set_index("resident_id")


def side(tables: IndexTables, snapshot: date, renamed: pd.Series, protected: pd.Index) -> Side:
    """What the change feed looks at of one state of the index.

    Args:
        tables: The index.
        snapshot: Its snapshot.
        renamed: Present id of each record that had another one, by its former id.
        protected: Ids of records of people whose address is withheld.
    """
    member, residence = tables.household_member, tables.residence
    sources = pd.Index(sorted(tables.residence_evidence["source"].unique()), dtype=object)
    trust = trust_frame(sources).reindex(tables.residence_evidence["source"])
    records = tables.source_record.merge(tables.crosswalk[["record_id", "resident_id"]], on="record_id")
    evidence = tables.residence_evidence.assign(
        record_id=called_now(tables.residence_evidence["record_id"], renamed),
        says_end=trust["end_says"].eq(STAY).to_numpy(dtype=bool),
        says_home=trust["start_says"].eq(HOME).to_numpy(dtype=bool),
        **{name: trust[name].to_numpy(dtype="float64") for name in WEIGHTS},
    )
    return Side(
        tables=tables,
        snapshot=pd.Timestamp(snapshot).as_unit("s"),
        members=member[member["is_current"]].reset_index(drop=True),
        homes=residence[residence["is_current"]].set_index("resident_id"),
        evidence=evidence,
        records=records.assign(record_id=called_now(records["record_id"], renamed)),
        withheld=records.loc[is_one_of(records["record_id"], protected), "resident_id"],
    )


def pairs(frame: pd.DataFrame, columns: list[str] | None = None) -> pd.MultiIndex:
    """The rows' values of the columns as one index; household and resident when none are named."""
    return pd.MultiIndex.from_frame(frame[columns or MEMBERSHIP])


def is_among(
    frame: pd.DataFrame, others: pd.DataFrame, columns: list[str] | None = None
) -> "pd.Series[bool]":
    """Whether each row's household and resident, or the columns named, are those of a row of the others."""
    return pd.Series(pairs(frame, columns).isin(pairs(others, columns)), index=frame.index, dtype=bool)
