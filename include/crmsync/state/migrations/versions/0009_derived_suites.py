"""Suites derived from live schemas."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "derived_suite",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT),
        sa.Column("sync_run", sa.String(), nullable=False),
    )
    op.create_index("derived_suite_of", "derived_suite", ["object_type", "system"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("derived_suite")
