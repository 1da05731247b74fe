"""What the index is made from, and the published tables of one run together."""

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True, slots=True)
class IndexInputs:
    """What earlier stages left, and who is who.

    Attributes:
        records: Frame conforming to `REMEMBERED`, every record, closed ones too.
        statements: Frame conforming to `STATEMENT`, what those records say, or said, of where people live.
        clusters: Frame conforming to `CLUSTER`, for exactly those records.
        pairs: Frame conforming to `PAIR`, over those records.
        addresses: Frame conforming to `ADDRESS`.
        resident_ids: Resident id of each cluster, text, indexed by cluster id.
        aliases: Frame conforming to `RECORD_ALIAS`.
        source_state: Frame conforming to `SOURCE_STATE`.
        conflicts: Frame conforming to `JUDGEMENT_CONFLICT`.
        protected: Ids of records of people whose address is withheld: the records are masked already, and nothing else
            may lead to where those people live.
    """

    records: pd.DataFrame
    statements: pd.DataFrame
    clusters: pd.DataFrame
    pairs: pd.DataFrame
    addresses: pd.DataFrame
    resident_ids: pd.Series
    aliases: pd.DataFrame
    source_state: pd.DataFrame
    conflicts: pd.DataFrame
    protected: pd.Index = field(default_factory=lambda: pd.Index([], dtype=object))


@dataclass(frozen=True, slots=True)
class IndexTables:
    """One frame for each table of `PUBLISHED`, each conforming to it and ordered by its key."""

    address: pd.DataFrame
    source_record: pd.DataFrame
    record_alias: pd.DataFrame
    source_state: pd.DataFrame
    resident: pd.DataFrame
    golden_value: pd.DataFrame
    crosswalk: pd.DataFrame
    residence: pd.DataFrame
    residence_evidence: pd.DataFrame
    household: pd.DataFrame
    household_member: pd.DataFrame
    household_link: pd.DataFrame
    stated_relation: pd.DataFrame
    judgement_conflict: pd.DataFrame
