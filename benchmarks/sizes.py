"""Bytes that an event and an exposure take in the database of SQLite.

    python -m benchmarks.sizes

The events of reels as `/player` sends them: started, the progress of each cut, completed, and a
title that was played. Sizes are of the file, with all tables and indexes that are kept for them.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import msgspec
from sqlalchemy import URL

from benchmarks.tables import Row, print_table
from sizzle.api.engagement import ExposureRecorder
from sizzle.api.reels.ranking_cache import Rankings
from sizzle.api.reels.request import REEL
from sizzle.api.reels.responses import ReelResponses
from sizzle.api.reels.sources import Sources
from sizzle.cadence import STANDARD
from sizzle.database import Database
from sizzle.eventlog import EventLog
from sizzle.events.event import Event
from sizzle.reel.ids import ReelIds
from sizzle.reloading import Reloadable
from tests.api.sample_service import ASK, KEY, Alphabetical, catalog_in

_REELS = 2000
_CUTS = 16
_NOW = 1_790_000_000_000
_BATCH = 100


def main() -> None:
    """Measure, and print."""
    with TemporaryDirectory() as name:
        events = _size_of_events(Path(name, "events"))
        exposures = _size_of_exposures(Path(name))
    rows = [Row("an event", [f"{events:.0f}"]), Row("an exposure", [f"{exposures:.0f}"])]
    print_table(("", "bytes"), rows)
    a_reel = exposures + (_CUTS + 3) * events
    sys.stdout.write(
        f"\nA reel that is watched to its end, with its exposure and {_CUTS + 3} events, takes "
        f"{a_reel / 1e3:.1f} kB: a million of them {a_reel / 1e3:.1f} GB.\n"
    )


def _log(path: Path) -> EventLog:
    log = EventLog(Database(URL.create("sqlite", database=str(path / "sizzle.db"))), b"k" * 32)
    log.upgrade()
    return log


def _file_size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.iterdir())


def _size_of_events(folder: Path) -> float:
    folder.mkdir()
    log = _log(folder)
    log.close()
    empty = _file_size(folder)
    log = _log(folder)
    events = list(_events())
    for start in range(0, len(events), _BATCH):
        log.append(events[start : start + _BATCH])
    log.close()
    return (_file_size(folder) - empty) / len(events)


def _events() -> Iterator[Event]:
    """As many members watch a reel of their own each."""
    number = 0
    for reel in range(_REELS):
        moments = ["reel_started", *["reel_progress"] * _CUTS, "reel_completed", "title_played"]
        for at, moment in enumerate(moments):
            number += 1
            progress = moment == "reel_progress"
            yield Event(
                event_id=str(UUID(int=number * 0x9E3779B97F4A7C15 % 2**128)),
                type=moment,
                member_id=f"member-{reel:07}",
                reel_id=f"{reel:08}-{'x' * 40}",
                time=_NOW + reel * 1000 + at,
                received=_NOW + reel * 1000 + at,
                attributes={"title_id": "title-00001"} if moment == "title_played" else {},
                metrics={"cut": at - 1.0, "frames": 80.0}
                if progress
                else {"seconds": 60.0}
                if moment == "title_played"
                else {},
            )


def _size_of_exposures(folder: Path) -> float:
    database = folder / "exposures"
    database.mkdir()
    log = _log(database)
    log.close()
    empty = _file_size(database)
    log = _log(database)
    recorder = ExposureRecorder(log)
    sources = Sources(
        indexes=catalog_in(folder).reader(),
        rankings=Reloadable(Rankings(Alphabetical())),
        cadences=Reloadable(STANDARD),
        ids=ReelIds(KEY),
        record=recorder.record,
    )
    responses = ReelResponses(sources)
    for number in range(_REELS):
        wanted = {**ASK, "member_id": f"member-{number:07}"}
        asyncio.run(responses.respond(REEL.read(msgspec.json.encode(wanted))))
    recorder.flush()
    log.close()
    return (_file_size(database) - empty) / _REELS


if __name__ == "__main__":
    main()
