"""What all tables are registered with, and the type of positions that rise with the commits."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Integer, MetaData

METADATA: Final = MetaData()

# SQLite numbers rows by itself only where the type is INTEGER.
POSITION: Final = BigInteger().with_variant(Integer(), "sqlite")
