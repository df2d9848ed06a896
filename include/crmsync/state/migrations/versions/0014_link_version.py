"""Of a change: on which version of the link both hold its value, once it has landed."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Say so of changes from now on; of those there are, nothing is said."""
    op.add_column("change", sa.Column("link_version", sa.Integer()))


def downgrade() -> None:
    """Drop it; what a run that never committed wrote is in no base again."""
    with op.batch_alter_table("change") as table:
        table.drop_column("link_version")
