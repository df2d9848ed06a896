"""Bulk jobs: which actions a job carries, so that a killed run finds its job again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table of jobs."""
    op.create_table(
        "bulk_job",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("sync_run", sa.String(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("actions", sa.Text(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["sync_run", "object_type"], ["sync_run.id", "sync_run.object_type"]
        ),
    )
    op.create_index("bulk_job_run", "bulk_job", ["sync_run", "object_type"])


def downgrade() -> None:
    """Drop the table; jobs under way are no longer known."""
    op.drop_table("bulk_job")
