"""The first tables: the published index, its staging copy, and the running of it.

The log of judgements and the log of corrections only ever grow: triggers refuse to change or remove a row.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from linkage.errors import StoreError

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("judgement", "correction")
LOOK_UPS = (
    ("address_postcode_idx", "address", ["postcode"]),
    ("crosswalk_resident_id_idx", "crosswalk", ["resident_id"]),
    ("crosswalk_source_record_key_idx", "crosswalk", ["source", "record_key"]),
    ("golden_value_record_id_idx", "golden_value", ["record_id"]),
    ("household_uprn_idx", "household", ["uprn"]),
    ("residence_uprn_idx", "residence", ["uprn"]),
    ("resident_birth_date_idx", "resident", ["birth_date"]),
    ("resident_household_id_idx", "resident", ["household_id"]),
    ("resident_surname_forename_idx", "resident", ["surname", "forename"]),
    ("resident_uprn_idx", "resident", ["uprn"]),
)
REFUSE_CHANGE = """
CREATE FUNCTION operations.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'operations.% is append-only: add a later row instead', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$
"""


def upgrade() -> None:
    """Make the schemas, the tables, and the triggers of the append-only logs."""
    for schema in ("published", "staging", "operations"):
        op.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    _make_operations()
    for schema in ("published", "staging"):
        _make_index(schema)
    _make_reported()
    for name, table, columns in LOOK_UPS:
        op.create_index(name, table, columns, schema="published")
    op.execute(REFUSE_CHANGE)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON operations.{table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION operations.refuse_change()"
        )
    op.create_check_constraint(
        "judgement_verdict_check",
        "judgement",
        "verdict IN ('same_person', 'different_person')",
        schema="operations",
    )
    op.create_check_constraint(
        "judgement_order_check", "judgement", 'record_id_l < record_id_r COLLATE "C"', schema="operations"
    )
    op.create_check_constraint("live_run_slot_check", "live_run", "slot = 1", schema="operations")


def downgrade() -> None:
    """Refuse: undoing the first tables would destroy the judgements, which exist nowhere else."""
    raise StoreError("The first migration cannot be undone: it would destroy the log of judgements.")


def _make_operations() -> None:
    """Runs, judgements, corrections and the quarantine."""
    op.create_table(
        "correction",
        sa.Column("correction_id", sa.Text(), nullable=False, comment="Identity of the correction."),
        sa.Column("quarantine_id", sa.Text(), nullable=False, comment="The quarantined row."),
        sa.Column("source", sa.Text(), nullable=False, comment="Source of the row."),
        sa.Column("snapshot_date", sa.Date(), nullable=False, comment="Snapshot of the row."),
        sa.Column("row_number", sa.BigInteger(), nullable=False, comment="Row in the file, from 1."),
        sa.Column(
            "file_sha256", sa.Text(), nullable=False, comment="Hash of the file the row was read from."
        ),
        sa.Column("column", sa.Text(), nullable=False, comment="Column corrected."),
        sa.Column("corrected_value", sa.Text(), nullable=True, comment="The cell's new text."),
        sa.Column("decided_by", sa.Text(), nullable=False, comment="Who corrected it."),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False, comment="When."),
        sa.PrimaryKeyConstraint("correction_id"),
        schema="operations",
        comment="One corrected cell of one quarantined row; append-only, the latest wins.",
    )
    op.create_table(
        "judgement",
        sa.Column("judgement_id", sa.Text(), nullable=False, comment="Identity of the judgement."),
        sa.Column(
            "verdict",
            sa.Text(),
            nullable=False,
            comment="same_person (must-link) or different_person (cannot-link).",
        ),
        sa.Column("record_id_l", sa.Text(), nullable=False, comment="Smaller record id."),
        sa.Column("record_id_r", sa.Text(), nullable=False, comment="Larger record id."),
        sa.Column("decided_by", sa.Text(), nullable=False, comment="Who decided."),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False, comment="When."),
        sa.Column("reason", sa.Text(), nullable=False, comment="Why."),
        sa.PrimaryKeyConstraint("judgement_id"),
        schema="operations",
        comment="One human judgement on two records; append-only.",
    )
    op.create_table(
        "live_run",
        sa.Column("slot", sa.BigInteger(), nullable=False, comment="Always 1."),
        sa.Column("run_id", sa.Text(), nullable=False, comment="The live run."),
        sa.PrimaryKeyConstraint("slot"),
        schema="operations",
        comment="The run whose index readers see: one row at most.",
    )
    op.create_table(
        "quarantine_log",
        sa.Column("run_id", sa.Text(), nullable=False, comment="Run that held the row back."),
        sa.Column(
            "quarantine_id",
            sa.Text(),
            nullable=False,
            comment="Hash of source, snapshot, file and row number.",
        ),
        sa.Column("source", sa.Text(), nullable=False, comment="Source of the extract."),
        sa.Column("snapshot_date", sa.Date(), nullable=False, comment="Date of the extract."),
        sa.Column("row_number", sa.BigInteger(), nullable=False, comment="Row in the file, from 1."),
        sa.Column("record_key", sa.Text(), nullable=True, comment="The source's own key."),
        sa.Column(
            "file_sha256", sa.Text(), nullable=False, comment="Hash of the file the row was read from."
        ),
        sa.Column(
            "rules",
            postgresql.JSONB(),
            nullable=False,
            comment="Names of the rules broken, as a JSON list.",
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="The rules in plain words; never a value."),
        sa.Column(
            "cells",
            postgresql.JSONB(),
            nullable=True,
            comment="The row as validated, column to text; empty when the row must not be kept.",
        ),
        sa.PrimaryKeyConstraint("run_id", "quarantine_id"),
        schema="operations",
        comment="One quarantined row as one run saw it.",
    )
    op.create_table(
        "run",
        sa.Column(
            "run_id",
            sa.Text(),
            nullable=False,
            comment="<snapshot date>-<hash of everything the run depends on>.",
        ),
        sa.Column("snapshot_date", sa.Date(), nullable=False, comment="Snapshot the run read."),
        sa.Column("status", sa.Text(), nullable=False, comment="running, failed, published or superseded."),
        sa.Column(
            "started_at", sa.DateTime(timezone=True), nullable=False, comment="When the run first started."
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True, comment="When the run ended."),
        sa.Column(
            "published_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the run's index went live.",
        ),
        sa.Column(
            "manifest",
            postgresql.JSONB(),
            nullable=False,
            comment="Inputs with hashes, versions, counts, seconds and peak memory by stage.",
        ),
        sa.PrimaryKeyConstraint("run_id"),
        schema="operations",
        comment="One run of the pipeline over one snapshot.",
    )


def _make_index(schema: str) -> None:
    """The tables that one publish replaces together."""
    op.create_table(
        "address",
        sa.Column("uprn", sa.Text(), nullable=False, comment="Unique property reference number (BS 7666)."),
        sa.Column(
            "parent_uprn",
            sa.Text(),
            nullable=True,
            comment="UPRN of the building or house this one is part of.",
        ),
        sa.Column(
            "classification",
            sa.Text(),
            nullable=False,
            comment="Classification code of the gazetteer, such as RD06 for a flat.",
        ),
        sa.Column(
            "is_communal",
            sa.Boolean(),
            nullable=False,
            comment="A care home, hostel, hall or other communal establishment.",
        ),
        sa.Column(
            "is_residential", sa.Boolean(), nullable=False, comment="A dwelling, or a communal establishment."
        ),
        sa.Column(
            "is_parent",
            sa.Boolean(),
            nullable=False,
            comment="Other properties are part of this one: a building, or a house in flats.",
        ),
        sa.Column("address_text", sa.Text(), nullable=True, comment="The address in one line, normalised."),
        sa.Column("postcode", sa.Text(), nullable=True, comment="Postcode, normalised."),
        sa.Column("ward", sa.Text(), nullable=True, comment="Ward of the property."),
        sa.PrimaryKeyConstraint("uprn"),
        schema=schema,
        comment="One property of the gazetteer.",
    )
    op.create_table(
        "crosswalk",
        sa.Column("record_id", sa.Text(), nullable=False, comment="Record."),
        sa.Column("resident_id", sa.Text(), nullable=False, comment="Resident."),
        sa.Column("source", sa.Text(), nullable=False, comment="Source of the record."),
        sa.Column("record_key", sa.Text(), nullable=False, comment="The source's own key."),
        sa.Column("person_role", sa.Text(), nullable=False, comment="Role of the person in the row."),
        sa.Column(
            "person_position",
            sa.BigInteger(),
            nullable=False,
            comment="Position among the people of that role in the row.",
        ),
        sa.PrimaryKeyConstraint("record_id"),
        schema=schema,
        comment="One record and the resident it belongs to.",
    )
    op.create_table(
        "golden_value",
        sa.Column("resident_id", sa.Text(), nullable=False, comment="Resident."),
        sa.Column("attribute", sa.Text(), nullable=False, comment="Attribute of the resident."),
        sa.Column("value", sa.Text(), nullable=False, comment="The value as text; dates as YYYY-MM-DD."),
        sa.Column("record_id", sa.Text(), nullable=False, comment="Record the value came from."),
        sa.Column("rule", sa.Text(), nullable=False, comment="Why this value won, in a few words."),
        sa.Column(
            "agreeing_source_count",
            sa.BigInteger(),
            nullable=False,
            comment="Sources that give the same value.",
        ),
        sa.PrimaryKeyConstraint("resident_id", "attribute"),
        schema=schema,
        comment="One golden value of one resident and the record it came from.",
    )
    op.create_table(
        "household",
        sa.Column("household_id", sa.Text(), nullable=False, comment="Identity of the household."),
        sa.Column("uprn", sa.Text(), nullable=False, comment="The occupied address."),
        sa.Column("kind", sa.Text(), nullable=False, comment="household or communal."),
        sa.Column(
            "member_count",
            sa.BigInteger(),
            nullable=False,
            comment="Residents whose current address this is.",
        ),
        sa.PrimaryKeyConstraint("household_id"),
        schema=schema,
        comment="One occupied address. Communal establishments are kept apart by kind.",
    )
    op.create_table(
        "residence",
        sa.Column("resident_id", sa.Text(), nullable=False, comment="Resident."),
        sa.Column("uprn", sa.Text(), nullable=False, comment="Address."),
        sa.Column(
            "is_current", sa.Boolean(), nullable=False, comment="This is the resident's current address."
        ),
        sa.Column(
            "source_count", sa.BigInteger(), nullable=False, comment="Sources that state this address."
        ),
        sa.Column(
            "record_count", sa.BigInteger(), nullable=False, comment="Records that state this address."
        ),
        sa.Column("first_date", sa.Date(), nullable=True, comment="Earliest date stated for the address."),
        sa.Column(
            "last_date", sa.Date(), nullable=True, comment="Latest date on which a source states the address."
        ),
        sa.PrimaryKeyConstraint("resident_id", "uprn"),
        schema=schema,
        comment="One resident at one address, as services state it.",
    )
    op.create_table(
        "resident",
        sa.Column("resident_id", sa.Text(), nullable=False, comment="Identity of the resident in the index."),
        sa.Column("title", sa.Text(), nullable=True, comment="Golden title."),
        sa.Column("forename", sa.Text(), nullable=True, comment="Golden forename."),
        sa.Column("middle_names", sa.Text(), nullable=True, comment="Golden further forenames."),
        sa.Column("surname", sa.Text(), nullable=True, comment="Golden surname."),
        sa.Column("birth_date", sa.Date(), nullable=True, comment="Golden birth date, known to the day."),
        sa.Column("death_date", sa.Date(), nullable=True, comment="Golden date of death."),
        sa.Column("sex", sa.Text(), nullable=True, comment="Golden sex."),
        sa.Column("phone", sa.Text(), nullable=True, comment="Golden telephone number."),
        sa.Column("email", sa.Text(), nullable=True, comment="Golden e-mail address."),
        sa.Column("nhs_number", sa.Text(), nullable=True, comment="Golden NHS number."),
        sa.Column("nino", sa.Text(), nullable=True, comment="Golden National Insurance number."),
        sa.Column("upn", sa.Text(), nullable=True, comment="Golden unique pupil number."),
        sa.Column("uprn", sa.Text(), nullable=True, comment="UPRN of the current address."),
        sa.Column(
            "household_id",
            sa.Text(),
            nullable=True,
            comment="Household at the current address; missing when there is none.",
        ),
        sa.Column("record_count", sa.BigInteger(), nullable=False, comment="Records in the cluster."),
        sa.Column("source_count", sa.BigInteger(), nullable=False, comment="Sources that know the resident."),
        sa.Column(
            "is_address_withheld",
            sa.Boolean(),
            nullable=False,
            comment="A source forbids showing this person's address.",
        ),
        sa.PrimaryKeyConstraint("resident_id"),
        schema=schema,
        comment="One resident: a cluster of records and the golden value of each attribute.",
    )


def _make_reported() -> None:
    """Figures that every run adds to."""
    op.create_table(
        "maturity_score",
        sa.Column("run_id", sa.Text(), nullable=False, comment="Run."),
        sa.Column("theme", sa.Text(), nullable=False, comment="Theme of the matrix, or overall."),
        sa.Column("level", sa.BigInteger(), nullable=False, comment="Level 1, 2 or 3."),
        sa.Column("basis", sa.Text(), nullable=False, comment="measured, self-declared or mixed."),
        sa.Column("rule", sa.Text(), nullable=False, comment="Rule that gave the level, in plain words."),
        sa.Column(
            "evidence", sa.Text(), nullable=False, comment="Figures and answers the rule was applied to."
        ),
        sa.Column(
            "lift",
            sa.Text(),
            nullable=False,
            comment="What would lift the level, or 'nothing: this is the top level'.",
        ),
        sa.PrimaryKeyConstraint("run_id", "theme"),
        schema="published",
        comment="Level of one theme of integrated customer data in one run, "
        "or of the whole (theme 'overall').",
    )
    op.create_table(
        "quality_figure",
        sa.Column("run_id", sa.Text(), nullable=False, comment="Run that measured it."),
        sa.Column(
            "measure",
            sa.Text(),
            nullable=False,
            comment="Name of the measure, such as completeness_birth_date.",
        ),
        sa.Column("scope", sa.Text(), nullable=False, comment="A source, or index for the whole."),
        sa.Column(
            "dimension",
            sa.Text(),
            nullable=False,
            comment="Data quality dimension: completeness, uniqueness, validity, ...",
        ),
        sa.Column(
            "value", sa.Double(), nullable=False, comment="The figure: a share between 0 and 1, or a count."
        ),
        sa.Column("numerator", sa.Double(), nullable=True, comment="What was counted."),
        sa.Column("denominator", sa.Double(), nullable=True, comment="Out of how many."),
        sa.Column(
            "description", sa.Text(), nullable=False, comment="What the figure says, in one plain sentence."
        ),
        sa.PrimaryKeyConstraint("run_id", "measure", "scope"),
        schema="published",
        comment="One measured figure of one run.",
    )
