"""Leases: who writes an object type, since when, and by which token."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the table; the next writer of each object type begins with token one."""
    op.create_table(
        "lease",
        sa.Column("object_type", sa.String(), primary_key=True),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True)),
    )


def downgrade() -> None:
    """Drop it; the lock itself needs no table."""
    op.drop_table("lease")
