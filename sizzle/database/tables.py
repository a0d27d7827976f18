"""All tables: importing this registers each with `METADATA`."""

from sizzle.database import schema
from sizzle.database.metadata import METADATA

__all__ = ["METADATA", "schema"]
