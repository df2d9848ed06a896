"""The tables: what is known now, and the journal of how it came to be.

`link`, `watermark`, `held` and `retry` say how things stand; `sync_run`, `action`, `change`,
`conflict` and `held_history` say what runs did. A run that is started again counts an attempt
more, and the rows of the last attempt stay. docs/state.md describes every column for those
who ask with SQL; a change here needs a migration, and a test compares the two.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

from include.crmsync.state.columns import Json, Moment, Words

HEAD = "0014"
"""The newest migration: what this version of the code reads and writes."""

VERSION_TABLE = "crmsync_version"
"""Not Alembic's usual name: the store may share a database with Airflow's own tables."""

metadata = MetaData()

link = Table(
    "link",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("object_type", String, nullable=False),
    Column("hubspot_id", String, nullable=False),
    Column("salesforce_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("base", Json),
    Column("bounced", Json, nullable=False),
    Column("hubspot_modified_at", Moment),
    Column("salesforce_modified_at", Moment),
    Column("gone_in", String),
    Column("gone_how", String),
    Column("gone_at", Moment),
    Column("followed", Boolean, nullable=False, server_default=false()),
    Column("linked_at", Moment, nullable=False),
    Column("synced_at", Moment, nullable=False),
    Column("sync_run", String, nullable=False),
    UniqueConstraint("object_type", "hubspot_id", name="link_hubspot"),
    UniqueConstraint("object_type", "salesforce_id", name="link_salesforce"),
    sqlite_autoincrement=True,  # children remember a parent by its link: no id is given twice
)

account = Table(
    "account",
    metadata,
    Column("system", String, primary_key=True),
    Column("account_id", String, nullable=False),
    Column("connection", String, nullable=False),
)

watermark = Table(
    "watermark",
    metadata,
    Column("object_type", String, primary_key=True),
    Column("system", String, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("sync_run", String, nullable=False),
)

held = Table(
    "held",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("object_type", String, nullable=False),
    Column("system", String, nullable=False),
    Column("record_id", String, nullable=False),
    Column("criterion", String, nullable=False),
    Column("field", String),
    Column("value", Words),
    Column("reason", Words, nullable=False),
    Column("modified_at", Moment),
    Column("code", Words),
    Column("sent", String),
    Column("since", Moment, nullable=False),
    Column("sync_run", String, nullable=False),
    Index("held_record", "object_type", "system", "record_id"),
)

retry = Table(
    "retry",
    metadata,
    Column("object_type", String, primary_key=True),
    Column("system", String, primary_key=True),
    Column("record_id", String, primary_key=True),
    Column("reason", Words, nullable=False),
    Column("since", Moment, nullable=False),
    Column("times", Integer, nullable=False),
    Column("code", Words),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("waits", String),
    Column("asked", Boolean, nullable=False, server_default=false()),
    Column("sync_run", String, nullable=False),
)

api_use = Table(
    "api_use",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("system", String, nullable=False),
    Column("sync_run", String, nullable=False),
    Column("object_type", String, nullable=False),
    Column("step", String, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("used", Integer),
    Column("allowed", Integer),
    Column("at", Moment, nullable=False),
    Index("api_use_at", "system", "at"),
)

live_schema = Table(
    "live_schema",
    metadata,
    Column("object_type", String, primary_key=True),
    Column("system", String, primary_key=True),
    Column("asked", String, nullable=False),
    Column("content", Json, nullable=False),
    Column("read_at", Moment, nullable=False),
)

mapping_issue = Table(
    "mapping_issue",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("object_type", String, nullable=False),
    Column("field", String, nullable=False),
    Column("system", String, nullable=False),
    Column("problem", String, nullable=False),
    Column("effect", String, nullable=False),
    Column("reason", Words, nullable=False),
    Column("since", Moment, nullable=False),
    Column("unread_since", Moment),
    Column("until", Moment),
    Column("sync_run", String, nullable=False),
)

derived_suite = Table(
    "derived_suite",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("object_type", String, nullable=False),
    Column("system", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("content", Json, nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
    Column("sync_run", String, nullable=False),
    Index("derived_suite_of", "object_type", "system"),
)

sync_run = Table(
    "sync_run",
    metadata,
    Column("id", String, primary_key=True),
    Column("object_type", String, primary_key=True),
    Column("attempt", Integer, nullable=False),
    Column("trigger", String, nullable=False),
    Column("dry_run", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("committed_at", Moment),
    Column("counts", Json, nullable=False),
    Column("note", Words, nullable=False),
    Column("undoes", String, nullable=False, server_default=""),
    Index("sync_run_started", "started_at"),
)

action = Table(
    "action",
    metadata,
    Column("sync_run", String, primary_key=True),
    Column("object_type", String, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("id", String, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("verb", String, nullable=False),
    Column("system", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("record_id", String),
    Column("origin_id", String, nullable=False),
    Column("intended_at", Moment),
    Column("outcome_at", Moment),
    Column("result", String),
    Column("outcome_record_id", String),
    Column("code", Words),
    Column("message", Words),
    Column("stored", Json),
    Column("outcome_modified_at", Moment),
    Column("refused", Json),
    ForeignKeyConstraint(["sync_run", "object_type"], ["sync_run.id", "sync_run.object_type"]),
    Index("action_origin", "object_type", "origin_id"),
    Index("action_record", "object_type", "record_id"),
)

change = Table(
    "change",
    metadata,
    Column("sync_run", String, primary_key=True),
    Column("object_type", String, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("action_id", String, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("field", String, nullable=False),
    Column("before", Words),
    Column("after", Words),
    Column("reason", Words, nullable=False),
    Column("link_version", Integer),
    ForeignKeyConstraint(
        ["sync_run", "object_type", "attempt", "action_id"],
        ["action.sync_run", "action.object_type", "action.attempt", "action.id"],
    ),
)

conflict = Table(
    "conflict",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sync_run", String, nullable=False),
    Column("object_type", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("hubspot_id", String, nullable=False),
    Column("salesforce_id", String, nullable=False),
    Column("field", String, nullable=False),
    Column("base", Words),
    Column("hubspot", Words),
    Column("salesforce", Words),
    Column("winner", String, nullable=False),
    Column("reason", Words, nullable=False),
    Column("committed", Boolean, nullable=False),
    ForeignKeyConstraint(["sync_run", "object_type"], ["sync_run.id", "sync_run.object_type"]),
    Index("conflict_run", "sync_run", "object_type"),
)

held_history = Table(
    "held_history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sync_run", String, nullable=False),
    Column("object_type", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("system", String, nullable=False),
    Column("record_id", String, nullable=False),
    Column("criterion", String, nullable=False),
    Column("field", String),
    Column("value", Words),
    Column("reason", Words, nullable=False),
    Column("modified_at", Moment),
    Column("code", Words),
    Column("sent", String),
    ForeignKeyConstraint(["sync_run", "object_type"], ["sync_run.id", "sync_run.object_type"]),
    Index("held_history_run", "sync_run", "object_type"),
    Index("held_history_record", "object_type", "system", "record_id"),
)

bulk_job = Table(
    "bulk_job",
    metadata,
    Column("id", String, primary_key=True),
    Column("sync_run", String, nullable=False),
    Column("object_type", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("system", String, nullable=False),
    Column("actions", Json, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("settled_at", Moment),
    ForeignKeyConstraint(["sync_run", "object_type"], ["sync_run.id", "sync_run.object_type"]),
    Index("bulk_job_run", "sync_run", "object_type"),
)


turn = Table(
    "turn",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sync_run", String, nullable=False),
    Column("object_type", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("link_id", Integer, nullable=False),
    Column("what", String, nullable=False),
    Column("hubspot_id", String, nullable=False),
    Column("salesforce_id", String, nullable=False),
    Column("reason", Words, nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["sync_run", "object_type"], ["sync_run.id", "sync_run.object_type"]),
    Index("turn_link", "link_id"),
)

place = Table(
    "place",
    metadata,
    Column("object_type", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("place", String, nullable=False),
)

forgotten = Table(
    "forgotten",
    metadata,
    Column("object_type", String, primary_key=True),
    Column("system", String, primary_key=True),
    Column("digest", String, primary_key=True),
    Column("at", Moment, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", String, primary_key=True),
    Column("object_type", String, primary_key=True),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("mend", Boolean, nullable=False),
    Column("compared", Integer, nullable=False),
    Column("equal", Integer, nullable=False),
    Column("mended", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("calls", Json, nullable=False),
    Index("audit_started", "started_at"),
)

drift = Table(
    "drift",
    metadata,
    Column("audit", String, primary_key=True),
    Column("object_type", String, primary_key=True),
    Column("field", String, primary_key=True),
    Column("cause", String, primary_key=True),
    Column("pairs", Integer, nullable=False),
    ForeignKeyConstraint(["audit", "object_type"], ["audit.id", "audit.object_type"]),
)

drift_sample = Table(
    "drift_sample",
    metadata,
    Column("audit", String, primary_key=True),
    Column("object_type", String, primary_key=True),
    Column("field", String, primary_key=True),
    Column("cause", String, primary_key=True),
    Column("link_id", Integer, primary_key=True),
    Column("hubspot_id", String, nullable=False),
    Column("salesforce_id", String, nullable=False),
    Column("moved", String, nullable=False),
    Column("base", Words),
    Column("hubspot", Words),
    Column("salesforce", Words),
    ForeignKeyConstraint(["audit", "object_type"], ["audit.id", "audit.object_type"]),
)

notice = Table(
    "notice",
    metadata,
    Column("about", String, primary_key=True),
    Column("told_at", Moment, nullable=False),
)


lease = Table(
    "lease",
    metadata,
    Column("object_type", String, primary_key=True),
    Column("token", Integer, nullable=False),
    Column("holder", String, nullable=False),
    Column("since", Moment),
)


def stored_version(connection: Connection) -> str | None:
    """The newest migration the database has seen; None when it has seen none."""
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608
    version: str | None = found.scalar()
    return version
