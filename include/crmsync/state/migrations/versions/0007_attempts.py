"""How often the CRMs refused a record for a reason that passes, and which."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns; what is to be retried starts to be counted now."""
    op.add_column("retry", sa.Column("code", sa.Text()))
    op.add_column(
        "retry", sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("retry") as table:
        table.drop_column("attempts")
        table.drop_column("code")
