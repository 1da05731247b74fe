"""Links between residents of one household or family, in the published index and in its staging copy."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of links in both schemas, and the look-up by the second resident."""
    for schema in ("published", "staging"):
        op.create_table(
            "household_link",
            sa.Column("resident_id_l", sa.Text(), nullable=False, comment="Smaller resident id."),
            sa.Column("resident_id_r", sa.Text(), nullable=False, comment="Larger resident id."),
            sa.Column(
                "household_probability",
                sa.Double(),
                nullable=False,
                comment="Highest probability, among pairs of their records, "
                "that these are two people of one household or family.",
            ),
            sa.Column(
                "pair_count",
                sa.BigInteger(),
                nullable=False,
                comment="Pairs of their records for which that probability is 0.5 or more.",
            ),
            sa.Column(
                "is_one_address",
                sa.Boolean(),
                nullable=False,
                comment="Both are in the same household now; false when either is in none.",
            ),
            sa.PrimaryKeyConstraint("resident_id_l", "resident_id_r"),
            schema=schema,
            comment="Two residents whose records show them to be of one household or family.",
        )
    op.create_index(
        "household_link_resident_id_r_idx", "household_link", ["resident_id_r"], schema="published"
    )


def downgrade() -> None:
    """Remove the links: the next publish would make them again."""
    for schema in ("staging", "published"):
        op.drop_table("household_link", schema=schema)
