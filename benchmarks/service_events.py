"""The reel of a member after an event of theirs, in rounds."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import count
from urllib.request import Request, urlopen

from benchmarks.service_costs import (
    CONNECTIONS,
    MS,
    Comparison,
    Cost,
    answering,
    cost_of,
    mean_cost,
)
from benchmarks.service_installation import TITLE_IDS, Installation
from ranker import LoggedHistories, Ranker, RequestContext
from tests.api.server_process import Server

_REPEATS = 10  # warm answers of each member in a round
_STEPS = 2


def reels_after_events(
    ours: Server, installed: Installation, members: Sequence[str], histories: LoggedHistories
) -> Iterator[list[Comparison]]:
    """Rounds in which each member's reel is answered, an event is posted, and the reel asked again.

    The first event of a history that fills the model's context makes the model read it anew, from
    a quarter further on, so that those that follow are as cheap as any others. It is not measured.

    Yields:
        The comparison of the second answer with two cached steps and a warm answer.
    """
    label = "after an event, the whole request: ms"
    comparison = Comparison(label, f"{_STEPS} cached steps and a warm answer", 1, MS)
    requests = [installed.reel_request(member) for member in members]
    ranker = Ranker(installed.checkpoint, histories)
    for number in count():
        answering(ours, requests, CONNECTIONS)
        _post(ours, installed, members, number)
        again = answering(ours, requests, CONNECTIONS)
        if number:
            warm = answering(ours, requests * _REPEATS, CONNECTIONS)
            comparison.add(again, _sum(warm, _cached_step(ranker, members)))
            yield [comparison]


def _cached_step(ranker: Ranker, members: Sequence[str]) -> Cost:
    """From one more position after a history that has been read to the scores of all titles."""
    now = int(time.time())
    later = RequestContext(at=now + 3600)
    states = [ranker.state(member, RequestContext(at=now)) for member in members]
    return mean_cost([cost_of(partial(ranker.score_all, state, later)) for state in states])


def _sum(warm: Cost, step: Cost) -> Cost:
    return Cost(warm.cpu + _STEPS * step.cpu, warm.wall + _STEPS * step.wall)


def _post(ours: Server, installed: Installation, members: Sequence[str], number: int) -> None:
    """A title that each member has played; their next reels are ranked by it."""
    played = {
        "id": f"round-{number}",
        "type": "title_played",
        "time": datetime.now(UTC).isoformat(),
        "attributes": {"title_id": TITLE_IDS[number % len(TITLE_IDS)]},
        "metrics": {"seconds": 1800},
    }
    body = json.dumps({"events": [{**played, "member_id": member} for member in members]})
    headers = {"content-type": "application/json", "authorization": f"Bearer {installed.key}"}
    address = f"http://127.0.0.1:{ours.port}/v1/events"
    request = Request(address, body.encode(), headers)
    with urlopen(request, timeout=60) as response:  # noqa: S310 - our own
        results = json.load(response)["results"]
    assert [result["status"] for result in results] == ["accepted"] * len(members), results
