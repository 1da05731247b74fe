"""Maturity, open data and the register of data held: survey answers, levels, cells and holdings."""

import sqlalchemy as sa
from alembic import op

from linkage.store.migrations.columns import TableSpec, column

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES: dict[str, TableSpec] = {
    "survey_answer": (
        "Level that one officer or member, known by a number only, gives a council for one characteristic.",
        ("council", "respondent_group", "respondent", "characteristic"),
        (
            ("council", "text", "Council."),
            ("respondent_group", "text", "officers or members."),
            ("respondent", "integer", "Number of the respondent within council and group; never a name."),
            ("characteristic", "text", "Characteristic of the maturity model."),
            ("level", "integer", "Level 1, 2 or 3."),
        ),
    ),
    "survey_return": (
        "How many of one group of one council were asked to answer, and how many did.",
        ("council", "respondent_group"),
        (
            ("council", "text", "Council."),
            ("respondent_group", "text", "officers or members."),
            ("invited_count", "integer?", "How many were asked; missing where nobody said."),
            ("answered_count", "integer", "How many answered any question."),
        ),
    ),
    "characteristic_level": (
        "Level of one characteristic of the maturity model for one council, as of one run.",
        ("run_id", "council", "characteristic"),
        (
            ("run_id", "text", "Run."),
            ("council", "text", "Council."),
            ("characteristic", "text", "Characteristic."),
            ("level", "integer?", "Level 1, 2 or 3; missing where too few answered or nothing is measured."),
            ("basis", "text", "measured, self-declared, mixed or survey."),
            ("rule", "text", "Rule that gave the level, in plain words."),
            ("evidence", "text", "Answers or figures the rule was applied to."),
            ("lift", "text", "What would lift it."),
        ),
    ),
    "open_data_cell": (
        "One figure of the open data, or one that is hidden. Figures of areas; no row is about a person.",
        ("dataset", "area_type", "area", "category_kind", "category"),
        (
            ("run_id", "text", "Run whose index it was made from."),
            ("dataset", "text", "Dataset that it is published in."),
            ("area_type", "text", "council, ward or outward_postcode."),
            ("area", "text", "The area, as people call it."),
            ("category_kind", "text", "What is told apart: age_band, size_band, kind, services, or total."),
            ("category", "text", "Which of them."),
            ("value", "integer?", "Count, rounded; missing where it is hidden."),
            ("is_suppressed", "boolean", "The count is hidden: too small, or it would show one that is."),
        ),
    ),
    "data_holding": (
        "One source in the register of data held: who holds what, why, by which protocol, for how long.",
        ("source",),
        (
            ("source", "text", "Source."),
            ("run_id", "text", "Run that the register was made after."),
            ("title", "text", "What people call it."),
            ("owner", "text", "Team that answers for it."),
            ("purpose", "text", "What for, in plain words."),
            ("uses", "json", "What it may be used for: labels, meaning and law, as a JSON list."),
            ("lawful_basis", "text", "Law that allows it."),
            ("protocol_id", "text", "Sharing protocol that its contract names."),
            (
                "protocol_title",
                "text?",
                "Title of the protocol; missing where the register of protocols has none.",
            ),
            ("parties", "json", "Who shares under the protocol, as a JSON list."),
            ("legal_powers", "json", "Law that the protocol rests on, as a JSON list."),
            ("review_date", "date?", "Day by which the protocol has to be looked at again."),
            ("protocol_standing", "text", "in_force, past_review, not_begun or unknown."),
            ("sensitivity", "text", "official or official-sensitive."),
            ("personal_data", "json", "Kinds of personal data held, in plain words, as a JSON list."),
            ("is_special", "boolean", "Some of it is about health, care, ethnic group or the like."),
            ("kept_for", "text", "How long it is kept after it has ended."),
            ("refreshed", "text", "How often it is sent."),
            ("last_refreshed_date", "date?", "Snapshot in which it last came; missing when it never did."),
            ("record_count", "integer?", "Records held, rounded; missing where there are too few to tell."),
            ("is_stale", "boolean", "It has not come for the snapshot of the run."),
        ),
    ),
}


def upgrade() -> None:
    """Make the tables; the next run fills them."""
    for name, (grain, key, columns) in TABLES.items():
        made = [column(*spec) for spec in columns]
        op.create_table(name, *made, sa.PrimaryKeyConstraint(*key), schema="outcomes", comment=grain)


def downgrade() -> None:
    """Remove them."""
    for name in TABLES:
        op.drop_table(name, schema="outcomes")
