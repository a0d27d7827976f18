"""Backups of either database are restored into either, row for row."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import URL, delete, insert, select
from typer.testing import CliRunner

from sizzle.cli.app import app
from sizzle.database import Database
from sizzle.database.backup import back_up, restore
from sizzle.database.metadata import METADATA
from sizzle.database.schema import ERASED_MEMBERS, EVENTS, MESSAGE_EVENTS, VIEWING_RECORDS
from sizzle.errors import InputError
from sizzle.eventlog import Appended, EventLog
from tests.databases import empty_database
from tests.events import sample_events

_SENDERS: Final = ("ada", "ben", "cy")
_BATCH: Final = 3  # events in each
_SOME: Final = 10  # batches of each sender before the backup begins


def event(number: int) -> dict[str, object]:
    """A row of an event, with all that is hard to carry over."""
    return {
        "key": bytes([number, 0, 255]),
        "app": "shop",
        "event_id": f"é\u2028{number}",
        "type": "x",
        "member_id": "ada",
        "endpoint_id": "",
        "reel_id": "",
        "time": 2**41,
        "clock_offset": -5,
        "received": 7,
        "content": '{"attributes":{"a":"\\u0000"}}',
        "digest": b"",
        "conflicts": 0,
    }


def filled(database: Database) -> None:
    """Write some rows, whose last position is no longer there."""
    database.upgrade()
    with database.writing() as connection:
        for number in range(3):
            connection.execute(insert(EVENTS).values(event(number)))
        connection.execute(delete(EVENTS).where(EVENTS.c.position == 3))
        message = dict.fromkeys(MESSAGE_EVENTS.columns.keys(), "m")
        connection.execute(insert(MESSAGE_EVENTS).values({**message, "position": 2, "time": 1}))
        connection.execute(insert(ERASED_MEMBERS).values(member_hash=b"\0h", erased=1, number=None))
        record = {"member_id": "ada", "time": 1, "key": b"k", "type": "t", "title_id": "a"}
        record |= {"reel_id": "", "amount": 0.1, "cut": None, "frames": 1e300, "context": ""}
        connection.execute(insert(VIEWING_RECORDS).values(record))


def contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """All rows, by table."""
    with database.reading() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in METADATA.sorted_tables
        }


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_is_restored_row_for_row(
    kind: str, url: URL, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """From each kind of database into each; the next position is one that was never used."""
    source, backup = Database(url), tmp_path / "backup.db"
    filled(source)
    counts = back_up(source, backup)
    assert counts["events"] == 2
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == ["backup.db"]
    target = Database(empty_database(kind, tmp_path / "restored", tmp_path_factory))
    target.upgrade()
    assert restore(target, backup) == counts
    assert contents(target) == contents(source)
    with target.writing() as connection:
        added = connection.execute(insert(EVENTS).values(event(9)))
        assert added.inserted_primary_key == (4,)
    with pytest.raises(InputError, match="not empty"):
        restore(target, backup)
    source.close()
    target.close()


@pytest.mark.full
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_while_events_arrive_is_of_one_moment(
    kind: str, url: URL, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """It has all that was accepted before it, each batch whole, and of each sender no gap."""
    source = Database(url)
    log, over = EventLog(source, b"k" * 32), threading.Event()
    accepted: dict[str, int] = dict.fromkeys(_SENDERS, 0)

    def send(sender: str) -> None:
        while not over.is_set():
            number = accepted[sender]
            ids = [f"{sender}-{number}-{part}" for part in range(_BATCH)]
            batch = [sample_events.event(each, member_id=sender) for each in ids]
            assert set(log.append(batch)) == {Appended.ACCEPTED}
            accepted[sender] = number + 1

    with ThreadPoolExecutor() as senders:
        running = [senders.submit(send, sender) for sender in _SENDERS]
        try:
            while min(accepted.values()) < _SOME:
                time.sleep(0.01)
            before = dict(accepted)
            back_up(source, tmp_path / "backup.db")
            after = dict(accepted)
        finally:
            over.set()
    assert [each.result() for each in running] == [None] * len(_SENDERS)
    target = Database(empty_database(kind, tmp_path / "restored", tmp_path_factory))
    target.upgrade()
    restore(target, tmp_path / "backup.db")
    restored = EventLog(target, b"k" * 32)
    ids = Counter(logged.event.event_id for logged in restored.read_all())
    for sender in _SENDERS:
        count = sum(ids[f"{sender}-{number}-0"] for number in range(after[sender] + 1))
        assert before[sender] <= count <= after[sender] + 1
        for number in range(count):
            assert [ids[f"{sender}-{number}-{part}"] for part in range(_BATCH)] == [1] * _BATCH
    log.close()
    restored.close()


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    """Other files, files that are not there, and a backup that would be written over another."""
    database = Database(URL.create("sqlite", database=str(tmp_path / "sizzle.db")))
    database.upgrade()
    (tmp_path / "text").write_text("no database " * 100)
    (tmp_path / "empty").touch()
    for name in ("text", "empty", "nowhere"):
        with pytest.raises(InputError):
            restore(database, tmp_path / name)
    with pytest.raises(InputError, match="exists already"):
        back_up(database, tmp_path / "text")
    assert "no database" in (tmp_path / "text").read_text()
    database.close()


def test_the_commands_back_up_and_restore(tmp_path: Path) -> None:
    """As an operator runs them."""
    source = Database(URL.create("sqlite", database=str(tmp_path / "a" / "sizzle.db")))
    filled(source)
    source.close()
    backup, urls = (
        str(tmp_path / "b.db"),
        [f"sqlite:///{tmp_path}/{name}/sizzle.db" for name in "ac"],
    )
    for command, url in (("backup", urls[0]), ("restore", urls[1])):
        ran = CliRunner().invoke(app, ["database", command, backup, "--database", url])
        assert ran.exit_code == 0, ran.output
        assert "5 rows" in ran.stdout + ran.stderr
