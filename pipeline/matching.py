"""Match one application form with the live index: who it is, how sure, and what is held already (ADR 22)."""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import sqlalchemy as sa
from psycopg import sql

from linkage.contracts import AddressMapping, Contract, Extract, PersonMapping, SourceColumn
from linkage.errors import SourceError, StoreError
from linkage.outcomes import View
from linkage.outcomes.applying import as_forms, known_people, match_forms
from linkage.outcomes.applying.matching import COMPARED_ON, PURPOSE, answers
from linkage.schema import CROSSWALK, RAW_META_NAMES, RECORD, SOURCE_RECORD, Table
from linkage.settings import Settings
from linkage.standardise import standardise
from linkage.store import migrate, runs
from linkage.store.artefacts import RunFolder
from linkage.store.copy import query_table
from linkage.store.database import connect
from linkage.store.run_folders import run_ids
from linkage.store.transaction import reading
from pipeline import increment
from pipeline.outcomes import view_of
from pipeline.run import Run, load_run

COLUMNS = ("surname", "forename", "birth_date", "address", "postcode", "uprn")
NEAR = "rows.record_id IN (SELECT said.record_id FROM published.source_record AS said WHERE {})"
"""Records that a form is compared with, in any table that names records."""
STATED = sa.text(
    "SELECT source, uprn, from_date, first_snapshot_date, weight FROM published.residence_evidence "
    "WHERE resident_id = :resident_id AND is_live AND weight > 0 AND source = ANY(CAST(:sources AS text[])) "
    "ORDER BY source, record_id"
)
HELD = sa.text(
    "SELECT attribute, g.record_id FROM published.golden_value AS g JOIN published.crosswalk AS c USING (record_id) "
    "WHERE g.resident_id = :resident_id AND attribute IN ('birth_date', 'phone', 'email') "
    "AND c.source = ANY(CAST(:sources AS text[])) ORDER BY attribute"
)


@dataclass(frozen=True, slots=True)
class Form:
    """What a form asks, as it was filled in; what was left empty is missing.

    Attributes:
        surname: Surname.
        forename: Forename.
        birth_date: Birth date, YYYY-MM-DD; a year or a month alone is as none.
        address: Address lines, separated by commas.
        postcode: Postcode.
        uprn: UPRN, where the form has picked the address from a list.
    """

    surname: str
    forename: str
    birth_date: str | None = None
    address: str | None = None
    postcode: str | None = None
    uprn: str | None = None


def match_form(settings: Settings, form: Form) -> dict[str, Any]:
    """Who a form is from, how sure, and what need not be asked again.

    A resident whose address is withheld is answered like one whose address no other service confirms.

    Args:
        settings: Where the index is.
        form: The form.

    Returns:
        `finding` (one, several or nobody), `probability`, `candidates` (ids with their probability), and for one also
        `resident_id`, `address_confirmed_by` (services with dates) and `held` (what the form need not ask, each
        with the record it is from). Personal data.

    Raises:
        SourceError: The form has no name that can be read, or a date that is none; the message repeats nothing.
        StoreError: Nothing was ever published, or the live run's gazetteer is gone.
    """
    with connect(settings) as database:
        migrate(database)
        asked = _standardised(settings, runs.live_run(database), form)
        with reading(database) as connection:
            view = view_of(connection, settings)
            candidates = candidates_of(connection, view, asked)
            told = answers(asked, candidates).iloc[0]
            found = {
                "finding": told["finding"],
                "probability": None if pd.isna(told["probability"]) else float(told["probability"]),
                "candidates": candidates[["resident_id", "probability"]].to_dict("records"),
            }
            if pd.isna(told["resident_id"]):
                return found
            given = {"resident_id": told["resident_id"], "sources": view.may_use(PURPOSE)}
            uprn = asked["uprn"].iloc[0]
            return found | _known(connection, given, None if pd.isna(uprn) else str(uprn))


def _known(connection: sa.Connection, given: dict[str, Any], uprn: str | None) -> dict[str, Any]:
    """What is held of the one resident that the form would ask again."""
    stated = [dict(row) for row in connection.execute(STATED, given).mappings()]
    confirmed = [{k: v for k, v in row.items() if k != "uprn"} for row in stated if row["uprn"] == uprn]
    held = [dict(row) for row in connection.execute(HELD, given).mappings()]
    return {"resident_id": given["resident_id"], "address_confirmed_by": confirmed, "held": held}


def candidates_of(connection: sa.Connection, view: View, asked: pd.DataFrame) -> pd.DataFrame:
    """Residents whom one form may be from, found by look-ups: the very ones that `match_forms` finds among everybody.

    Args:
        connection: The index.
        view: What it is, and what sources may be used for.
        asked: The form, one row as `match_forms` takes it.
    """
    where = near(asked)

    def read(table: Table) -> pd.DataFrame:
        is_near = table.name in (SOURCE_RECORD.name, CROSSWALK.name)
        return query_table(connection, table, "published", where=where if is_near else None)

    return match_forms(asked, known_people(replace(view, read=read)))


def near(asked: pd.DataFrame) -> sql.Composable:
    """Condition for `query_table`: records that share with a form what makes the two comparable.

    Records and not residents are looked up: what wins for a resident may be another record's birth date or address.
    """
    form = asked.iloc[0]
    terms = [
        sql.SQL(" AND ").join(
            sql.SQL("said.{} = {}").format(sql.Identifier(name), sql.Literal(_plain(form[name])))
            for name in names
        )
        for names in COMPARED_ON
        if form[list(names)].notna().all()
    ]
    either = sql.SQL(" OR ").join(sql.SQL("({})").format(term) for term in terms)
    return sql.SQL(NEAR).format(either if terms else sql.SQL("false"))


def _plain(value: Any) -> Any:
    return value.date() if isinstance(value, pd.Timestamp) else value


def _standardised(settings: Settings, run_id: str | None, form: Form) -> pd.DataFrame:
    """The form as a record: `form_id`, names, birth date and UPRN, made comparable as those of sources are."""
    if run_id is None:
        raise StoreError("No run has been published yet; `resident-index run` makes one.")
    run = load_run(settings, run_id)
    cells = {name: [getattr(form, name) or None] for name in COLUMNS}
    meta = {"_source": "form", "_snapshot_date": pd.Timestamp(run.snapshot_date), "_row_number": 1}
    row = pd.DataFrame({**cells, **meta, "_record_key": "form", "_file_sha256": ""})[
        [*RAW_META_NAMES, *COLUMNS]
    ]
    texts = dict.fromkeys(("_source", "_record_key", "_file_sha256", *COLUMNS), "string[pyarrow]")
    gazetteer = increment.gazetteer(_folder_with_gazetteer(run), run.gazetteer)
    records = standardise(row.astype(texts), _contract(), gazetteer, snapshot_date=run.snapshot_date)
    if records.empty or (form.birth_date and records["birth_date"].isna().all()):
        raise SourceError(
            "The form cannot be read: expected a surname and a forename, and a birth date such as 1984-06-02. "
            "Correct it and ask again."
        )
    return as_forms(records[list(RECORD.names)]).assign(form_id="form", record_id=None)


def _folder_with_gazetteer(run: Run) -> RunFolder:
    """The run's folder, or the newest that still has a gazetteer: folders of runs are caches.

    Raises:
        StoreError: None has.
    """
    folders = [
        run.folder,
        *(RunFolder(run.settings.data_dir, r) for r in reversed(run_ids(run.settings.data_dir))),
    ]
    for folder in folders:
        left = folder.manifest(f"standardise/{run.gazetteer}")
        if left is not None and "addresses.parquet" in left.outputs:
            return folder
    raise StoreError("No run has left its gazetteer in the data directory; run again, then ask again.")


def _contract() -> Contract:
    """The form as a source of one row."""
    columns = tuple(
        SourceColumn(
            name=name, logical_type="date" if name == "birth_date" else "string", classification="personal"
        )
        for name in COLUMNS
    )
    address = AddressMapping(lines=("address",), postcode="postcode", uprn="uprn")
    person = PersonMapping(
        role="applicant", surname="surname", forename="forename", birth_date="birth_date", address=address
    )
    return Contract(
        source="form", version="1.0.0", title="Form", purpose="An application.", owner="The service applied to",
        cadence="once", retention="1 month", sensitivity="official-sensitive", lawful_basis="UK GDPR Article 6(1)(e)",
        sharing_protocol="none", extract=Extract(file_name="form.csv"), columns=columns, people=(person,),
    )  # fmt: skip
