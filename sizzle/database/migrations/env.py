"""Runs migrations in the transaction that `Database.upgrade` has begun."""

from alembic import context

from sizzle.database.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
)
context.run_migrations()
