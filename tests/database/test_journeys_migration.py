"""Sends from before there were journeys stay as they are, and new ones are unique by their run."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import URL, text
from sqlalchemy.exc import IntegrityError

from sizzle.database import Database
from sizzle.database.upgrading import config_of
from sizzle.outbox.sends import Sends

_SEND = {
    "campaign_id": "c", "activity_id": "c.all", "app": "app", "endpoint_id": "e",
    "member_id": "ada", "channel": "EMAIL", "class": "marketing", "topic": "t",
    "state": "handed over", "reason": "ok", "due": 1, "slots": '{"a": 1}', "created": 2,
    "updated": 3, "language": "fr",
}  # fmt: skip


def _insert(**more: object) -> str:
    names = [*_SEND, "send_id", *more]
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO sends ({quoted}) VALUES ({', '.join(f':{name}' for name in names)})"


def test_sends_are_kept_and_unique_by_their_run(url: URL) -> None:
    """On SQLite the table is made anew, with all that was in it."""
    database = Database(url)
    with database.writing() as connection:
        command.upgrade(config_of(connection), "v0010")
        connection.execute(text(_insert()), {**_SEND, "send_id": "old"})
    assert database.upgrade()
    (kept,) = Sends(database).page("c")
    assert (kept.send_id, kept.slots, kept.language) == ("old", {"a": 1}, "fr")
    assert (kept.run_id, kept.journey_version) == ("", 0)
    with database.writing() as connection:
        given = {**_SEND, "send_id": "new", "run_id": "r"}
        connection.execute(text(_insert(run_id="r")), given)
    with pytest.raises(IntegrityError), database.writing() as connection:
        connection.execute(text(_insert()), {**_SEND, "send_id": "again"})
    database.close()
