"""What the weights of a model were frozen with: an increment goes on weighing alike when artefacts are gone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables; what earlier versions froze in artefacts only is kept here by the next run that links."""
    op.create_table(
        "frozen",
        sa.Column("frozen_id", sa.Text(), nullable=False, comment="Hash of all that was frozen."),
        sa.Column("model_version", sa.Text(), nullable=False, comment="Linkage model that weighs with it."),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False, comment="When."),
        sa.Column(
            "numbers",
            postgresql.JSONB(),
            nullable=False,
            comment="Records and pairs that were counted, and means: numbers only.",
        ),
        sa.PrimaryKeyConstraint("frozen_id"),
        schema="operations",
        comment="One freezing of what the weights of a model take from the records as a whole.",
    )
    op.create_table(
        "frozen_frequency",
        sa.Column("frozen_id", sa.Text(), nullable=False, comment="The freezing."),
        sa.Column(
            "key",
            sa.Text(),
            nullable=False,
            comment="Key of the value, such as surname or sorted(forename, surname).",
        ),
        sa.Column(
            "fingerprint",
            sa.BigInteger(),
            nullable=False,
            autoincrement=False,
            comment="64-bit fingerprint of the value, the same in every run; never the value.",
        ),
        sa.Column(
            "record_count",
            sa.BigInteger(),
            nullable=False,
            comment="Records that held the value.",
        ),
        sa.Column(
            "part_product",
            sa.Double(),
            nullable=True,
            comment="Of a full name: records that bore each of its parts, multiplied.",
        ),
        sa.PrimaryKeyConstraint("frozen_id", "key", "fingerprint"),
        schema="operations",
        comment="One value that several records held when frequencies were frozen, or one full name.",
    )


def downgrade() -> None:
    """Remove them: the next full run would freeze anew."""
    op.drop_table("frozen_frequency", schema="operations")
    op.drop_table("frozen", schema="operations")
