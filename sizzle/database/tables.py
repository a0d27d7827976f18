"""All tables: importing this registers each with `METADATA`."""

from sizzle.database import schema, send_tables
from sizzle.database.metadata import METADATA

__all__ = ["METADATA", "schema", "send_tables"]
