"""What becomes of exposures, in both databases: each event counts once, in whatever order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Connection, insert, select

from sizzle.database import Database
from sizzle.database.metadata import METADATA
from sizzle.database.schema import ENDPOINTS, EXPOSURES
from sizzle.engagement import Exposure, Probabilities, Unused, unpack
from sizzle.engagement.figures import Figures
from sizzle.engagement.period import Period
from sizzle.errors import NotFoundError
from sizzle.eventlog import Appended, EventLog, follower
from sizzle.eventlog.engagement import EngagementLog, Filters, MessageFigures
from sizzle.eventlog.exposures import read_exposures
from sizzle.events import Event
from tests.engagement.sample_exposures import DAY, exposure, play, progress, reel_event
from tests.events.sample_events import NOW, event


@pytest.fixture
def database(url: URL) -> Iterator[Database]:
    """An empty database, with its tables."""
    found = Database(url, patience=30)
    found.upgrade()
    yield found
    found.close()


@pytest.fixture
def log(database: Database) -> EventLog:
    """An empty log."""
    return EventLog(database, b"k" * 32)


def shown(log: EventLog, *exposures: Exposure) -> list[Appended]:
    """Append exposures."""
    return list(log.submit_exposures(exposures).result())


def figures(database: Database, **filters: object) -> Figures:
    """The figures of all reels."""
    tally = EngagementLog(database).read(Filters(**filters)).tally  # type: ignore[arg-type]
    assert tally is not None
    return tally.total


def test_what_is_shown_is_read_again(log: EventLog, database: Database) -> None:
    """With every field; within half an hour the same reel is one exposure, of each treatment."""
    hostile = "'); DROP TABLE exposures; -- \u0000 \U0001f600"
    first = exposure(titles=("a", hostile, "é"), probabilities=Probabilities(0.25, (0.5, 0.1)))
    again, later = exposure(time=NOW + DAY // 50), exposure(time=NOW + DAY // 40)
    plain = hostile.replace("\0", "")
    other = exposure(treatment="b", cold_start=True, member_id=plain, cadence=plain)
    treated = exposure(treatment="b", seed=2**31 - 1)
    assert shown(log, first, again, later) == ["accepted", "duplicate", "accepted"]
    assert shown(log, again, other, treated) == ["duplicate", "accepted", "accepted"]
    assert list(read_exposures(database)) == [first, later, other, treated]


def test_the_figures_of_a_reel(log: EventLog, database: Database) -> None:
    """As its events come, out of order, twice, of other members, and without an exposure."""
    shown(log, exposure(), exposure("reel-2", time=NOW + 60_000))
    log.append([progress("p-2", 2, 80), reel_event("started", "s"), reel_event("started", "s")])
    assert figures(database) == Figures(shown=2, started=1, seconds=3.2)
    log.append([progress("p-1", 1, 999), progress("p-2", 2, 80), progress("p-7", 7, 80)])
    log.append([reel_event("completed", "c", time=NOW + 9000), reel_event("left", "l", "reel-2")])
    log.append([progress("x", 1, 80, member_id="member-ben"), reel_event("started", "y", "reel-3")])
    found = EngagementLog(database).read(Filters())
    assert found.tally is not None
    assert found.tally.total == Figures(shown=2, started=1, completed=1, seconds=9.6)
    assert found.unused == {
        Unused.NO_EXPOSURE: 2,
        Unused.BEFORE_EXPOSURE: 1,
        Unused.NO_SUCH_CUT: 1,
    }
    log.append([reel_event("left", "m", "reel-2", time=NOW + 70_000)])
    assert figures(database).left_unstarted == 1


def test_times_in_whole_seconds_are_not_too_early(log: EventLog, database: Database) -> None:
    """An event may seem five seconds older than its exposure, whichever was recorded first."""
    log.append([reel_event("started", "1", "reel-2", time=NOW - 5000)])
    shown(log, exposure(), exposure("reel-2"), exposure("reel-3"))
    log.append([reel_event("started", "2", time=NOW - 616)])
    log.append([reel_event("started", "3", "reel-3", time=NOW - 5001)])
    found = EngagementLog(database).read(Filters())
    assert found.tally is not None
    assert (found.tally.total.started, found.unused) == (2, {Unused.BEFORE_EXPOSURE: 1})


def test_a_title_is_started_within_seven_days(log: EventLog, database: Database) -> None:
    """By the same member, after the exposure, and one that the reel has."""
    shown(log, exposure(), exposure(member_id="member-ben", titles=("aurora", "dusk", "comet")))
    log.append(
        [
            play("1", "borealis", time=NOW - 1),
            play("2", "borealis", time=NOW + 7 * DAY),
            play("3", "nova"),
            play("4", "borealis", member_id="member-ben"),
            play("5", "bor"),
            event("6", type="title_played"),  # as another wire may send it
        ]
    )
    assert figures(database).title_started == 0
    log.append([play("7", "borealis", time=NOW + 7 * DAY - 1), play("8", "borealis")])
    assert figures(database).title_started == 1
    tally = EngagementLog(database).read(Filters()).tally
    assert tally is not None
    assert {key[1]: each.started for key, each in tally.titles.items()} == {
        "aurora": 0,
        "borealis": 1,
        "comet": 0,
        "dusk": 0,
    }
    with database.reading() as connection:
        played = connection.execute(select(EXPOSURES.c.played).where(EXPOSURES.c.played != ""))
        assert played.scalar_one() == f'{{"borealis":{NOW + 1000}}}'


def test_an_exposure_may_come_after_its_events(log: EventLog, database: Database) -> None:
    """It was recorded in the background; nothing is then lost, counted twice or called unused."""
    log.append([progress("1", 1, 100), play("2", "aurora"), progress("3", 9, 1)])
    assert EngagementLog(database).read(Filters()).unused == {Unused.NO_EXPOSURE: 2}
    shown(log, exposure())
    log.append([progress("4", 1, 20)])
    for _ in range(2):
        found = EngagementLog(database).read(Filters())
        assert found.tally is not None
        assert found.tally.total == Figures(shown=1, started=1, title_started=1, seconds=4.8)
        assert found.unused == {Unused.NO_SUCH_CUT: 1}


def test_any_order_and_many_followers_give_the_same(
    database: Database, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events and exposures in random order, while four followers read small pages at once."""
    monkeypatch.setattr("sizzle.eventlog.follower._PAGE", 7)
    chance = random.Random(7)
    items: list[Event | Exposure] = []
    seen: dict[str, int] = {}
    for number in range(60):
        reel, member = f"reel-{number}", f"member-{number % 9}"
        items.append(exposure(reel, member_id=member))
        for part in range(chance.randrange(6)):
            frames = chance.randrange(1, 40)
            seen[reel] = seen.get(reel, 0) + frames
            items.append(
                progress(f"{number}-{part}", part % 4 + 1, frames, reel_id=reel, member_id=member)
            )
    chance.shuffle(items)
    followers = [EngagementLog(database) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        for start in range(0, len(items), 40):
            some = items[start : start + 40]
            log.append([each for each in some if isinstance(each, Event)])
            shown(log, *(each for each in some if isinstance(each, Exposure)))
            list(pool.map(lambda each: each.follow(3), followers))
        list(pool.map(lambda each: each.follow(), followers))
    with database.reading() as connection:
        found = connection.execute(select(EXPOSURES.c.reel_id, EXPOSURES.c.seen)).all()
    assert {each.reel_id: sum(unpack(each.seen)) for each in found} == {
        f"reel-{number}": min(seen.get(f"reel-{number}", 0), 999) for number in range(60)
    }
    assert EngagementLog(database).read(Filters()).unused == {}


def test_filters(log: EventLog, database: Database) -> None:
    """By asset, and by a half-open period; an asset that nobody was shown is named."""
    shown(
        log,
        exposure(),
        exposure("reel-2", asset_id="autumn"),
        exposure("reel-3", asset_id="autumn", time=NOW + DAY),
    )
    assert figures(database, asset_id="autumn").shown == 2
    assert figures(database, asset_id="autumn", period=Period(NOW, NOW + DAY)).shown == 1
    assert figures(database, period=Period(NOW + 1)).shown == 1
    assert figures(database, reel_id="reel-2", asset_id="autumn").shown == 1
    assert figures(database, treatment="", cadence="trio").shown == 3
    assert figures(database, treatment="b").shown == figures(database, cadence="duo").shown == 0
    assert figures(database, period=Period(None, NOW)).shown == 0
    with pytest.raises(NotFoundError, match=r"autumn, spring"):
        figures(database, asset_id="'; DROP TABLE exposures; --")


def opened(event_id: str, campaign: str = "c", endpoint: str = "phone", **fields: object) -> Event:
    """A notification of a campaign was opened."""
    attributes = {"campaign_id": campaign, "campaign_activity_id": "a", "treatment_id": "0"}
    values: dict[str, object] = {
        "type": "_campaign.opened_notification",
        "endpoint_id": endpoint,
        "member_id": "",
        "app": "shop",
        "attributes": attributes,
        **fields,
    }
    return event(event_id, **values)


def test_events_of_messages(log: EventLog, database: Database) -> None:
    """By campaign and activity, with how many endpoints, and of how many nobody knows."""
    row = dict.fromkeys(("member_id", "channel", "address", "opt_out"), "")
    known = {**row, "app": "shop", "endpoint_id": "phone", "content": "{}"}
    with database.writing() as connection:
        connection.execute(insert(ENDPOINTS), {**known, "created": NOW, "updated": NOW})
    log.append(
        [
            opened("1"),
            opened("1"),
            opened("2"),
            opened("3", endpoint="tv"),
            opened("4", app="other"),
            opened("5", type="_campaign.received_background", time=NOW + DAY),
            opened("6", campaign="d"),
            opened("7", attributes={"campaign_id": "_DIRECT", "campaign_activity_id": "send-1"}),
            opened("8", type="_campaign.opened_notification", attributes={}),
            opened("9", type="opened_notification"),
        ]
    )
    campaign = ("campaign", "c", "a", "0")
    of_c = EngagementLog(database).read(Filters(campaign_id="c"))
    assert of_c.tally is None
    assert of_c.messages == [
        MessageFigures(*campaign, "opened_notification", 4, 3, 2),
        MessageFigures(*campaign, "received_background", 1, 1, 0),
    ]
    first_day = Filters(Period(NOW, NOW + DAY), activity_id="a", campaign_id="c")
    assert len(EngagementLog(database).read(first_day).messages) == 1
    all_of_them = EngagementLog(database).read(Filters())
    assert [message.source_id for message in all_of_them.messages] == ["c", "c", "d", ""]
    assert all_of_them.messages[-1].activity_id == "send-1"
    nul = {"campaign_id": "\0", "campaign_activity_id": "\U0001f600" * 50}
    log.append([opened("10", attributes=nul)])
    assert EngagementLog(database).read(Filters(campaign_id="\ufffd")).messages[0].events == 1
    assert EngagementLog(database).read(Filters(activity_id="nothing")).messages == []
    assert EngagementLog(database).read(Filters(campaign_id="' OR 1=1 --")).messages == []


def test_an_erased_member_leaves_nothing(
    log: EventLog, database: Database, url: URL, tmp_path: Path
) -> None:
    """Neither exposures nor events of messages; exposures that wait are not taken any more."""
    mallory = {"member_id": "member-mallory"}
    shown(log, exposure(**mallory), exposure())
    log.append([progress("1", 1, 80, **mallory), opened("2", "mallory-campaign", **mallory)])
    assert len(EngagementLog(database).read(Filters(campaign_id="mallory-campaign")).messages) == 1
    assert log.summary("member-mallory").exposures == 1
    assert log.erase("member-mallory", NOW + 5000).exposures == 1
    assert shown(log, exposure("reel-9", **mallory)) == [Appended.ERASED]
    assert figures(database).shown == 1
    with database.reading() as connection:
        for table in METADATA.sorted_tables:
            assert "mallory" not in str(connection.execute(select(table)).all())
    if url.drivername == "sqlite":
        for path in tmp_path.iterdir():
            assert b"mallory" not in path.read_bytes(), path


def test_a_page_is_read_again_if_an_event_of_it_was_erased_meanwhile(
    log: EventLog, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading it and writing what it changes: what was erased is not written after all."""
    is_current = follower._is_current
    attempts = []

    def noted(connection: Connection, page: Any) -> bool:  # noqa: ANN401 - private
        current = is_current(connection, page)
        attempts.append((len(page.rows), current))
        return current

    apply = follower._apply

    def erase_meanwhile(*read: Any) -> Any:  # noqa: ANN401 - private
        changes = apply(*read)
        if not attempts:
            log.erase("member-mallory", NOW + 5000)
        return changes

    monkeypatch.setattr(follower, "_is_current", noted)
    monkeypatch.setattr(follower, "_apply", erase_meanwhile)
    shown(log, exposure())
    log.append([progress("1", 1, 80), opened("2", "of-mallory", member_id="member-mallory")])
    found = EngagementLog(database).read(Filters())
    assert attempts == [(2, False), (1, True)]
    assert found.messages == []
    assert found.tally is not None
    assert found.tally.total == Figures(shown=1, started=1, seconds=3.2)


def test_old_exposures_are_deleted_in_pages(
    log: EventLog, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only those from before the time, also behind one of a later time; what is left counts."""
    monkeypatch.setattr("sizzle.eventlog.exposure_retention._PAGE", 3)
    times = [NOW + 99 * DAY, *(NOW + n * DAY for n in range(7))]
    shown(log, *(exposure(f"reel-{n}", time=time) for n, time in enumerate(times)))
    log.append([reel_event("started", "e-6", "reel-6", time=NOW + 5 * DAY + 1000)])
    kept = EngagementLog(database)
    assert kept.delete_before(NOW, 9) == 0
    assert kept.delete_before(NOW + 5 * DAY, 1) == 2
    assert kept.delete_before(NOW + 5 * DAY, 9) == 3
    assert [read_exposure.reel_id for read_exposure in read_exposures(database)] == [
        "reel-0",
        "reel-6",
        "reel-7",
    ]
    found = figures(database)
    assert (found.shown, found.started) == (3, 1)
    log.append([play("late", "aurora", time=NOW + 11 * DAY)])
    assert figures(database).title_started == 2
