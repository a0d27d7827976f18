"""Two workers under load, while versions are published and models exchanged.

Every answer is held against the version and the model that it says it is of. Of each reel an event
is recorded, by its token.
"""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fixtures.histories import demo_histories
from fixtures.titles import DEMO_TITLES
from ranker import RequestContext, ViewingEvent, read_histories, write_histories
from sizzle.catalog import Catalog
from sizzle.clips import ClipIndex
from sizzle.reel.ranking_time import ranking_time
from tests.api.server_process import service
from tests.command_line import SIZZLE
from tests.reel.sample_reels import index_of

if TYPE_CHECKING:
    from ranker import Ranker

MEMBERS = ("member-ada", "member-ben", "a stranger")
TITLES = [title.title_id for title in DEMO_TITLES]
_CLIENTS = 6
_IDLE = 2.0  # seconds after which a client opens another connection


@dataclass
class Outcome:
    """What came of it."""

    answers: int = 0
    errors: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    versions: set[str] = field(default_factory=set)
    models: set[str] = field(default_factory=set)
    workers: set[str] = field(default_factory=set)
    recorded: list[str] = field(default_factory=list)
    used: dict[HTTPConnection, float] = field(default_factory=dict)
    changes: int = 0


def run(folder: Path, seconds: float) -> Outcome:
    """Ask two workers for reels while everything that they answer from is exchanged."""
    indexes = [index_of(TITLES), index_of(TITLES[::-1])]
    truth = Truth(folder, indexes)
    outcome = Outcome()
    with service(folder, workers=2, SIZZLE_REFRESH_SECONDS="0.3") as server:
        _wait_for_both(server.port, outcome)
        until = time.monotonic() + seconds
        clients = [
            threading.Thread(target=_ask, args=(server.port, until, truth, outcome, number))
            for number in range(_CLIENTS)
        ]
        for client in clients:
            client.start()
        with _changing(folder, indexes, outcome):
            for client in clients:
                client.join()
    return outcome


class Truth:
    """What each version and each model says, had without the service.

    Args:
        folder: for models and histories.
        indexes: are published here, the last one stays current.
        location: the catalog's; by default in the folder.
    """

    def __init__(
        self, folder: Path, indexes: list[ClipIndex], location: Path | None = None
    ) -> None:
        catalog = Catalog.open(location or folder / "catalog")
        self._sources: dict[str, Mapping[str, tuple[int, int]]] = {}
        for index in indexes:
            catalog.publish(index)
            self._sources[catalog.index("demo").version] = {
                clip.key: (clip.source.start, clip.source.end) for clip in index.clips
            }
        self._rankers: dict[str, Ranker] = {}
        for name, events in (("other", _swapped()), ("ranker", demo_histories())):
            write_histories(folder / "histories.jsonl", events)
            _train(folder, f"{name}.pt")
        from ranker import Ranker  # not where tests are collected: it takes a second

        histories = read_histories(folder / "histories.jsonl")
        for name in ("other", "ranker"):
            ranker = Ranker.load(folder / f"{name}.pt", histories)
            self._rankers[ranker.version] = ranker
        (folder / "first.pt").write_bytes((folder / "ranker.pt").read_bytes())

    def check(self, answer: dict[str, Any], began: float) -> str:
        """What is wrong with an answer to a request that began then; empty if nothing is."""
        sources = self._sources.get(answer["asset_version"])
        ranker = self._rankers.get(answer["model_version"])
        if sources is None or ranker is None:
            return f"unknown: {answer['asset_version'][:8]} {answer['model_version']}"
        member_id = answer["member_id"]
        times = {ranking_time(member_id, time_) for time_ in (began, time.time())}
        orders = [_order(ranker, member_id, at) for at in times]
        for cut in answer["cuts"]:
            source = cut["source"]["start"]["frame"], cut["source"]["stop"]["frame"]
            ranked = any(order[cut["rank"] - 1] == cut["title_id"] for order in orders)
            if sources[cut["clip_key"]] != source or not ranked:
                return f"{cut['clip_key']} at {source} as rank {cut['rank']}"
        return ""


@lru_cache(1000)
def _order(ranker: Ranker, member_id: str, at: int) -> tuple[str, ...]:
    """A member's order of all titles at a time."""
    return ranker.rank(member_id, TITLES, RequestContext(at=at)).title_ids


def _swapped() -> list[ViewingEvent]:
    """The demo's events, each as if of the opposite title: a model with another taste."""
    opposite = dict(zip(TITLES, TITLES[::-1], strict=True))
    return [
        ViewingEvent(event.member_id, opposite.get(event.title_id, event.title_id), event.at)
        for event in demo_histories()
    ]


def _train(folder: Path, model: str) -> None:
    command = [*SIZZLE, "train", "histories.jsonl", "--out", model]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def _ask(port: int, until: float, truth: Truth, outcome: Outcome, number: int) -> None:
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        for seed, member in enumerate(cycle(MEMBERS)):
            if time.monotonic() > until:
                return
            ask = {
                "member_id": member,
                "asset_id": "demo",
                "seed": seed * _CLIENTS + number,
                "device": {"dynamic_sizzles": True},
            }
            began = time.time()
            answer = _post(connection, "/v1/reels", ask, outcome)
            if answer is not None:
                outcome.answers += 1
                outcome.versions.add(answer["asset_version"])
                outcome.models.add(answer["model_version"])
                if wrong := truth.check(answer, began):
                    outcome.mixed.append(wrong)
                _record(connection, answer, f"{number}-{seed}", outcome)


def _record(
    connection: HTTPConnection, reel: dict[str, Any], event_id: str, outcome: Outcome
) -> None:
    """Record an event that does not count as viewing, so that orders stay as they are."""
    now = datetime.now(UTC).isoformat()
    event = {"id": event_id, "type": "reel_started", "time": now, "reel_id": reel["reel_id"]}
    sent = {"token": reel["event_token"], "events": [event]}
    answer = _post(connection, "/v1/events", sent, outcome)
    if answer is not None and answer["results"][0]["status"] == "accepted":
        outcome.recorded.append(event_id)
    elif answer is not None:
        outcome.errors.append(str(answer))


def _post(
    connection: HTTPConnection, path: str, sent: dict[str, Any], outcome: Outcome
) -> dict[str, Any] | None:
    if time.monotonic() - outcome.used.get(connection, 0.0) > _IDLE:
        connection.close()  # the service may have: the request opens another one
    try:
        connection.request("POST", path, json.dumps(sent), {"content-type": "application/json"})
        response = connection.getresponse()
        body = response.read()
        outcome.used[connection] = time.monotonic()
    except (OSError, HTTPException) as error:
        outcome.errors.append(repr(error))
        connection.close()
        return None
    if response.status not in (200, 202):
        outcome.errors.append(f"{path}: {response.status} {body[:200]!r}")
        return None
    outcome.workers.add(response.headers["x-request-id"].partition("-")[0])
    answer: dict[str, Any] = json.loads(body)
    return answer


def _wait_for_both(port: int, outcome: Outcome) -> None:
    """Until both workers answer: a connection of its own each time meets either."""
    deadline = time.monotonic() + 60
    while len(outcome.workers) < 2 and time.monotonic() < deadline:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/livez")
        said = connection.getresponse().headers["x-request-id"]
        outcome.workers.add(said.partition("-")[0])
        connection.close()


@contextmanager
def _changing(folder: Path, indexes: list[ClipIndex], outcome: Outcome) -> Iterator[None]:
    """Publish the other index, and every other time exchange the model, until the block ends."""
    over = threading.Event()

    def change() -> None:
        catalog = Catalog.open(folder / "catalog")
        models = cycle(("other.pt", "first.pt"))
        for number, index in enumerate(cycle(indexes)):
            catalog.publish(index)
            if number % 4 == 0:
                newer = folder / "newer.pt"
                newer.write_bytes((folder / next(models)).read_bytes())
                newer.replace(folder / "ranker.pt")
            outcome.changes += 1
            if over.wait(0.4):
                return

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
