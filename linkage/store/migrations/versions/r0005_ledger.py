"""The ledger of resident ids and of publications, further verdicts, and what was deleted or is set apart."""

import sqlalchemy as sa
from alembic import op

from linkage.errors import StoreError
from linkage.store.migrations.columns import TableSpec, column

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES: dict[str, TableSpec] = {
    "publication": (
        "One act of making a run's index live.",
        ("publication_id",),
        (
            ("publication_id", "integer", "Number of the publication, rising."),
            ("run_id", "text", "Run that it made live."),
            ("kind", "text", "publish, or rollback: an earlier run made live again."),
            ("published_at", "timestamp", "When."),
            ("changes", "json", "Rows added and closed, by table; counts only."),
            ("rolled_back_by", "integer?", "Publication that took this one back; missing when none did."),
        ),
    ),
    "identity_event": (
        "One event in the life of a resident id: the ledger. Append-only.",
        ("event_id",),
        (
            ("event_id", "integer", "Number of the event, rising."),
            ("publication_id", "integer", "Publication that made it so."),
            ("run_id", "text", "Run that found it."),
            (
                "kind",
                "text",
                "minted, split, restored (the id is live from here); merged or retired (it no longer is).",
            ),
            ("resident_id", "text", "The id."),
            ("other_resident_id", "text?", "Of merged: its successor. Of split: the id it was part of."),
            ("record_count", "integer", "Records that the event is about."),
            ("reason", "text", "Why, in plain words."),
        ),
    ),
    "restricted_record": (
        "One record whose processing is restricted: stored, shown to its subject, and used for nothing.",
        ("record_id",),
        (
            (
                "record_id",
                "text",
                "<source>:<record key>:<person role>:<position>; stable between snapshots.",
            ),
            ("source", "text", "Source the record came from."),
            ("record_key", "text", "The source's own key."),
            (
                "person_key",
                "text?",
                "The source's own id of the person, where it has one in all their rows.",
            ),
            ("person_role", "text", "Role of the person in the row, as the contract names it."),
            ("person_position", "integer", "Position among the people of that role in the row, from 1."),
            ("title", "text?", "Title, such as MR or DR."),
            (
                "forename",
                "text?",
                "First forename, upper case without accents; an initial where only that is known.",
            ),
            ("forename_root", "text?", "Name that the forename is a short form of, or the forename itself."),
            ("middle_names", "text?", "Further forenames, space-separated."),
            (
                "surname",
                "text?",
                "Surname, upper case without accents, particles joined, double-barrelled with a space.",
            ),
            ("surname_alias", "text?", "Other surname the source gives: preferred, former or also known as."),
            ("name_suffix", "text?", "JR, SR, II and the like."),
            ("birth_date", "date?", "Birth date; first of the month or year where only those are known."),
            ("birth_date_precision", "text?", "day, month or year; missing when the birth date is."),
            ("is_birth_date_weak", "boolean", "A full date that is likely a stand-in, such as 1 January."),
            (
                "age_group",
                "text?",
                "adult (18 or over) or child at the snapshot: by the birth date, else by what the role in "
                "the row implies.",
            ),
            ("death_date", "date?", "Date of death where the source gives one."),
            ("sex", "text?", "F, M or missing."),
            ("uprn", "text?", "UPRN of the address, given or found."),
            (
                "uprn_match_grade",
                "text?",
                "given, exact, building, street or fuzzy; missing when no UPRN was found.",
            ),
            ("parent_uprn", "text?", "UPRN of the building, or the UPRN itself when it has no parent."),
            ("address_text", "text?", "Address lines in one, normalised."),
            ("postcode", "text?", "Postcode with one space."),
            ("phone", "text?", "Telephone number, E.164."),
            ("email", "text?", "E-mail address, lower case."),
            ("nhs_number", "text?", "NHS number, ten digits, check digit right."),
            ("nino", "text?", "National Insurance number, nine characters."),
            ("upn", "text?", "Unique pupil number, thirteen characters; education use only."),
            ("start_date", "date?", "First day the source states for this record."),
            ("end_date", "date?", "Last day the source states; missing when open."),
            ("is_live", "boolean", "The source says this record is current on the snapshot date."),
            ("first_snapshot_date", "date", "Snapshot in which the record was first received."),
            ("closed_date", "date?", "First snapshot without it; missing while its source sends it."),
            (
                "statements",
                "json",
                "Where it says, or said, that its person lives: rows of address_statement, as a JSON list.",
            ),
            ("judgement_id", "text", "Judgement that restricts it."),
        ),
    ),
    "declared_protection": (
        "One thing that a source says of a protected person. For those alone who may know whom a source protects.",
        ("source", "kind", "subject", "other", "run_id"),
        (
            ("source", "text", "Source that says so."),
            ("kind", "text", "row_withheld, person_withheld, row_address, person_address or link."),
            ("subject", "text", "Key of the row, or the source's own id of the person."),
            ("other", "text", "Of link: the id of the person's former identity; else empty."),
            (
                "run_id",
                "text",
                "Run that has to act on it; empty where it goes on until somebody lifts it.",
            ),
        ),
    ),
    "protected_record": (
        "One record whose address is withheld. For those alone who may know whom a source protects.",
        ("record_id",),
        (
            ("record_id", "text", "Record."),
            (
                "reach",
                "text",
                "person: the address of its person is withheld, whoever states it; place: of the record only, "
                "because it shares the place of a protected one.",
            ),
            ("since_run_id", "text", "Run since which it is protected."),
        ),
    ),
    "forbidden_link": (
        "Two records that must never be joined. For those alone who may know whom a source protects.",
        ("record_id_l", "record_id_r"),
        (
            ("record_id_l", "text", "Smaller record id."),
            ("record_id_r", "text", "Larger record id."),
            ("record_id", "text", "The one of the two that is of the person's present identity."),
            ("since_run_id", "text", "Run since which it is forbidden."),
        ),
    ),
    "erased_record": (
        "One record, or row, that must not be held again, known by a hash only.",
        ("record_sha256",),
        (
            ("record_sha256", "text", "SHA-256 of the record id, or of `<source>:<key>` of a row."),
            ("deletion_id", "text", "Deletion that erased it."),
        ),
    ),
    "deletion": (
        "One deletion of personal data: the proof that it was done. Append-only.",
        ("deletion_id",),
        (
            ("deletion_id", "text", "Identity of the deletion."),
            ("kind", "text", "retention, erasure, forgotten_run or protection."),
            ("decided_by", "text", "Who asked for it, or the name of the job."),
            ("deleted_at", "timestamp", "When."),
            ("reason", "text", "Why: the request, the contract or the protection."),
            ("run_id", "text?", "Run that was forgotten, where one was."),
            (
                "resident_id",
                "text?",
                "Resident id that was erased, where one was: it says nothing of the person.",
            ),
            ("counts", "json", "Rows and files deleted, by table or folder; counts only."),
        ),
    ),
}
"""New tables of the running of the index: what a row is, its key and its columns."""

JUDGED = (
    ("uprn", "text?", "Address that it is about, where it is."),
    ("withdraws", "text?", "Judgement that is withdrawn, where it withdraws one."),
    (
        "record_ids",
        "json?",
        "Records of the resident when it was judged, where it is about a resident.",
    ),
)
COMMENTS = {
    "verdict": (
        "same_person (must-link) or different_person (cannot-link).",
        "same_person (must-link), different_person (cannot-link), not_this_address, restrict_processing, "
        "or withdrawn: the judgement it names is no longer in force.",
    ),
    "record_id_l": ("Smaller record id.", "Record it is about; of two the smaller record id."),
    "record_id_r": ("Larger record id.", "Larger record id, where it is about two."),
}
GRAIN = "One human judgement; append-only. The latest about the same thing is in force."
STATUS = (
    "running, failed, trained (made to train a model only), published or superseded.",
    "running, failed, trained (made to train a model only), published, superseded, or forgotten: what only it "
    "showed is deleted.",
)
"""What the status of a run says, before and after."""
FIRST_PUBLICATION = """
INSERT INTO operations.publication (publication_id, run_id, kind, published_at, changes)
SELECT 1, run_id, 'publish', coalesce(published_at, now()), '{}'::jsonb
FROM operations.live_run JOIN operations.run USING (run_id)
"""
FIRST_EVENTS = """
INSERT INTO operations.identity_event (event_id, publication_id, run_id, kind, resident_id, record_count, reason)
SELECT row_number() OVER (ORDER BY resident_id COLLATE "C"), 1, run_id, 'minted', resident_id, record_count,
    'Known before the ledger began.'
FROM published.resident CROSS JOIN operations.live_run
"""
REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION operations.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND coalesce(current_setting('residents_index.deletion', true), '') <> '' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'operations.% is append-only: add a later row instead', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$
"""
"""A deletion on the subject's request names itself in the transaction's setting; nothing else removes a row."""
APPEND_ONLY = ("identity_event", "deletion")


def upgrade() -> None:
    """Make the tables; what is live now becomes publication 1, its ids minted by it."""
    for name, (grain, key, columns) in TABLES.items():
        op.create_table(
            name,
            *(column(*said) for said in columns),
            sa.PrimaryKeyConstraint(*key),
            schema="operations",
            comment=grain,
        )
    for name in ("resident_id", "other_resident_id"):
        op.create_index(f"identity_event_{name}_idx", "identity_event", [name], schema="operations")
    op.execute(FIRST_PUBLICATION)
    op.execute(FIRST_EVENTS)
    _widen_judgements()
    op.alter_column("run", "status", schema="operations", comment=STATUS[1], existing_comment=STATUS[0])
    op.execute(REFUSE_CHANGE)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON operations.{table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION operations.refuse_change()"
        )


def _widen_judgements() -> None:
    for name, kind, comment in JUDGED:
        op.add_column("judgement", column(name, kind, comment), schema="operations")
    op.alter_column("judgement", "record_id_r", nullable=True, schema="operations")
    for name, (before, after) in COMMENTS.items():
        op.alter_column("judgement", name, comment=after, existing_comment=before, schema="operations")
    op.create_table_comment("judgement", GRAIN, schema="operations")
    op.drop_constraint("judgement_verdict_check", "judgement", schema="operations")
    op.create_check_constraint(
        "judgement_verdict_check",
        "judgement",
        "verdict IN ('same_person', 'different_person', 'not_this_address', 'restrict_processing', 'withdrawn')",
        schema="operations",
    )


def downgrade() -> None:
    """Refuse: the ledger would be lost."""
    raise StoreError(
        "The ledger of resident ids is append-only; going back to an earlier version would lose it. "
        "Restore a backup of the database instead."
    )
