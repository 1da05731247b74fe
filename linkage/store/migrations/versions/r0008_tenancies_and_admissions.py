"""Tables of the checks of tenancies and of school admissions."""

import sqlalchemy as sa
from alembic import op

from linkage.store.migrations.columns import TableSpec, column

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES: dict[str, TableSpec] = {
    "tenancy_check": (
        "One council tenancy with people who are not of the tenant's household, or that the tenant has left to it.",
        ("case_id",),
        (
            ("case_id", "text", "Hash of what the case is about, the same in every run."),
            ("run_id", "text", "Run whose index it was made from."),
            ("finding", "text", "What was found, in one term."),
            ("resident_id", "text?", "Resident it is about; missing when the index has none."),
            ("record_id", "text", "The tenant's record."),
            ("tenancy_reference", "text", "The landlord's reference of the tenancy."),
            ("uprn", "text", "Address of the tenancy."),
            (
                "rank",
                "integer?",
                "Place by strength of evidence among the cases that may be sublet, from 1; missing for others.",
            ),
            (
                "tenant_elsewhere_probability",
                "number",
                "How sure it is, without the landlord's record, that the tenant no longer lives there: 0 to 1.",
            ),
            (
                "service_count",
                "integer",
                "Independent services that have the tenant elsewhere, or gone from the tenancy.",
            ),
            ("elsewhere_uprn", "text?", "Where services have the tenant, where that is elsewhere."),
            ("elsewhere_date", "date?", "Since when, where a service says."),
            ("others_count", "integer", "People evidenced at the tenancy who are not of the household."),
            (
                "others_since_date",
                "date?",
                "Since when the first of them who came after the tenancy began is there.",
            ),
            ("reason", "text", "Why, in plain words; no value of a person."),
            ("evidence", "json", "Which service says what, since when and how sure, as a JSON list."),
        ),
    ),
    "admission_check": (
        "One application for a school place, and whether services have the family at the address applied from.",
        ("case_id",),
        (
            ("case_id", "text", "Hash of what the case is about, the same in every run."),
            ("run_id", "text", "Run whose index it was made from."),
            ("finding", "text", "What was found, in one term."),
            ("resident_id", "text?", "Resident it is about; missing when the index has none."),
            ("record_id", "text", "The child's record."),
            ("application_reference", "text?", "Reference of the application."),
            ("application_date", "date?", "Date of the application."),
            ("uprn", "text?", "Address applied from; missing where none was found."),
            (
                "rank",
                "integer?",
                "Place by strength of evidence among the cases evidenced elsewhere, from 1; missing for others.",
            ),
            (
                "elsewhere_probability",
                "number",
                "How sure it is, without the application, that the family lives elsewhere: 0 to 1.",
            ),
            ("service_count", "integer", "Independent services that have the family elsewhere."),
            ("elsewhere_uprn", "text?", "Where services have the family, where that is elsewhere."),
            ("elsewhere_date", "date?", "Since when, where a service says."),
            ("here_count", "integer", "Independent services that have the family at the address, or had it."),
            ("here_date", "date?", "Since when, where a service says."),
            ("reason", "text", "Why, in plain words; no value of a person."),
            ("evidence", "json", "Which service says what, since when and how sure, as a JSON list."),
        ),
    ),
}
INDEXES = (
    ("tenancy_check", ("finding",)),
    ("tenancy_check", ("resident_id",)),
    ("admission_check", ("finding",)),
    ("admission_check", ("resident_id",)),
)
"""Look-ups that readers make: table and columns."""


def upgrade() -> None:
    """Make the tables; the next run fills them."""
    for name, (grain, key, columns) in TABLES.items():
        made = [column(*spec) for spec in columns]
        op.create_table(name, *made, sa.PrimaryKeyConstraint(*key), schema="outcomes", comment=grain)
    for name, looked_up in INDEXES:
        op.create_index(f"{name}_{'_'.join(looked_up)}_idx", name, list(looked_up), schema="outcomes")


def downgrade() -> None:
    """Remove them."""
    for name in TABLES:
        op.drop_table(name, schema="outcomes")
