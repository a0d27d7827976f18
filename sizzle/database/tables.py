"""All tables: importing this registers each with `METADATA`."""

from sizzle.database import (
    content_tables,
    member_tables,
    outcome_tables,
    schema,
    send_tables,
    service_tables,
)
from sizzle.database.metadata import METADATA

__all__ = [
    "METADATA",
    "content_tables",
    "member_tables",
    "outcome_tables",
    "schema",
    "send_tables",
    "service_tables",
]
