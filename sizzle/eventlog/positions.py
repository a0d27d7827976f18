"""How far something has followed a table, kept in the transaction that takes account of it."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from sizzle.database.schema import FOLLOWERS


def read_positions(connection: Connection) -> dict[str, int]:
    """Up to where each was followed, by name."""
    rows = connection.execute(select(FOLLOWERS.c.name, FOLLOWERS.c.position)).all()
    return {row.name: row.position for row in rows}


def write_position(connection: Connection, name: str, position: int) -> None:
    """Say that it was followed up to a position, with it."""
    move = update(FOLLOWERS).where(FOLLOWERS.c.name == name).values(position=position)
    if connection.execute(move).rowcount == 0:
        connection.execute(insert(FOLLOWERS), {"name": name, "position": position})
