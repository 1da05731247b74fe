"""Applications that need not have asked again."""

import sqlalchemy as sa
from alembic import op

from linkage.store.migrations.columns import TableSpec, column

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES: dict[str, TableSpec] = {
    "application_check": (
        "One application that was new in the run's snapshot, matched by what its form asks and nothing else.",
        ("case_id",),
        (
            ("case_id", "text", "Hash of what the case is about, the same in every run."),
            ("run_id", "text", "Run whose index it was made from."),
            ("finding", "text", "What was found, in one term."),
            ("resident_id", "text?", "Resident it is about; missing when the index has none."),
            ("record_id", "text", "Record of the application."),
            ("source", "text", "Service applied to."),
            ("candidate_count", "integer", "Residents who may be the applicant."),
            ("probability", "number?", "How sure the match is: 0 to 1; missing without one."),
            ("is_address_confirmed", "boolean", "Another service has the applicant at the address now."),
            ("held", "json", "What is held already of what the form would ask again, as a JSON list."),
            ("reason", "text", "Why, in plain words; no value of a person."),
            ("evidence", "json", "Which service says what, since when and how sure, as a JSON list."),
        ),
    ),
}
LOOKED_UP = (("birth_date", "forename_root"), ("birth_date", "surname"), ("uprn", "surname"))
"""What the form of an application is looked up by, among records."""
INDEXES = (
    ("application_check", ("finding",)),
    ("application_check", ("resident_id",)),
)
"""Look-ups that readers make: table and columns."""


def upgrade() -> None:
    """Make the tables; the next run fills them."""
    for name, (grain, key, columns) in TABLES.items():
        made = [column(*spec) for spec in columns]
        op.create_table(name, *made, sa.PrimaryKeyConstraint(*key), schema="outcomes", comment=grain)
    for name, looked_up in INDEXES:
        op.create_index(f"{name}_{'_'.join(looked_up)}_idx", name, list(looked_up), schema="outcomes")
    for names in LOOKED_UP:
        for schema in ("published", "history"):
            op.create_index(_name(names), "source_record", list(names), schema=schema)


def downgrade() -> None:
    """Remove them."""
    for names in LOOKED_UP:
        for schema in ("published", "history"):
            op.drop_index(_name(names), "source_record", schema=schema)
    for name in TABLES:
        op.drop_table(name, schema="outcomes")


def _name(names: tuple[str, ...]) -> str:
    return f"source_record_{'_'.join(names)}_idx"
