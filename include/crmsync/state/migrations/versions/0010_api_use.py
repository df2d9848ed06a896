"""API calls: what each step spent, what the CRMs say is used, and what waits for room."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table; say of records to be read again whether they wait for room."""
    op.create_table(
        "api_use",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("sync_run", sa.String(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer()),
        sa.Column("allowed", sa.Integer()),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("api_use_at", "api_use", ["system", "at"])
    op.add_column("retry", sa.Column("waits", sa.String()))


def downgrade() -> None:
    """Drop both; what waits for room is read again at once."""
    with op.batch_alter_table("retry") as table:
        table.drop_column("waits")
    op.drop_table("api_use")
