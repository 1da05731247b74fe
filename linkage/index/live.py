"""The index that is live, asked about a few residents or records at a time."""

from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa

IDS = sa.bindparam("ids", type_=sa.ARRAY(sa.Text()))
HOUSEHOLDS = (
    "SELECT DISTINCT household_id FROM published.resident "
    "WHERE resident_id = ANY(:ids) AND household_id IS NOT NULL"
)
MEMBERS = "SELECT resident_id FROM published.resident WHERE household_id = ANY(:ids)"
LINKED = """
SELECT resident_id_r FROM published.household_link WHERE resident_id_l = ANY(:ids)
UNION SELECT resident_id_l FROM published.household_link WHERE resident_id_r = ANY(:ids)
UNION SELECT related_resident_id FROM published.stated_relation WHERE resident_id = ANY(:ids)
UNION SELECT resident_id FROM published.stated_relation WHERE related_resident_id = ANY(:ids)
"""
RESIDENTS = "SELECT record_id, resident_id FROM published.crosswalk WHERE record_id = ANY(:ids)"
RECORDS = "SELECT record_id, resident_id FROM published.crosswalk WHERE resident_id = ANY(:ids)"
OF_ROWS = sa.text(
    "SELECT DISTINCT c.resident_id FROM published.crosswalk AS c "
    "JOIN unnest(CAST(:sources AS text[]), CAST(:keys AS text[])) AS asked (source, record_key) "
    "USING (source, record_key)"
)
NAMES = ["record_id", "resident_id"]


@dataclass(frozen=True, slots=True)
class LiveIndex:
    """The published tables in one state.

    Attributes:
        connection: An open reading transaction.
    """

    connection: sa.Connection

    def households_of(self, resident_ids: pd.Series) -> pd.Series:
        """Households that some residents live in."""
        return self._ids(HOUSEHOLDS, resident_ids)

    def members_of(self, household_ids: pd.Series) -> pd.Series:
        """Residents who live in some households."""
        return self._ids(MEMBERS, household_ids)

    def linked_to(self, resident_ids: pd.Series) -> pd.Series:
        """Residents whom a household link or a stated relation joins to one of these."""
        return self._ids(LINKED, resident_ids)

    def residents_of(self, record_ids: pd.Series) -> pd.DataFrame:
        """Resident of each of some records that the index holds: `record_id`, `resident_id`."""
        return self._rows(RESIDENTS, record_ids)

    def records_of(self, resident_ids: pd.Series) -> pd.DataFrame:
        """Records of some residents: `record_id`, `resident_id`."""
        return self._rows(RECORDS, resident_ids)

    def residents_of_rows(self, sources: pd.Series, record_keys: pd.Series) -> pd.Series:
        """Residents who have a record in one of some raw rows, by their sources and keys."""
        asked = {"sources": sources.tolist(), "keys": record_keys.tolist()}
        return pd.Series(self.connection.scalars(OF_ROWS, asked).all(), dtype="string[pyarrow]")

    def _ids(self, query: str, ids: pd.Series) -> pd.Series:
        found = self.connection.scalars(sa.text(query).bindparams(IDS), {"ids": ids.tolist()}).all()
        return pd.Series(found, dtype="string[pyarrow]")

    def _rows(self, query: str, ids: pd.Series) -> pd.DataFrame:
        rows = self.connection.execute(sa.text(query).bindparams(IDS), {"ids": ids.tolist()}).all()
        return pd.DataFrame(rows, columns=NAMES).astype("string[pyarrow]")
