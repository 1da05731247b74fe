"""Outcomes: facts of rows, what was decided about cases, figures, and the register held against other services."""

import sqlalchemy as sa
from alembic import op

from linkage.store.migrations.columns import TableSpec, column

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES: dict[str, TableSpec] = {
    "row_fact": (
        "One fact of one record that outcomes need and linkage does not, as its contract names it.",
        ("record_id", "fact"),
        (
            ("record_id", "text", "Record."),
            ("fact", "text", "Name of the fact, such as tenancy_party."),
            ("source", "text", "Source of the record."),
            ("value", "text", "The cell, as sent."),
        ),
    ),
    "disposition": (
        "What somebody decided about one case; append-only, the latest holds.",
        ("disposition_id",),
        (
            ("disposition_id", "text", "Identity of the disposition."),
            ("case_id", "text", "Case it is about."),
            ("outcome", "text", "Outcome that the case is of."),
            ("finding", "text", "What the case had found when it was decided."),
            ("resident_id", "text?", "Resident whom it was about then."),
            ("verdict", "text", "confirmed, dismissed, or open: looked at again."),
            ("value", "number?", "What it is worth in pounds, where somebody said so."),
            ("reason", "text", "Why."),
            ("decided_by", "text", "Who decided."),
            ("decided_at", "timestamp", "When."),
        ),
    ),
    "outcome_figure": (
        "One figure of one outcome in one run.",
        ("run_id", "outcome", "measure"),
        (
            ("run_id", "text", "Run that measured it."),
            ("outcome", "text", "Outcome."),
            ("measure", "text", "Name of the figure."),
            ("value", "number", "The figure: a share between 0 and 1, or a count."),
            ("numerator", "number?", "What was counted."),
            ("denominator", "number?", "Out of how many."),
            ("is_against_truth", "boolean", "Measured against a truth that a real council does not have."),
            ("description", "text", "What the figure says, in one plain sentence."),
        ),
    ),
    "elector_check": (
        "One entry of the electoral register, or one resident who ought to be on it.",
        ("case_id",),
        (
            ("case_id", "text", "Hash of what the case is about, the same in every run."),
            ("run_id", "text", "Run whose index it was made from."),
            ("finding", "text", "What was found, in one term."),
            ("resident_id", "text?", "Resident it is about; missing when the index has none."),
            ("record_id", "text?", "The entry; missing for a resident who has none."),
            ("uprn", "text?", "Address of the entry, or where the resident lives."),
            (
                "evidenced_uprn",
                "text?",
                "Where services say that the elector lives, where that is elsewhere.",
            ),
            ("service_count", "integer", "Independent services that state the address of the entry now."),
            ("latest_date", "date?", "Day of which their statements are true, as far as they have heard."),
            (
                "probability",
                "number",
                "How sure it is, without the register, that the elector lives there: 0 to 1.",
            ),
            ("is_attainer", "boolean", "Will come of voting age within a year."),
            ("benefits_agree", "boolean", "The national benefits extract has the elector at the address."),
            ("reason", "text", "Why, in plain words; no value of a person."),
            ("evidence", "json", "Which service says what, since when and how sure, as a JSON list."),
        ),
    ),
}
INDEXES = (
    ("row_fact", ("fact",)),
    ("disposition", ("case_id",)),
    ("elector_check", ("finding",)),
    ("elector_check", ("resident_id",)),
)
"""Look-ups that readers make: table and columns."""


def upgrade() -> None:
    """Make the tables; the next run fills them."""
    op.execute("CREATE SCHEMA IF NOT EXISTS outcomes")
    for name, (grain, key, columns) in TABLES.items():
        made = [column(*spec) for spec in columns]
        op.create_table(name, *made, sa.PrimaryKeyConstraint(*key), schema="outcomes", comment=grain)
    for name, looked_up in INDEXES:
        op.create_index(f"{name}_{'_'.join(looked_up)}_idx", name, list(looked_up), schema="outcomes")
    op.execute(
        "CREATE TRIGGER disposition_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON outcomes.disposition "
        "FOR EACH STATEMENT EXECUTE FUNCTION operations.refuse_change()"
    )


def downgrade() -> None:
    """Remove them; dispositions go with them."""
    for name in TABLES:
        op.drop_table(name, schema="outcomes")
