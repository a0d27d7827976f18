"""The database of an installation: SQLite in the state folder, or PostgreSQL.

`SIZZLE_DATABASE` names it; `schema` has its tables, and `migrations` brings older ones up to date.
"""

from sizzle.database.database import Database
from sizzle.database.errors import DatabaseFullError, DatabaseUnavailableError
from sizzle.database.location import database_url
from sizzle.database.notices import Notices, notify
from sizzle.database.process_lock import ProcessLock
from sizzle.database.workers import Worker

__all__ = [
    "Database",
    "DatabaseFullError",
    "DatabaseUnavailableError",
    "Notices",
    "ProcessLock",
    "Worker",
    "database_url",
    "notify",
]
