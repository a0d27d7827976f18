"""The log behaves alike in both databases: an event is there once, or is known not to be."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pytest
from sqlalchemy import URL, select, text

from sizzle.database import Database, DatabaseFullError, DatabaseUnavailableError
from sizzle.database.metadata import METADATA
from sizzle.database.schema import EVENTS
from sizzle.errors import BusyError
from sizzle.eventlog import Appended, EventLog, recent_members
from sizzle.eventlog.group_commit import GroupCommit
from tests.databases import empty_database, new_database
from tests.events.sample_events import NOW, event
from tests.small_disk import filled, small_disk

ACCEPTED, DUPLICATE, CONFLICT = Appended.ACCEPTED, Appended.DUPLICATE, Appended.CONFLICT


@pytest.fixture
def log(url: URL) -> Iterator[EventLog]:
    """An empty log."""
    found = EventLog(Database(url), b"k" * 32)
    yield found
    found.close()


def test_what_is_appended_is_read_in_order(log: EventLog) -> None:
    """With every field, text of any script, and SQL as the text it is."""
    hostile = "'); DROP TABLE events; -- \u0000 \U0001f600 é e\u0301"
    first = event(
        "e-1", attributes={"a": hostile, "": ""}, metrics={"b": 1e308, "a": -0.25}, reel_id="r"
    )
    second = event(
        "'; DELETE FROM events; --", type="'", member_id='"', endpoint_id="`", app=";", time=0
    )
    assert log.append([first, second]) == [ACCEPTED, ACCEPTED]
    logged = log.read()
    assert [each.event for each in logged] == [first, second]
    assert log.read(after=logged[0].position)[0].event == second
    assert log.read(after=logged[1].position) == []
    assert [logged.event for logged in log.read_all()] == [first, second]


def test_members_of_the_last_events_are_found(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The most recent first, each once; of a long log only the end is read, not who is erased."""
    members = ["member-ada", "member-ben", "", "member-ada", "member-cy"]
    log.append([event(f"e-{n}", member_id=each) for n, each in enumerate(members)])
    assert log.recent_members(9) == ["member-cy", "member-ada", "member-ben"]
    assert log.recent_members(2) == ["member-cy", "member-ada"]
    log.erase("member-ada", NOW)
    assert log.recent_members(2) == ["member-cy", "member-ben"]
    monkeypatch.setattr(recent_members, "EVENTS_READ", 1)
    assert log.recent_members(2) == ["member-cy"]


def test_an_event_is_kept_once(log: EventLog) -> None:
    """In one batch or in several; another content under the same id is counted."""
    other = event(type="other")
    assert log.append([event(), event(), other]) == [ACCEPTED, DUPLICATE, CONFLICT]
    assert log.append([other, event("e-2"), event()]) == [CONFLICT, ACCEPTED, DUPLICATE]
    assert [logged.event for logged in log.read()] == [event(), event("e-2")]
    with log._database.reading() as connection:
        assert connection.execute(
            select(EVENTS.c.conflicts).order_by(EVENTS.c.position)
        ).scalars().all() == [2, 0]


def test_the_same_id_of_another_sender_is_another_event(log: EventLog) -> None:
    """Two endpoints of one member; ids that differ in case or in their form in Unicode."""
    events = [
        event(),
        event(endpoint_id="phone"),
        event(endpoint_id="tv"),
        event("E-1"),
        event("é"),
        event("e\u0301"),
    ]
    assert log.append(events) == [ACCEPTED] * 6
    assert log.append(events) == [DUPLICATE] * 6


def test_what_is_trained_on_is_read_by_member(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each member together and in time order, however few are read at once; no other event is."""
    monkeypatch.setattr("sizzle.eventlog.viewing_records._PAGE", 4)
    seconds = {
        "attributes": {"title_id": "a"},
        "metrics": {"seconds": 90.0},
        "type": "title_played",
    }
    members = ("ada", "Ben", "\u00e9mile", "ada-2")
    log.append(
        [
            event(f"{member}-{n}", member_id=member, time=NOW - n * 1000, **seconds)
            for n in range(5)
            for member in members
        ]
    )
    log.append([event("not-viewing")])
    read = [(record[0], record[1]) for record in log.all_viewing_records()]
    assert len(read) == 20
    by_member = [
        (member, [time for _, time in rows]) for member, rows in groupby(read, itemgetter(0))
    ]
    assert sorted(member for member, _ in by_member) == sorted(members)
    assert all(times == sorted(times) for _, times in by_member)


def test_many_at_once_are_each_there_once(url: URL) -> None:
    """Two processes' logs, eight clients that send all of the same events."""
    logs = [EventLog(Database(url, patience=60), b"k" * 32) for _ in range(2)]
    events = [event(f"e-{number}") for number in range(150)]

    def send(client: int) -> list[Appended]:
        outcomes: list[Appended] = []
        for start in range(0, 150, 50):
            outcomes += logs[client % 2].append(events[start : start + 50])
        return outcomes

    with ThreadPoolExecutor(8) as pool:
        outcomes = [outcome for client in pool.map(send, range(8)) for outcome in client]
    assert outcomes.count(ACCEPTED) == 150
    assert outcomes.count(DUPLICATE) == 7 * 150
    assert sorted(logged.event.event_id for logged in logs[0].read()) == sorted(
        each.event_id for each in events
    )
    for log in logs:
        log.close()


def test_a_follower_misses_nothing(url: URL) -> None:
    """It reads after its cursor while two logs write: positions rise with the commits."""
    logs = [EventLog(Database(url, patience=60), b"k" * 32) for _ in range(2)]
    logs[0].upgrade()
    done = threading.Event()

    def write(which: int) -> None:
        for number in range(40):
            logs[which].append([event(f"{which}-{number}")])

    def follow() -> list[str]:
        seen: list[str] = []
        after = 0
        while True:
            ended = done.is_set()
            page = logs[0].read(after)
            seen += [logged.event.event_id for logged in page]
            after = page[-1].position if page else after
            if ended and not page:
                return seen

    with ThreadPoolExecutor(3) as pool:
        following = pool.submit(follow)
        try:
            list(pool.map(write, range(2)))
        finally:
            done.set()
        seen = following.result()
    assert len(seen) == 80
    assert set(seen) == {f"{which}-{number}" for which in range(2) for number in range(40)}
    for log in logs:
        log.close()


def test_a_member_is_erased(log: EventLog, url: URL, tmp_path: Path) -> None:
    """No table and no file has them; events from before are refused, later ones are taken."""
    log.append([event(f"e-{n}", member_id="member-mallory") for n in range(30)])
    log.append([event()])
    assert log.summary("member-mallory").events == {"app_opened": 30}
    assert len(log.events_of("member-mallory")) == 30
    assert log.erase("member-mallory", NOW).events == 30
    assert log.summary("member-mallory").events == {}
    late = event("e-99", member_id="member-mallory", time=NOW)
    later = event("e-99", member_id="member-mallory", time=NOW + 1)
    assert log.append([late]) == [Appended.ERASED]
    with log._database.reading() as connection:
        for table in METADATA.sorted_tables:
            assert "mallory" not in str(connection.execute(select(table)).all())
    if url.drivername == "sqlite":
        for path in tmp_path.iterdir():
            assert b"mallory" not in path.read_bytes(), path
    assert log.append([later]) == [ACCEPTED]
    assert [logged.event for logged in log.read()] == [event(), later]


def test_one_commit_holds_all_that_wait() -> None:
    """While one is under way, the others gather; each gets its own outcomes."""
    groups: list[list[int]] = []
    first, go_on = threading.Event(), threading.Event()

    def commit(items: object) -> list[int]:
        assert isinstance(items, list)
        groups.append(items)
        first.set()
        go_on.wait(60)
        return [-item for item in items]

    commits = GroupCommit[int, int](commit)
    futures = [commits.submit([0])]
    assert first.wait(60)
    futures += [commits.submit([number, number * 10]) for number in range(1, 64)]
    go_on.set()
    assert [list(future.result(60)) for future in futures] == [
        [0],
        *([-number, -number * 10] for number in range(1, 64)),
    ]
    assert len(groups) == 2
    commits.close()


def test_one_that_fails_costs_no_other() -> None:
    """An error that nobody foresaw is that of the one that causes it."""

    def commit(items: object) -> list[int]:
        assert isinstance(items, list)
        if 13 in items:
            raise ArithmeticError("unlucky")
        return items

    commits = GroupCommit[int, int](commit)
    futures = [commits.submit([number]) for number in range(10, 16)]
    failed = [number for number, future in enumerate(futures, 10) if future.exception(60)]
    assert failed == [13]
    with pytest.raises(BusyError):
        commits.submit(range(30_000))
    commits.close()


def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    """What was answered stays; once there is room, the log goes on."""
    with small_disk(tmp_path, "2m") as disk:
        log = EventLog(Database(empty_database("sqlite", disk, None)), b"k" * 32)  # type: ignore[arg-type]
        assert log.append([event()]) == [ACCEPTED]
        large = [event(f"large-{n}", attributes={"a": "x" * 200}) for n in range(500)]
        with filled(disk), pytest.raises(DatabaseFullError):
            log.append(large)
        assert "full" in log.problem
        assert [logged.event for logged in log.read()] == [event()]
        assert log.append(large[:2]) == [ACCEPTED, ACCEPTED]
        assert log.problem == ""
        log.close()


def test_a_server_that_restarts_is_connected_to_again(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """All its connections end, as at a restart; the next append connects anew."""
    url = new_database("postgresql", tmp_path, tmp_path_factory)
    log, operator = EventLog(Database(url), b"k" * 32), Database(url)
    assert log.append([event()]) == [ACCEPTED]
    with operator.reading() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert log.append([event(), event("e-2")]) == [DUPLICATE, ACCEPTED]
    log.close()
    operator.close()


def test_an_append_that_must_wait_too_long_is_refused(url: URL) -> None:
    """Nothing of it is there afterwards, and the same events are then taken."""
    holder, log = Database(url), EventLog(Database(url, patience=0.2), b"k" * 32)
    holder.upgrade()
    with holder.writing(), pytest.raises(DatabaseUnavailableError):
        log.append([event()])
    assert "others hold it" in log.problem
    assert log.append([event()]) == [ACCEPTED]
    holder.close()
    log.close()
