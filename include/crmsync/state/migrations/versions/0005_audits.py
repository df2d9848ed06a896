"""Drift audits: what was compared, what differed and why, and some of it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)
OF_AUDIT = ["audit", "object_type"], ["audit.id", "audit.object_type"]


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "audit",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("object_type", sa.String(), primary_key=True),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.Column("mend", sa.Boolean(), nullable=False),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("equal", sa.Integer(), nullable=False),
        sa.Column("mended", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("calls", sa.Text(), nullable=False),
    )
    op.create_index("audit_started", "audit", ["started_at"])
    op.create_table(
        "drift",
        *_key(),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(*OF_AUDIT),
    )
    op.create_table(
        "drift_sample",
        *_key(),
        sa.Column("link_id", sa.Integer(), primary_key=True),
        sa.Column("hubspot_id", sa.String(), nullable=False),
        sa.Column("salesforce_id", sa.String(), nullable=False),
        sa.Column("moved", sa.String(), nullable=False),
        sa.Column("base", sa.Text()),
        sa.Column("hubspot", sa.Text()),
        sa.Column("salesforce", sa.Text()),
        sa.ForeignKeyConstraint(*OF_AUDIT),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("drift_sample", "drift", "audit"):
        op.drop_table(name)


def _key() -> list[sa.Column[str]]:
    return [
        sa.Column(name, sa.String(), primary_key=True)
        for name in ("audit", "object_type", "field", "cause")
    ]
