"""An edition: the index as one run made it, ready to be published."""

from dataclasses import dataclass, fields
from datetime import date

import pandas as pd

from linkage.index.tables import IndexTables


@dataclass(frozen=True, slots=True)
class Scope:
    """What the tables of an edition are about, when they are not about everyone.

    Attributes:
        resident: Ids of residents whose rows are all there; of others there is none.
        household: Ids of households whose rows are there.
        record: Ids of records whose rows in `source_record` and `record_alias` are there.
        link: Ids of residents all of whose household links and stated relations are there.
    """

    resident: pd.Series
    household: pd.Series
    record: pd.Series
    link: pd.Series

    def to_frame(self) -> pd.DataFrame:
        """One row a thing: `kind`, `id`."""
        parts = [
            pd.DataFrame({"kind": field.name, "id": getattr(self, field.name).drop_duplicates()})
            for field in fields(self)
        ]
        return pd.concat(parts, ignore_index=True)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> "Scope":
        """The scope that `to_frame` laid out."""
        parts = {f.name: frame.loc[frame["kind"] == f.name, "id"].reset_index(drop=True) for f in fields(cls)}
        return cls(**parts)


@dataclass(frozen=True, slots=True)
class Edition:
    """The index as one run made it.

    Attributes:
        run_id: The run; it must have been opened.
        snapshot_date: Snapshot it read.
        base_publication_id: The publication whose ids and rows it follows; 0 when there was none.
        tables: What `build_index` gave: everything, or all that is in scope.
        events: What happened to resident ids since that publication, as `succeed` gives it.
        changes: Frame conforming to `CHANGE`: what changed since that publication.
        scope: What the tables are about; everything when not given.
        restricted: Frame conforming to `RESTRICTED_RECORD`: what the run has set aside; what is set aside stays as it
            is when not given.
    """

    run_id: str
    snapshot_date: date
    base_publication_id: int
    tables: IndexTables
    events: pd.DataFrame
    changes: pd.DataFrame
    scope: Scope | None = None
    restricted: pd.DataFrame | None = None
