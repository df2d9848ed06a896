"""Of what waits for room in the calls of the day: whether a person asked for it."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Say of records to be read again whether a person asked; of those there are, nobody did."""
    op.add_column(
        "retry", sa.Column("asked", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    """Drop it; what waits goes in the order of its kind alone."""
    with op.batch_alter_table("retry") as table:
        table.drop_column("asked")
