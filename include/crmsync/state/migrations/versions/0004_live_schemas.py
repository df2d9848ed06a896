"""Live schemas, and what of the mappings they do not bear out."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "live_schema",
        sa.Column("object_type", sa.String(), primary_key=True),
        sa.Column("system", sa.String(), primary_key=True),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
    )
    op.create_table(
        "mapping_issue",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("effect", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("unread_since", MOMENT),
        sa.Column("until", MOMENT),
        sa.Column("sync_run", sa.String(), nullable=False),
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("mapping_issue")
    op.drop_table("live_schema")
