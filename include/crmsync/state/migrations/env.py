"""Where Alembic finds its connection: `upgrade` hands over an open one, inside a transaction."""

from alembic import context

from include.crmsync.state.schema import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
)
with context.begin_transaction():
    context.run_migrations()
