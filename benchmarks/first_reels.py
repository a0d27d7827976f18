"""The first ranking of a member who is not in memory: of plays, and of events of all kinds.

    python -m benchmarks.first_reels

Histories are in the log of SQLite and in that of PostgreSQL. A member of plays has 199. One of all
kinds has 260 records, 230 of which are viewings: half of them are plays with a context, a quarter
says what was seen of reels' cuts, and the rest are ratings, and viewings of another system; the
others are plays that are too short, and events that the policy does not know. Each is read and
ranked, in turn with the model's own full pass over what was read, in processor time of the thread.
Exits with 1 if a target is missed.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import torch
from sqlalchemy import make_url

from benchmarks.postgresql import server
from benchmarks.ranker_model import LENGTH, member_ids, network, title_ids, viewing_events
from benchmarks.tables import Row, print_table
from ranker import Checkpoint, Histories, Ranker, RequestContext, save_model
from sizzle.cadence import CADENCES
from sizzle.catalog import Catalog
from sizzle.database import Database
from sizzle.eventlog import EventLog
from sizzle.events import Event
from sizzle.events.viewing_policy import ViewingPolicy
from sizzle.histories import StoredHistories, ViewingStore
from sizzle.reel import assemble
from sizzle.reel.ids import ReelIds
from sizzle.reel.reel_cuts import ReelCuts
from tests.reel.sample_reels import index_of, ranking_of

_MEMBERS: Final = 150
_UNCOUNTED: Final = 61  # records of a member with events of all kinds
_START, _DAY = 1_600_000_000_000, 86_400_000
_TITLES: Final = title_ids(40)
_AT: Final = RequestContext(at=1_800_000_000)
_IDS: Final = ReelIds(b"k" * 32)
_LIMIT: Final = 1.5


def main() -> None:
    """Measure, print, and exit."""
    torch.set_num_threads(1)
    with TemporaryDirectory() as name, server(Path(name) / "postgresql") as postgresql:
        folder = Path(name)
        catalog = Catalog.open(folder / "catalog")
        catalog.publish(index_of(_TITLES))
        model = network(viewing_events(member_ids(20)))
        checkpoint = Checkpoint(model, save_model(folder / "ranker.pt", model))
        reels = _reels(catalog)
        cuts, makers = ReelCuts(_IDS, catalog.reader()), {"plays": _plays, "all kinds": _all_kinds}
        urls = {"SQLite": f"sqlite:///{folder}/sizzle.db", "PostgreSQL": postgresql}
        logs = {name: EventLog(Database(make_url(url)), b"k" * 32) for name, url in urls.items()}
        for log, (label, make) in product(logs.values(), makers.items()):
            for number in range(_MEMBERS):
                draw = random.Random(number)  # noqa: S311
                log.append(list(make(f"{label} {number}", draw, reels)))
        rankers = {name: _ranker(log, checkpoint, cuts) for name, log in logs.items()}
        times = _first_reels(rankers, makers)
        for log in logs.values():
            log.close()
    figures = {
        label: tuple(map(median, zip(*pairs, strict=True))) for label, pairs in times.items()
    }
    rows = [_row(label, new, full) for label, (new, full) in figures.items()]
    print_table(("", "read and ranked, ms", "full pass, ms", "full passes", "target"), rows)
    sys.exit(0 if all(new / full <= _LIMIT for new, full in figures.values()) else 1)


def _row(label: str, new: float, full: float) -> Row:
    verdict = "met" if new / full <= _LIMIT else "MISSED"
    figures = f"{new * 1e3:.3f}", f"{full * 1e3:.3f}", f"{new / full:.2f}"
    return Row(label, (*figures, f"at most {_LIMIT:g}: {verdict}"))


def _reels(catalog: Catalog) -> list[str]:
    """Ids of as many reels as members and their viewings may name."""
    draw, index, found = random.Random(0), catalog.index("demo"), []  # noqa: S311
    for seed in range(1000):
        ranking = ranking_of(draw.sample(_TITLES, len(_TITLES)))
        found.append(_IDS.of(assemble(ranking, index, CADENCES["three-act"], seed=seed), index))
    return found


def _plays(member: str, _: random.Random, __: Sequence[str]) -> Iterator[Event]:
    for number in range(LENGTH):
        about = {"title_id": f"title-{number * 31 % 3700}"}
        played = {"seconds": 1000.0 + number * 7 % 5000}
        yield _event(member, number, number, "title_played", about, played)


def _all_kinds(member: str, draw: random.Random, reels: Sequence[str]) -> Iterator[Event]:
    own = draw.sample(reels, 6)
    for number in range(LENGTH):
        about = {"title_id": f"title-{(number * 31 + 7) % 3700}"}
        match number % 20:
            case 0 | 1 | 2:
                yield _event(member, number, number, "title_rated", about, {"rating": 4.0})
            case 3 | 4:
                about["action"] = "download"
                yield _event(member, number, number, "title_viewed", about, {})
            case 5 | 6 | 7 | 8 | 9:
                seen = {"cut": 1.0 + number % 12, "frames": 120.0}
                reel = own[number // 40]
                yield _event(member, number, number, "reel_progress", {}, seen, reel)
            case _:
                about |= {"device": "tv", "country": "DE"}
                played = {"seconds": 1000.5 + number}
                yield _event(member, number, number, "title_played", about, played)
    for number in range(_UNCOUNTED):
        kind = "trailer_watched" if number % 2 else "title_played"
        about = {"title_id": f"title-{number}"}
        yield _event(member, -1 - number, 3 * number + 0.5, kind, about, {"seconds": 20.0})


def _event(
    member: str,
    number: int,
    day: float,
    kind: str,
    attributes: dict[str, str],
    metrics: dict[str, float],
    reel_id: str = "",
) -> Event:
    return Event(
        event_id=f"{member} {number}",
        type=kind,
        member_id=member,
        reel_id=reel_id,
        time=_START + int(day * _DAY),
        received=_START,
        attributes=attributes,
        metrics=metrics,
    )


def _ranker(log: EventLog, checkpoint: Checkpoint, cuts: ReelCuts) -> Ranker:
    store = ViewingStore(log)
    store.problem = ""
    histories = StoredHistories(store, ViewingPolicy(), cuts, Histories())
    return Ranker(checkpoint, histories, cache_bytes=10**9)


def _first_reels(
    rankers: Mapping[str, Ranker], labels: Iterable[str]
) -> dict[str, list[tuple[float, float]]]:
    """Seconds of each new member's ranking, and of the full pass, all in turn.

    One after the other, the first would have the slower full passes: memory is new then. Each
    database is the first of every other member, as the second finds the member's reels in memory.
    """
    times = defaultdict(list)
    turns = list(rankers), list(rankers)[::-1]
    for label, number, turn in product(labels, range(_MEMBERS), range(len(rankers))):
        name = turns[number % 2][turn]
        ranker, member = rankers[name], f"{label} {number}"
        new = _cpu(lambda: ranker.rank(member, _TITLES, _AT))  # noqa: B023
        state = ranker.state(member, _AT)
        full = _cpu(lambda: ranker.score_all(state, _AT, recompute=True))  # noqa: B023
        times[f"{name}, {label}"].append((new, full))
    return times


def _cpu(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began


if __name__ == "__main__":
    main()
