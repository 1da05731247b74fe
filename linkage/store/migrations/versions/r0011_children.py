"""Children on a list: what changed around them, and who asked to watch."""

import sqlalchemy as sa
from alembic import op

from linkage.store.migrations.columns import TableSpec, column

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES: dict[str, TableSpec] = {
    "watched_child": (
        "One record of a resident whom somebody asked to watch, or to watch no longer; append-only, the latest holds.",
        ("watch_id", "record_id"),
        (
            ("watch_id", "text", "Identity of the request."),
            ("record_id", "text", "Record of the resident then; it leads to the resident of now."),
            ("is_watched", "boolean", "Watched from then on; else no longer."),
            ("purpose", "text", "Purpose that it was asked for."),
            ("reason", "text", "Why."),
            ("asked_by", "text", "Who asked."),
            ("asked_at", "timestamp", "When."),
        ),
    ),
    "child_change": (
        "One change within a year around a child on a list, or one contradiction in what services say of it.",
        ("case_id",),
        (
            ("case_id", "text", "Hash of what the case is about, the same in every run."),
            ("run_id", "text", "Run whose index it was made from."),
            ("finding", "text", "What was found, in one term."),
            ("resident_id", "text?", "Resident it is about; missing when the index has none."),
            (
                "related_resident_id",
                "text?",
                "The other person: who came or left; missing where only the child is concerned.",
            ),
            ("household_id", "text?", "Household concerned; missing where the address is none."),
            ("uprn", "text?", "Address concerned; missing where the child is nowhere."),
            (
                "change_date",
                "date?",
                "When it happened, as a service states it, else the snapshot that first had it so.",
            ),
            ("is_dated", "boolean", "A service states the day; else it is that of a snapshot."),
            ("is_by_child", "boolean", "The child moved, not the other."),
            ("team_count", "integer", "Teams that say so; sources of one team are one."),
            ("probability", "number", "How sure it is, by the teams that say so: 0 to 1."),
            ("reason", "text", "Why, in plain words; no value of a person."),
            ("evidence", "json", "Which service says what, since when and how sure, as a JSON list."),
        ),
    ),
}
INDEXES = (
    ("watched_child", ("record_id",)),
    ("child_change", ("finding",)),
    ("child_change", ("related_resident_id",)),
    ("child_change", ("resident_id",)),
)
"""Look-ups that readers make: table and columns."""


def upgrade() -> None:
    """Make the tables; the next run fills them."""
    for name, (grain, key, columns) in TABLES.items():
        made = [column(*spec) for spec in columns]
        op.create_table(name, *made, sa.PrimaryKeyConstraint(*key), schema="outcomes", comment=grain)
    for name, looked_up in INDEXES:
        op.create_index(f"{name}_{'_'.join(looked_up)}_idx", name, list(looked_up), schema="outcomes")
    op.execute(
        "CREATE TRIGGER watched_child_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON outcomes.watched_child "
        "FOR EACH STATEMENT EXECUTE FUNCTION operations.refuse_change()"
    )


def downgrade() -> None:
    """Remove them."""
    for name in TABLES:
        op.drop_table(name, schema="outcomes")
