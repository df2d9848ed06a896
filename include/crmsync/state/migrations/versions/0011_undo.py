"""Sync runs say which run they take back."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column; no earlier run took one back."""
    op.add_column("sync_run", sa.Column("undoes", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Forget which runs took others back; what they wrote stays journalled."""
    with op.batch_alter_table("sync_run") as table:
        table.drop_column("undoes")
