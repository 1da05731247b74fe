"""Restriction of processing: whose records take no part in linking, index and products (ADR 14)."""

import json
from dataclasses import dataclass

import pandas as pd

from linkage.rights.judgements import judged_records
from linkage.schema import RESTRICTED_RECORD, SOURCE_RECORD, STATEMENT, conform
from linkage.texts import is_one_of

IDENTIFIERS = ("nhs_number", "nino", "upn")
OF_THE_SOURCE = ["source", "person_key"]
"""What a source calls a person, in all that it says of them."""
NAMED_AT_HOME = ["forename", "surname", "birth_date", "uprn"]
"""Who agrees on all of these with a restricted record is taken for the same person."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """Records that are used, and records that are only stored.

    Attributes:
        records: The records given, without the restricted ones.
        statements: The statements given, without those of restricted records.
        restricted: Frame conforming to `RESTRICTED_RECORD`, in order of record id.
    """

    records: pd.DataFrame
    statements: pd.DataFrame
    restricted: pd.DataFrame


def set_aside(
    records: pd.DataFrame,
    statements: pd.DataFrame,
    judgements: pd.DataFrame,
    *,
    before: pd.DataFrame | None = None,
) -> SetAside:
    """Take the records of people who have restricted their processing out of what a run works on.

    Args:
        records: Frame with the columns of `SOURCE_RECORD`, such as `REMEMBERED`; the restricted ones among them.
        statements: Frame conforming to `STATEMENT`, of those records.
        judgements: Judgements in force, aliases followed.
        before: Frame conforming to `RESTRICTED_RECORD`: what the last publication had set aside. Once restricted, a
            record stays so while its judgement is in force.

    Returns:
        What goes on, and what is kept apart. The order of rows makes no difference to who is restricted.
    """
    marked = restricted_records(records, judgements, before=before)
    place = pd.Index(marked["record_id"]).get_indexer(pd.Index(records["record_id"]))
    apart = records.loc[place >= 0, SOURCE_RECORD.names]
    is_theirs = is_one_of(statements["record_id"], marked["record_id"])
    said = _statement_lists(statements[is_theirs])
    restricted = apart.assign(
        statements=apart["record_id"].map(said).fillna("[]"),
        judgement_id=marked["judgement_id"].array.take(place[place >= 0]),
    ).sort_values("record_id", ignore_index=True)
    return SetAside(
        records[place < 0].reset_index(drop=True),
        statements[~is_theirs].reset_index(drop=True),
        conform(restricted, RESTRICTED_RECORD),
    )


def restored(restricted: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Records that were set aside and their statements, as they are remembered: the next run judges anew.

    Args:
        restricted: Frame conforming to `RESTRICTED_RECORD`.

    Returns:
        Frame conforming to `SOURCE_RECORD` and frame conforming to `STATEMENT`.
    """
    rows = [row for text in restricted["statements"].tolist() for row in json.loads(text)]
    statements = pd.DataFrame(rows, columns=STATEMENT.names)
    return conform(restricted[SOURCE_RECORD.names], SOURCE_RECORD), conform(statements, STATEMENT)


def restricted_records(
    records: pd.DataFrame, judgements: pd.DataFrame, *, before: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Records under restriction: those judged, those restricted before, and further ones of the same people.

    A further record is of the same person when it has the NHS, National Insurance or pupil number of a restricted
    record, its source's own key of the person, or its forename, surname, full birth date and address. Else a new record
    would make the person anew.

    Args:
        records: As `set_aside` takes them.
        judgements: Judgements in force, aliases followed.
        before: As `set_aside` takes it.

    Returns:
        Columns `record_id` and `judgement_id`, one row a record, in order of record id; only records given.
    """
    asked = judgements[judgements["verdict"] == "restrict_processing"]
    marked = judged_records(asked)
    if before is not None:
        kept = before.loc[is_one_of(before["judgement_id"], asked["judgement_id"]), marked.columns]
        marked = pd.concat([marked, kept], ignore_index=True)
    marked = marked[is_one_of(marked["record_id"], records["record_id"])].drop_duplicates("record_id")
    if marked.empty:
        return marked.reset_index(drop=True)
    further = [_sharing(records, marked, [name]) for name in IDENTIFIERS]
    further.append(_sharing(records, marked, OF_THE_SOURCE))
    full = records[(records["birth_date_precision"] == "day").fillna(False).astype(bool)]
    further.append(_sharing(full[~full["is_birth_date_weak"].astype(bool)], marked, NAMED_AT_HOME))
    found = pd.concat([marked, *further], ignore_index=True).drop_duplicates("record_id")
    return found.sort_values("record_id", ignore_index=True)


def _sharing(records: pd.DataFrame, marked: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Records that agree with a marked one on all of these columns, none of them missing."""
    known = records[["record_id", *names]].dropna()
    theirs = known.merge(marked, on="record_id").drop(columns="record_id").drop_duplicates(names)
    return known.merge(theirs, on=names)[["record_id", "judgement_id"]]


def _statement_lists(statements: pd.DataFrame) -> pd.Series:
    """Statements of each record as a JSON list, indexed by record id."""
    texts = conform(statements, STATEMENT).sort_values(list(STATEMENT.key))
    for name in ("first_snapshot_date", "from_date", "to_date", "closed_date"):
        texts[name] = texts[name].dt.strftime("%Y-%m-%d")
    rows = pd.Series(json.loads(texts.to_json(orient="records")), index=texts["record_id"], dtype=object)
    return rows.groupby(level=0).agg(lambda held: json.dumps(list(held)))
