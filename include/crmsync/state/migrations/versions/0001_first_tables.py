"""The first tables: links and bases, what is held or to be retried, and the journal."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make every table."""
    _account()
    _held()
    _link()
    _retry()
    _sync_run()
    _watermark()
    _action()
    _conflict()
    _held_history()
    _change()


def downgrade() -> None:
    """Drop every table, and all that was remembered."""
    op.drop_table("change")
    op.drop_table("held_history")
    op.drop_table("conflict")
    op.drop_table("action")
    op.drop_table("watermark")
    op.drop_table("sync_run")
    op.drop_table("retry")
    op.drop_table("link")
    op.drop_table("held")
    op.drop_table("account")


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("connection", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("system"),
    )


def _held() -> None:
    op.create_table(
        "held",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("field", sa.String()),
        sa.Column("value", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("modified_at", MOMENT),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("sync_run", sa.String(), nullable=False),
    )
    op.create_index("held_record", "held", ["object_type", "system", "record_id"])


def _link() -> None:
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("hubspot_id", sa.String(), nullable=False),
        sa.Column("salesforce_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("base", sa.Text()),
        sa.Column("bounced", sa.Text(), nullable=False),
        sa.Column("hubspot_modified_at", MOMENT),
        sa.Column("salesforce_modified_at", MOMENT),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.Column("synced_at", MOMENT, nullable=False),
        sa.Column("sync_run", sa.String(), nullable=False),
        sa.UniqueConstraint("object_type", "hubspot_id", name="link_hubspot"),
        sa.UniqueConstraint("object_type", "salesforce_id", name="link_salesforce"),
        sqlite_autoincrement=True,
    )


def _retry() -> None:
    op.create_table(
        "retry",
        sa.Column("object_type", sa.String(), primary_key=True),
        sa.Column("system", sa.String(), primary_key=True),
        sa.Column("record_id", sa.String(), primary_key=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("sync_run", sa.String(), nullable=False),
    )


def _sync_run() -> None:
    op.create_table(
        "sync_run",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("object_type", sa.String(), primary_key=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.Column("committed_at", MOMENT),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
    )
    op.create_index("sync_run_started", "sync_run", ["started_at"])


def _watermark() -> None:
    op.create_table(
        "watermark",
        sa.Column("object_type", sa.String(), primary_key=True),
        sa.Column("system", sa.String(), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("sync_run", sa.String(), nullable=False),
    )


def _action() -> None:
    op.create_table(
        "action",
        sa.Column("sync_run", sa.String(), primary_key=True),
        sa.Column("object_type", sa.String(), primary_key=True),
        sa.Column("attempt", sa.Integer(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String()),
        sa.Column("origin_id", sa.String(), nullable=False),
        sa.Column("intended_at", MOMENT),
        sa.Column("outcome_at", MOMENT),
        sa.Column("result", sa.String()),
        sa.Column("outcome_record_id", sa.String()),
        sa.Column("code", sa.Text()),
        sa.Column("message", sa.Text()),
        sa.Column("stored", sa.Text()),
        sa.Column("outcome_modified_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["sync_run", "object_type"], ["sync_run.id", "sync_run.object_type"]
        ),
    )
    op.create_index("action_origin", "action", ["object_type", "origin_id"])
    op.create_index("action_record", "action", ["object_type", "record_id"])


def _conflict() -> None:
    op.create_table(
        "conflict",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("sync_run", sa.String(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("hubspot_id", sa.String(), nullable=False),
        sa.Column("salesforce_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("base", sa.Text()),
        sa.Column("hubspot", sa.Text()),
        sa.Column("salesforce", sa.Text()),
        sa.Column("winner", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("committed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sync_run", "object_type"], ["sync_run.id", "sync_run.object_type"]
        ),
    )
    op.create_index("conflict_run", "conflict", ["sync_run", "object_type"])


def _held_history() -> None:
    op.create_table(
        "held_history",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("sync_run", sa.String(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("field", sa.String()),
        sa.Column("value", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("modified_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["sync_run", "object_type"], ["sync_run.id", "sync_run.object_type"]
        ),
    )
    op.create_index("held_history_record", "held_history", ["object_type", "system", "record_id"])
    op.create_index("held_history_run", "held_history", ["sync_run", "object_type"])


def _change() -> None:
    op.create_table(
        "change",
        sa.Column("sync_run", sa.String(), primary_key=True),
        sa.Column("object_type", sa.String(), primary_key=True),
        sa.Column("attempt", sa.Integer(), primary_key=True),
        sa.Column("action_id", sa.String(), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("before", sa.Text()),
        sa.Column("after", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sync_run", "object_type", "attempt", "action_id"],
            ["action.sync_run", "action.object_type", "action.attempt", "action.id"],
        ),
    )
