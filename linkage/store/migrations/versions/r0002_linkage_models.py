"""Trained linkage models with what was found out about them; one of them at most is in use."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


BEFORE = "running, failed, published or superseded."
AFTER = "running, failed, trained (made to train a model only), published or superseded."


def upgrade() -> None:
    """Make the table of models, and tell of runs that were made to train one."""
    op.alter_column("run", "status", schema="operations", comment=AFTER, existing_comment=BEFORE)
    op.create_table(
        "linkage_model",
        sa.Column(
            "version", sa.Text(), nullable=False, comment="Hash of all that decides a weight in the model."
        ),
        sa.Column(
            "trained_at", sa.DateTime(timezone=True), nullable=False, comment="When it was stored, trained."
        ),
        sa.Column(
            "trained_on_run",
            sa.Text(),
            nullable=True,
            comment="Run on whose records it was trained; missing when from files.",
        ),
        sa.Column(
            "model",
            postgresql.JSONB(),
            nullable=False,
            comment="The model: specification, probabilities, facts; no value of a person.",
        ),
        sa.Column(
            "findings",
            postgresql.JSONB(),
            nullable=False,
            comment="What each check found: name, passed, severity, sentence.",
        ),
        sa.Column(
            "status",
            sa.Text(),
            nullable=False,
            comment="in_use, kept (may be put in use, or was), or refused.",
        ),
        sa.PrimaryKeyConstraint("version"),
        schema="operations",
        comment="One trained linkage model.",
    )
    op.create_check_constraint(
        "linkage_model_status_check",
        "linkage_model",
        "status IN ('in_use', 'kept', 'refused')",
        schema="operations",
    )
    op.create_index(
        "linkage_model_in_use_idx",
        "linkage_model",
        ["status"],
        unique=True,
        schema="operations",
        postgresql_where=sa.text("status = 'in_use'"),
    )


def downgrade() -> None:
    """Remove the models: they can be trained again."""
    op.drop_table("linkage_model", schema="operations")
    op.alter_column("run", "status", schema="operations", comment=BEFORE, existing_comment=AFTER)
