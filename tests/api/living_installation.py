"""An installation whose members' histories are in the log of events, for services to share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from fastapi.testclient import TestClient

from ranker import ModelConfig, ViewingEvent, ViewingLog, save_model
from ranker.data.schema import Schema
from ranker.data.tokens import merge_events
from ranker.network.model import RankerModel
from sizzle.api.server.settings import Settings
from sizzle.api.wiring import build
from sizzle.catalog import Catalog
from sizzle.reel.ranking_time import ranking_time
from tests.reel.sample_reels import TITLE_IDS, index_of

RANKED_AT = 1_795_000_000
"""When members are ranked, in seconds since 1970."""

ASK: dict[str, Any] = {"asset_id": "demo", "device": {"dynamic_sizzles": True}}


def prepare(folder: Path) -> None:
    """Publish an asset, and write a model with weights so large that each event shows."""
    Catalog.open(folder / "catalog").publish(index_of(TITLE_IDS))
    events = [ViewingEvent("m", title, 86_400 * day) for day, title in enumerate(TITLE_IDS)]
    schema = Schema.from_tokens(merge_events(ViewingLog.from_events(events)), {})
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = RankerModel(ModelConfig(context=16, width=16, heads=2, blocks=1), schema).eval()
        for weight in model.parameters():
            torch.nn.init.normal_(weight, std=0.3)
    save_model(folder / "ranker.pt", model)


def settings_of(folder: Path, **more: object) -> Settings:
    """Settings of a service of this installation, which has no file of histories."""
    return Settings.read(
        catalog=str(folder / "catalog"),
        model=folder / "ranker.pt",
        state=folder / "state",
        log_requests=False,
        **more,
    )


@contextmanager
def worker(folder: Path, **more: object) -> Iterator[TestClient]:
    """A client on this machine of one worker, which shares nothing with others but files.

    It ranks for one and the same time, since the next interval would have other orders.
    """
    app = build(settings_of(folder, **more), lambda: RANKED_AT)
    with TestClient(app, "http://localhost", client=("127.0.0.1", 1)) as client:
        yield client


def reel(client: Any, member_id: str) -> dict[str, Any]:  # noqa: ANN401 - any client of HTTP
    """A member's reel, without what each response has of its own."""
    answer = client.post("/v1/reels", json={**ASK, "member_id": member_id})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    made.pop("event_token")
    return made


def contemporaries(member_id: str, count: int) -> Iterator[str]:
    """Members who are ranked for the very same time as this one."""
    same = (
        other
        for other in map("member-{}".format, range(100_000))
        if ranking_time(other, RANKED_AT) == ranking_time(member_id, RANKED_AT)
    )
    return islice(same, count)


def played(title_id: str, member_id: str, number: int = 0) -> dict[str, Any]:
    """A play, as a back end sends it."""
    return {
        "id": f"{member_id}-{title_id}-{number}",
        "type": "title_played",
        "time": f"2026-09-21T14:{number:02}:20Z",
        "member_id": member_id,
        "attributes": {"title_id": title_id},
        "metrics": {"seconds": 900},
    }


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)
