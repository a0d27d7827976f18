"""Two workers under load, while versions are published and models exchanged.

Every answer is held against the version and the model that it says it is of.
"""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from pathlib import Path
from typing import Any

from fixtures.histories import demo_histories
from fixtures.titles import DEMO_TITLES
from ranker import Ranker, ViewingEvent, read_histories, write_histories
from sizzle.catalog import Catalog
from sizzle.clips import ClipIndex
from tests.api.server_process import service
from tests.command_line import SIZZLE
from tests.reel.sample_reels import index_of

MEMBERS = ("member-ada", "member-ben", "a stranger")
TITLES = [title.title_id for title in DEMO_TITLES]
_CLIENTS = 6


@dataclass
class Outcome:
    """What came of it."""

    answers: int = 0
    errors: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    versions: set[str] = field(default_factory=set)
    models: set[str] = field(default_factory=set)
    workers: set[str] = field(default_factory=set)
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
    """What each version and each model says, had without the service."""

    def __init__(self, folder: Path, indexes: list[ClipIndex]) -> None:
        catalog = Catalog.open(folder / "catalog")
        self._sources: dict[str, Mapping[str, tuple[int, int]]] = {}
        for index in indexes:
            catalog.publish(index)
            self._sources[catalog.index("demo").version] = {
                clip.key: (clip.source.start, clip.source.end) for clip in index.clips
            }
        self._orders: dict[str, dict[str, list[str]]] = {}
        for name, events in (("other", _swapped()), ("ranker", demo_histories())):
            write_histories(folder / "histories.jsonl", events)
            _train(folder, f"{name}.pt")
        histories = read_histories(folder / "histories.jsonl")
        for name in ("other", "ranker"):
            ranker = Ranker.load(folder / f"{name}.pt", histories)
            self._orders[ranker.version] = {
                member: list(ranker.rank(member, TITLES).title_ids) for member in MEMBERS
            }
        (folder / "first.pt").write_bytes((folder / "ranker.pt").read_bytes())

    def check(self, answer: dict[str, Any]) -> str:
        """What is wrong with an answer; empty if nothing is."""
        sources = self._sources.get(answer["asset_version"])
        orders = self._orders.get(answer["model_version"])
        if sources is None or orders is None:
            return f"unknown: {answer['asset_version'][:8]} {answer['model_version']}"
        order = orders[answer["member_id"]]
        for cut in answer["cuts"]:
            source = cut["source"]["start"]["frame"], cut["source"]["stop"]["frame"]
            if sources[cut["clip_key"]] != source or order[cut["rank"] - 1] != cut["title_id"]:
                return f"{cut['clip_key']} at {source} as rank {cut['rank']}"
        return ""


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
            _ask_once(connection, ask, truth, outcome)


def _ask_once(
    connection: HTTPConnection, ask: dict[str, Any], truth: Truth, outcome: Outcome
) -> None:
    try:
        connection.request(
            "POST", "/v1/reels", json.dumps(ask), {"content-type": "application/json"}
        )
        response = connection.getresponse()
        body = response.read()
    except (OSError, HTTPException) as error:
        outcome.errors.append(repr(error))
        connection.close()
        return
    if response.status != 200:
        outcome.errors.append(f"{response.status} {body[:200]!r}")
        return
    answer = json.loads(body)
    outcome.answers += 1
    outcome.versions.add(answer["asset_version"])
    outcome.models.add(answer["model_version"])
    outcome.workers.add(response.headers["x-request-id"].partition("-")[0])
    if wrong := truth.check(answer):
        outcome.mixed.append(wrong)


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
