"""Records that are gone: tombstones on links, what befell links, and who is forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Let links be tombstones, and make the tables of turns, places and the forgotten."""
    with op.batch_alter_table("link") as link:
        link.add_column(sa.Column("gone_in", sa.String()))
        link.add_column(sa.Column("gone_how", sa.String()))
        link.add_column(sa.Column("gone_at", MOMENT))
        link.add_column(
            sa.Column("followed", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    _turn()
    op.create_table(
        "place",
        sa.Column("object_type", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("place", sa.String(), nullable=False),
    )
    op.create_table(
        "forgotten",
        sa.Column("object_type", sa.String(), primary_key=True),
        sa.Column("system", sa.String(), primary_key=True),
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
    )


def downgrade() -> None:
    """Forget tombstones, turns, places and who was forgotten."""
    op.drop_table("forgotten")
    op.drop_table("place")
    op.drop_table("turn")
    with op.batch_alter_table("link") as link:
        for name in ("followed", "gone_at", "gone_how", "gone_in"):
            link.drop_column(name)


def _turn() -> None:
    op.create_table(
        "turn",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("sync_run", sa.String(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("hubspot_id", sa.String(), nullable=False),
        sa.Column("salesforce_id", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["sync_run", "object_type"], ["sync_run.id", "sync_run.object_type"]
        ),
    )
    op.create_index("turn_link", "turn", ["link_id"])
