"""What members have watched, by the log of events and by a file, as one history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from ranker import Histories, HistoriesUnavailableError, ViewingEvent
from sizzle.database import Database
from sizzle.database.schema import VIEWING_RECORDS
from sizzle.eventlog import EventLog
from sizzle.events import Event
from sizzle.events.viewing_policy import ViewingPolicy
from sizzle.histories import Follower, StoredHistories, ViewingStore
from tests.databases import empty_database
from tests.events.sample_events import NOW, event
from tests.histories.no_reels import no_cut

AT = NOW // 1000
FILE = Histories(
    [ViewingEvent("member-ada", "tundra", AT - 100), ViewingEvent("member-ben", "nocturne", AT)]
)


def played(title: str, hours: int = 0, member: str = "member-ada", seconds: float = 90) -> Event:
    """A play, some hours after now."""
    return event(
        f"{member}-{title!a}-{hours}",
        type="title_played",
        member_id=member,
        time=NOW + hours * 3_600_000,
        attributes={"title_id": title},
        metrics={"seconds": seconds},
    )


def watched(title: str, hours: int = 0, member: str = "member-ada") -> ViewingEvent:
    """What the default policy makes of it."""
    return ViewingEvent(member, title, AT + hours * 3600, 90, "play")


@pytest.fixture
def log(url: URL) -> Iterator[EventLog]:
    """An empty log."""
    log = EventLog(Database(url), b"k" * 32)
    log.upgrade()
    yield log
    log.close()


def histories_of(log: EventLog, file: Histories = FILE) -> tuple[StoredHistories, Follower]:
    """Histories from a log, which has been looked at."""
    store = ViewingStore(log)
    follower = Follower(store, lambda _: None)
    follower.poll()
    return StoredHistories(store, ViewingPolicy(), no_cut, file), follower


def test_log_and_file_are_one_history(log: EventLog) -> None:
    """Of one member and of several at once; hostile titles and late events too."""
    hostile = event(
        "h", type="title_played", attributes={"title_id": "a\0b"}, metrics={"seconds": 9e9}
    )
    log.append([played("velvet", 2), played("aurora"), hostile, played("harbor", 1, "member-cy")])
    log.append([played("saffron", 1), event("other"), played("glance", 3, seconds=3)])
    histories, _ = histories_of(log)
    ada = [
        ViewingEvent("member-ada", "tundra", AT - 100),
        *(watched(title, hours) for hours, title in enumerate(["aurora", "saffron", "velvet"])),
        replace(watched("glance", 3), seconds=3, action="skip"),
    ]
    assert list(histories.log_of(["member-ada"]).events()) == ada
    assert list(histories.log_of(["member-cy"]).events()) == [watched("harbor", 1, "member-cy")]
    assert len(histories.log_of(["nobody"])) == 0
    together = histories.log_of(["member-cy", "member-ben", "nobody", "member-ada"])
    assert list(together.events()) == [
        *ada,
        ViewingEvent("member-ben", "nocturne", AT),
        watched("harbor", 1, "member-cy"),
    ]


def test_of_a_long_history_the_last_is_read(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alone and with others: nobody's history can hold the others up."""
    monkeypatch.setattr("sizzle.histories.viewing_store._MOST", 3)
    log.append([played(f"title-{n}", 5 * n, f"member-{m}") for n in range(5) for m in "ab"])
    histories, _ = histories_of(log, Histories())
    last = [watched(f"title-{n}", 5 * n, "member-a") for n in (2, 3, 4)]
    assert list(histories.log_of(["member-a"]).events()) == last
    assert list(histories.log_of(["member-a", "member-b"]).events())[:3] == last


def test_an_erased_member_has_no_history(log: EventLog) -> None:
    """Nor in the file, before it is rewritten; what comes later counts."""
    log.append([played("aurora"), played("velvet", member="member-ben")])
    histories, follower = histories_of(log)
    log.erase("member-ada", NOW)
    log.erase("member-ada", NOW)
    follower.poll()
    assert len(histories.log_of(["member-ada"])) == 0
    assert len(histories.log_of(["member-ben"])) == 2
    log.append([played("harbor", 1)])
    assert list(histories.log_of(["member-ada"]).events()) == [watched("harbor", 1)]


def test_without_the_database_the_file_counts(tmp_path: Path) -> None:
    """It says so, and tries again only once the follower could read it."""
    path = tmp_path / "sizzle.db"
    log = EventLog(Database(empty_database("sqlite", tmp_path, None), patience=0.1), b"k" * 32)  # type: ignore[arg-type]
    log.append([played("aurora")])
    histories, follower = histories_of(log)
    assert len(histories.log_of(["member-ada"])) == 2
    log.close()
    path.rename(tmp_path / "away")
    path.mkdir()
    for _ in range(2):
        with pytest.raises(HistoriesUnavailableError) as caught:
            histories.log_of(["member-ada"])
        assert list(caught.value.known.events()) == list(FILE.log_of(["member-ada"]).events())
    path.rmdir()
    (tmp_path / "away").rename(path)
    with pytest.raises(HistoriesUnavailableError):
        histories.log_of(["member-ada"])
    follower.poll()
    assert len(histories.log_of(["member-ada"])) == 2
    log.close()


def test_events_of_an_earlier_version_have_records(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The migration makes those that the log would have made."""
    reel = event(
        "reel",
        type="reel_progress",
        reel_id="r",
        attributes={"surface": "mail", "é": "x"},
        metrics={"cut": 1.0, "frames": 80.0},
    )
    rated = event(
        "rated", type="title_rated", attributes={"title_id": "é"}, metrics={"rating": 3.0}
    )
    events = [
        *(played("aurora", 1), reel, rated, event("other"), played("b", member="")),
        *(played(title) for title in ("a\0b", "x" * 101)),
    ]
    log.append(events)
    query = VIEWING_RECORDS.select().order_by(VIEWING_RECORDS.c.key)
    with log._database.writing() as connection:
        made = connection.execute(query).all()
        connection.execute(text("DROP TABLE viewing_records"))
        connection.execute(text("DROP INDEX erased_members_by_number"))
        connection.execute(text("ALTER TABLE erased_members DROP COLUMN number"))
        connection.execute(text("UPDATE alembic_version SET version_num = 'v0003'"))
    for name in ("LATEST", "OLDEST"):  # the tables of later ones stay
        monkeypatch.setattr(f"sizzle.database.database.{name}", "v0004")
    assert log._database.upgrade()
    with log._database.reading() as connection:
        assert connection.execute(query).all() == made
    assert len(made) == 3


def test_arrays_are_read_as_rows(tmp_path: Path) -> None:
    """SQLite gives a member's records in another form: the same comes out, of any kinds."""
    log = EventLog(Database(empty_database("sqlite", tmp_path, None)), b"k" * 32)  # type: ignore[arg-type]
    titles = ['quo"te', "é", "a\\b", "velvet"]
    log.append([played(title, 7 * n, seconds=60.5 + n / 4) for n, title in enumerate(titles)])
    log.append([played("late", 2, seconds=1e300), played("harbor", 1, member="member-ben")])
    reader = log._viewing_records
    assert reader._arrays is not None
    assert reader._arrays.read("member-ada", 4) is None  # more than may be read: only the last are
    for more in ([], _of_other_kinds()):
        log.append(more)
        alone = reader.read(["member-ada"], 2000)
        assert len(alone.time) == 5 + len(more)
        assert alone == reader._arrays.read("member-ada", len(alone.time))
        as_rows = reader.read(["member-ada", "nobody"], 2000)
        assert [list(column) for column in alone] == [list(column) for column in as_rows]
    assert not reader.read(["nobody"], 2000).time
    log.close()


def _of_other_kinds() -> list[Event]:
    """What was seen in a reel, a rating, and a viewing of another system, between plays."""
    about: dict[str, str] = {"title_id": "velvet", "device": 't"v'}
    metrics = ({"cut": 1.0, "frames": 79.5}, {"cut": 2.0, "frames": 1e300, "seconds": 3.25})
    seen = [
        event(f"seen-{n}", type="reel_progress", reel_id=f"reel-{n}", time=NOW + n, metrics=each)
        for n, each in enumerate(metrics)
    ]
    rated = event("rated", type="title_rated", attributes=about, metrics={"rating": 4.5})
    viewed = event("viewed", type="title_viewed", attributes={**about, "action": "é"})
    return [*seen, rated, viewed]
