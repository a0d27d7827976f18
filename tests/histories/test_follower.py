"""Whoever follows the log learns of all that is committed, by whomever, and loses nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from sizzle.database import Database
from sizzle.eventlog import EventLog
from sizzle.histories import Follower, MemberChanges, ViewingStore
from tests.databases import new_database
from tests.events.sample_events import NOW, event

KEY = b"k" * 32


class Heard:
    """What a follower told of."""

    def __init__(self) -> None:
        self.changes: list[MemberChanges] = []
        self._changed = threading.Condition()

    def __call__(self, change: MemberChanges) -> None:
        """Note a change."""
        with self._changed:
            self.changes.append(change)
            self._changed.notify_all()

    def wait_for(self, count: int) -> list[MemberChanges]:
        """The changes, once there are as many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.changes) >= count, 30)
            return self.changes


@contextmanager
def log_of(url: URL) -> Iterator[EventLog]:
    """A log with connections of its own, as each process has it."""
    log = EventLog(Database(url), KEY)
    log.upgrade()
    try:
        yield log
    finally:
        log.close()


def test_what_another_process_appends_is_heard(url: URL) -> None:
    """Events that may be viewings, and erased members; not what nobody watched."""
    with log_of(url) as ours, log_of(url) as other:
        other.append([event("before")])
        heard = Heard()
        with Follower(ViewingStore(ours), heard):
            other.append([event("a", type="reel_started"), event("b", type="_campaign.send")])
            ben = partial(event, type="title_played", member_id="member-ben")
            other.append([ben("c", time=NOW + 2000), ben("d", time=NOW - 1), ben("e")])
            heard.wait_for(2)
            other.erase("member-ben", NOW)
            changes = heard.wait_for(3)
        assert [change.members for change in changes] == [
            {},
            {"member-ben": NOW // 1000 - 1},
            {},
        ]
        assert [change.all for change in changes] == [True, False, False]
        assert changes[2].erased == {ours.member_hash("member-ben"): NOW}


def test_what_this_process_appends_is_heard_before_it_is_answered(url: URL) -> None:
    """So that a device's next reel knows of what it has just said."""
    with log_of(url) as log:
        heard = Heard()
        with Follower(ViewingStore(log), heard):
            for number in range(3):
                log.append([event(f"e-{number}")])
                assert [change.members for change in heard.changes[1:]] == [
                    {"member-ada": NOW // 1000}
                ] * (number + 1)


def test_many_changes_are_read_in_pages(url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    """None is left for later."""
    monkeypatch.setattr("sizzle.eventlog.changes._PAGE", 2)
    with log_of(url) as log:
        heard = Heard()
        follower = Follower(ViewingStore(log), heard)
        follower.poll()
        log.append([event(f"e-{n}", member_id=f"member-{n}") for n in range(11)])
        follower.poll()
        members = [member for change in heard.changes for member in change.members]
        assert sorted(members) == sorted(f"member-{n}" for n in range(11))


def test_after_it_was_away_all_may_have_changed(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A server whose connections all end; and one whose log cannot be read for a while."""
    url = new_database("postgresql", tmp_path, tmp_path_factory)
    with log_of(url) as ours, log_of(url) as other:
        heard, store = Heard(), ViewingStore(ours)
        with Follower(store, heard):
            heard.wait_for(1)
            with other._database.writing() as connection:
                connection.execute(text("ALTER TABLE events RENAME TO hidden"))
            while not store.problem:
                threading.Event().wait(0.01)
            with other._database.writing() as connection:
                connection.execute(text("ALTER TABLE hidden RENAME TO events"))
                connection.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )
            assert heard.wait_for(2)[1].all
            assert store.problem == ""
            other.append([event("later")])
            while "member-ada" not in heard.changes[-1].members:
                threading.Event().wait(0.01)
