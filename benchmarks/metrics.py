"""Figures among a million events, on SQLite and on PostgreSQL: processor time.

    python -m benchmarks.metrics [EVENTS]

The events are those of reels that were watched in part, of titles that were played, and of push
notifications of ten campaigns. What the figures take is compared with what reading the events takes
instead: by SQL over their attributes, and by a loop over all of them that counts the same. The time
of PostgreSQL's own processes counts too. Exits with 1 if a target is missed.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import Connection, insert, make_url, text

from benchmarks.postgresql import processor_seconds, server
from benchmarks.tables import Row, print_table
from sizzle.cadence import DEFAULT
from sizzle.database import Database
from sizzle.database.schema import ENDPOINTS, EVENTS
from sizzle.engagement import Exposure
from sizzle.eventlog import EventLog
from sizzle.eventlog.engagement import EngagementLog, Filters
from sizzle.eventlog.engagement_report import read_report
from sizzle.eventlog.exposures import append_exposures
from sizzle.eventlog.rows import to_row
from sizzle.events import Event, attribute
from tests.engagement.sample_exposures import exposure, play, progress, reel_event
from tests.events.sample_events import NOW, event

_EVENTS: Final = 1_000_000
_OF_A_REEL: Final = 20  # about one reel and its member: 14 of the reel, 6 of messages
_ASSETS: Final = 4
_CAMPAIGNS: Final = 10
_TARGET: Final = 0.2  # seconds
_ROUNDS: Final = 5
_PAGE: Final = 50_000
_SLOTS: Final = [slot for _, slot in DEFAULT.slots]
_HOUR: Final = 3_600_000


def main() -> None:
    """Measure both databases, and print the tables."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else _EVENTS
    met = True
    with TemporaryDirectory() as folder:
        met &= _measure("SQLite", f"sqlite:///{folder}/sizzle.db", size)
        with server(Path(folder) / "postgresql") as url:
            met &= _measure("PostgreSQL", url, size)
    sys.exit(0 if met else 1)


def _measure(name: str, url: str, size: int) -> bool:
    database = Database(make_url(url), patience=60)
    _fill(database, size)
    log = EngagementLog(database)
    followed = _seconds(log.follow)
    campaign = Filters(campaign_id="campaign-3")
    measures: dict[str, list[float]] = {
        "a campaign": _rounds(lambda: read_report(log, campaign, "UTC")),
        "the same, by SQL over attributes": _rounds(lambda: _campaign_by_sql(database)),
        "an asset": _rounds(lambda: read_report(log, Filters(asset_id="asset-1"), "UTC")),
        "all reels and messages": _rounds(lambda: read_report(log, Filters(), "UTC")),
        "a loop over all events": [_seconds(lambda: _loop(database))],
    }
    seconds = {label: median(each) for label, each in measures.items()}
    sys.stdout.write(f"### {name}\n\n")
    rows = [Row(label, [f"{each:.3f}"]) for label, each in seconds.items()]
    rows.append(Row("following all events, once", [f"{followed:.1f}"]))
    print_table((f"{size:,} events", "seconds"), rows)
    loop = seconds["a loop over all events"]
    met = seconds["a campaign"] <= _TARGET
    sys.stdout.write(
        f"\nA campaign: {seconds['a campaign']:.3f} s (target {_TARGET}): "
        f"{'met' if met else 'missed'}; "
        f"SQL over attributes takes {_times(seconds, 'the same, by SQL over attributes')} as long. "
        f"An asset: the loop takes {loop / seconds['an asset']:.0f} times as long. "
        f"Following takes {followed / size * 1e6:.0f} us an event.\n\n"
    )
    database.close()
    return met


def _times(seconds: dict[str, float], label: str) -> str:
    return f"{seconds[label] / seconds['a campaign']:.0f} times"


def _rounds(measured: Callable[[], object]) -> list[float]:
    measured()  # fills the caches of pages and plans, as any but the first question finds them
    return [_seconds(measured) for _ in range(_ROUNDS)]


def _seconds(measured: Callable[[], object]) -> float:
    """Processor time of this process and of PostgreSQL's."""
    before = time.process_time() + processor_seconds()
    measured()
    return time.process_time() + processor_seconds() - before


def _fill(database: Database, size: int) -> None:
    database.upgrade()
    chance = random.Random(5)  # noqa: S311 - nothing is secret
    items = _items(chance, size)
    while page := list(islice(items, _PAGE)):
        exposures = [each for each in page if isinstance(each, Exposure)]
        events = [each for each in page if isinstance(each, Event)]
        with database.writing() as connection:
            append_exposures(connection, exposures, str.encode)
            connection.execute(insert(EVENTS), [to_row(each) for each in events])
    with database.writing() as connection:
        connection.execute(insert(ENDPOINTS), [_endpoint(n) for n in range(0, 20_000, 2)])
    with database.writing() as connection:
        connection.execute(text("ANALYZE"))


def _items(chance: random.Random, size: int) -> Iterator[Exposure | Event]:
    """A reel with its events, until there are enough of these."""
    for number in range(size // _OF_A_REEL):
        member, reel = f"member-{number % 20_000}", f"{'r' * 150}-{number}"
        shown = NOW + chance.randrange(30 * 24) * _HOUR
        about = {"reel_id": reel, "member_id": member}
        titles = tuple(f"title-{chance.randrange(200)}-{rank}" for rank in range(5))
        yield exposure(
            reel,
            member_id=member,
            time=shown,
            asset_id=f"asset-{number % _ASSETS}",
            asset_version="f" * 64,
            cadence=DEFAULT.name,
            plan=str(DEFAULT),
            rate="24000/1001",
            titles=titles,
            treatment="ab"[number % 20_000 % 2],
        )
        yield reel_event("started", f"{number}-s", time=shown + 1, **about)
        for cut in range(1, 12):
            frames = _SLOTS[cut - 1].length
            yield progress(f"{number}-{cut}", cut, frames, time=shown + cut * 1000, **about)
        yield reel_event("left", f"{number}-l", time=shown + 20_000, **about)
        played = chance.choice(titles)
        yield play(f"{number}-p", played, member_id=member, time=shown + _HOUR)
        for part in range(6):
            yield _notification(chance, f"{number}-n{part}", shown)


def _notification(chance: random.Random, event_id: str, shown: int) -> Event:
    action = chance.choice(("opened_notification", "received_foreground", "received_background"))
    return event(
        event_id,
        type=f"_campaign.{action}",
        time=shown,
        member_id="",
        endpoint_id=f"endpoint-{chance.randrange(20_000)}",
        attributes={
            "campaign_id": f"campaign-{chance.randrange(_CAMPAIGNS)}",
            "campaign_activity_id": f"activity-{chance.randrange(4)}",
            "treatment_id": "0",
        },
    )


def _endpoint(number: int) -> dict[str, object]:
    row = dict.fromkeys(("member_id", "channel", "address", "opt_out"), "")
    ids = {"app": "default", "endpoint_id": f"endpoint-{number}", "content": "{}"}
    return {**row, **ids, "created": NOW, "updated": NOW}


def _campaign_by_sql(database: Database) -> None:
    """Count a campaign's events as their attributes say."""
    with database.reading() as connection:
        found = connection.execute(text(_by_sql(connection))).all()
    assert len(found) == 12


def _by_sql(connection: Connection) -> str:
    if connection.dialect.name == "sqlite":
        attribute_of = "json_extract(content, '$.attributes.{}')"
    else:
        attribute_of = "content::jsonb #>> '{{attributes,{}}}'"
    campaign, activity = map(attribute_of.format, ("campaign_id", "campaign_activity_id"))
    return (
        f"SELECT {activity}, type, count(*), count(DISTINCT endpoint_id) FROM events "  # noqa: S608
        f"WHERE type IN ('_campaign.opened_notification', '_campaign.received_foreground', "
        f"'_campaign.received_background') AND {campaign} = 'campaign-3' GROUP BY 1, 2"
    )


def _loop(database: Database) -> None:
    """Read all events, and count starts of reels, frames and messages."""
    log = EventLog(database, b"")
    started: set[tuple[str, str]] = set()
    frames: Counter[tuple[str, str, float]] = Counter()
    messages: Counter[tuple[str, str, str]] = Counter()
    for logged in log.read_all():
        each = logged.event
        if each.type == "reel_started":
            started.add((each.member_id, each.reel_id))
        elif each.type == "reel_progress":
            cut = each.member_id, each.reel_id, each.metrics["cut"]
            frames[cut] += int(each.metrics["frames"])
        elif (found := attribute(each.type, each.attributes)) is not None:
            messages[found.source_id, found.activity_id, found.action] += 1
    assert started
    assert frames
    assert messages


if __name__ == "__main__":
    main()
