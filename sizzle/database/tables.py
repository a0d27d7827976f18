"""All tables: importing this registers each with `METADATA`."""

from sizzle.database import (
    account_tables,
    content_tables,
    journey_tables,
    member_tables,
    outcome_tables,
    schema,
    send_tables,
    service_tables,
)
from sizzle.database.metadata import METADATA

__all__ = [
    "METADATA",
    "account_tables",
    "content_tables",
    "journey_tables",
    "member_tables",
    "outcome_tables",
    "schema",
    "send_tables",
    "service_tables",
]
