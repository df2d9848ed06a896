"""What the CRMs refuse: their code, what was sent, and the fields left out of a write."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns; what was refused before has no code and goes again when it changes."""
    for table in ("held", "held_history"):
        op.add_column(table, sa.Column("code", sa.Text()))
        op.add_column(table, sa.Column("sent", sa.String()))
    op.add_column("action", sa.Column("refused", sa.Text()))


def downgrade() -> None:
    """Drop them: fields that were refused are sent once more."""
    with op.batch_alter_table("action") as table:
        table.drop_column("refused")
    for name in ("held_history", "held"):
        with op.batch_alter_table(name) as table:
            table.drop_column("sent")
            table.drop_column("code")
