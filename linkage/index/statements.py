"""What records say, and said, of where their people live, laid out with what each source's dates mean."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.errors import SchemaError
from linkage.index.evidence import LONG_AGO, Codes, Evidence, Flags, days
from linkage.index.trust import CONTACT, HOME, NOTHING, STAY, Floats
from linkage.schema import STATEMENT, conform

LATEST_NEWS_DAYS = 180
"""A record that appears longer after the start of a household was written when somebody joined it."""

WEAK_GRADES = ("building", "street", "fuzzy")
"""Grades of a UPRN that may be found better later: another UPRN then is a correction, no move."""


@dataclass(frozen=True)
class Statements:
    """Statements of own services about residents whose address may be shown, by record, then by snapshot.

    Attributes:
        frame: Frame conforming to `STATEMENT`.
        record: Position of each one's record in the evidence.
        resident: Number of its resident.
        source: Number of its source.
        uprn: Number of its UPRN, in UPRN order.
        uprns: UPRNs in order.
        since_day: First day of the stay as far as the statement tells; long ago when it does not.
        until_day: Last day of the stay as far as it tells; long ago when it does not.
        is_live: The source says so now.
        gone_weight: How sure it is that the stay is over, by what its source says, 0.5 to 1; 0.5 says nothing.
        has_moved: The source had the record's person at another address before.
    """

    frame: pd.DataFrame
    record: Codes
    resident: Codes
    source: Codes
    uprn: Codes
    uprns: pd.Index
    since_day: Codes
    until_day: Codes
    is_live: Flags
    gone_weight: Floats
    has_moved: Flags

    @property
    def pair(self) -> Codes:
        """Number of resident and address together: in order of resident, then UPRN."""
        pairs: Codes = self.resident * max(len(self.uprns), 1) + self.uprn
        return pairs


def gather_statements(
    evidence: Evidence, statements: pd.DataFrame, addresses: pd.DataFrame, first_snapshots: pd.Series
) -> Statements:
    """Read the statements of own services; those of residents whose address is withheld are left out.

    Args:
        evidence: Records and residents.
        statements: Frame conforming to `STATEMENT`, any order.
        addresses: Frame conforming to `ADDRESS`.
        first_snapshots: First snapshot of each source, indexed by source; missing where it is not known.

    Returns:
        The statements, in order of their key.

    Raises:
        SchemaError: The frame does not conform, or a statement is of an unknown record.
    """
    ordered = conform(statements, STATEMENT).sort_values(
        ["record_id", "first_snapshot_date", "uprn"], ignore_index=True
    )
    record = _positions(evidence, ordered["record_id"])
    shown = evidence.is_own[record] & ~evidence.is_withheld[evidence.resident[record]]
    frame, record = ordered[shown].reset_index(drop=True), record[shown]
    number, uprns = pd.factorize(frame["uprn"], sort=True)
    has_moved = _has_moved(frame, record, addresses)
    is_live = _is_live(evidence, frame, record)
    return Statements(
        frame=frame,
        record=record,
        resident=evidence.resident[record],
        source=evidence.source[record],
        uprn=number.astype(np.int64),
        uprns=pd.Index(uprns),
        since_day=_since(evidence, frame, record, has_moved, first_snapshots),
        until_day=_until(evidence, frame, record, is_live),
        is_live=is_live,
        gone_weight=np.where(is_live, NOTHING, _gone_weights(evidence, frame, record)),
        has_moved=has_moved,
    )


def _positions(evidence: Evidence, record_ids: pd.Series) -> Codes:
    known = pd.Index(evidence.records["record_id"].to_numpy(dtype=object))
    found = known.get_indexer(pd.Index(record_ids.to_numpy(dtype=object)))
    unknown = int((found < 0).sum())
    if unknown:
        raise SchemaError(
            f"Table address_statement: {unknown} statements are of a record that is not among the records "
            "given. Run the remember stage again on these records."
        )
    return found.astype(np.int64)


def _has_moved(frame: pd.DataFrame, record: Codes, addresses: pd.DataFrame) -> Flags:
    """The statement before of the same record was of another address, and not of one that was found badly."""
    follows = np.append(False, record[1:] == record[:-1])[: len(record)]
    uprn = frame["uprn"].to_numpy(dtype=object)
    parents = addresses.set_index("uprn")["parent_uprn"]
    parent = parents.reindex(uprn).to_numpy(dtype=object)
    weak = frame["uprn_match_grade"].isin(WEAK_GRADES).to_numpy(dtype=bool)
    before = np.maximum(np.arange(len(record)) - 1, 0)
    differs = uprn != uprn[before]
    is_part = _same(parent, uprn[before]) | _same(parent[before], uprn)
    moved: Flags = follows & differs & ~is_part & ~weak & ~weak[before]
    return moved


def _same(one: npt.NDArray[np.object_], other: npt.NDArray[np.object_]) -> Flags:
    """Whether two texts are known and equal."""
    known = ~(pd.isna(one) | pd.isna(other))
    alike: Flags = np.zeros(len(one), dtype=bool)
    alike[known] = one[known] == other[known]
    return alike


def _is_live(evidence: Evidence, frame: pd.DataFrame, record: Codes) -> Flags:
    is_open = frame["closed_date"].isna().to_numpy(dtype=bool)
    current = evidence.records["uprn"].iloc[record].reset_index(drop=True)
    is_same = frame["uprn"].eq(current).fillna(value=False).to_numpy(dtype=bool)
    live: Flags = is_open & evidence.is_live[record] & is_same
    return live


def _says(evidence: Evidence, record: Codes, column: str, meaning: str) -> Flags:
    flags: Flags = evidence.trust[column].eq(meaning).to_numpy(dtype=bool)[evidence.source[record]]
    return flags


def _since(
    evidence: Evidence,
    frame: pd.DataFrame,
    record: Codes,
    has_moved: Flags,
    first_snapshots: pd.Series,
) -> Codes:
    """A stated start counts for what it is the start of; a record that moves tells when it was heard of.

    So does the record of an adult who is added to a household; of others it may be that they have grown up there.
    """
    stated, heard = days(frame["from_date"]), days(frame["first_snapshot_date"])
    begun = first_snapshots.reindex(evidence.sources)
    begun_day = days(begun)[evidence.source[record]]
    record_day = days(evidence.records["first_snapshot_date"])[record]
    came_later = (
        _says(evidence, record, "start_says", HOME)
        & (begun_day != LONG_AGO)
        & (record_day > begun_day)
        & (record_day - stated > LATEST_NEWS_DAYS)
    )
    tells = (stated != LONG_AGO) & ~_says(evidence, record, "start_says", CONTACT) & ~came_later
    is_grown = evidence.records["age_group"].eq("adult").fillna(value=False).to_numpy(dtype=bool)[record]
    since = np.select([tells, came_later & is_grown, has_moved], [stated, record_day, heard], LONG_AGO)
    born = days(evidence.records["birth_date"])[record]
    return np.where(since == LONG_AGO, LONG_AGO, np.maximum(since, born))


def _until(evidence: Evidence, frame: pd.DataFrame, record: Codes, is_live: Flags) -> Codes:
    """The stated end where it is the end of a stay, else the snapshot that no longer had the statement."""
    stated, closed = days(frame["to_date"]), days(frame["closed_date"])
    says = _says(evidence, record, "end_says", STAY) & (stated != LONG_AGO)
    capped = np.where(says & (closed != LONG_AGO), np.minimum(stated, closed), stated)
    return np.where(is_live, LONG_AGO, np.where(says, capped, closed))


def _gone_weights(evidence: Evidence, frame: pd.DataFrame, record: Codes) -> Floats:
    """By an end that ends a stay, by no longer being sent, or by the source's having moved the person elsewhere."""
    closed = frame["closed_date"].notna().to_numpy(dtype=bool)
    is_record_closed = evidence.records["closed_date"].notna().to_numpy(dtype=bool)[record]
    is_elsewhere = evidence.is_live[record] & evidence.records["uprn"].notna().to_numpy(dtype=bool)[record]
    has_end = frame["to_date"].notna().to_numpy(dtype=bool) | (~closed & ~evidence.is_live[record])
    is_ended = has_end & _says(evidence, record, "end_says", STAY)
    ended, unsent, stated = (
        evidence.trust[name].to_numpy(dtype=np.float64)[evidence.source[record]]
        for name in ("ended_weight", "unsent_weight", "address_weight")
    )
    weight: Floats = np.select(
        [is_ended, closed & is_record_closed, closed & is_elsewhere],
        [ended, unsent, np.maximum(stated, NOTHING)],
        NOTHING,
    )
    return weight
