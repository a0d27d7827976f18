"""Rankings are made for the request's context and time, and kept until either changes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ranker import NO_CONTEXT, Ranking, RequestContext
from sizzle.api.app import create_app
from sizzle.api.reels.ranking_cache import Rankings
from sizzle.catalog import Reader
from sizzle.reel.ids import ReelIds
from sizzle.reel.ranking_time import RANKING_SECONDS, ranking_time
from sizzle.reloading import Reloadable
from tests.api.sample_service import ASK, KEY, Alphabetical, catalog_in

START = ranking_time(ASK["member_id"], 1_790_000_000)
CONTEXT = {"device_type": "tv", "locale": "en-GB", "country": "GB", "surface": "home"}


@dataclass(frozen=True)
class Listening(Alphabetical):
    """Remembers the requests that it ranked for, and knows one device; all else is alike to it."""

    requests: list[RequestContext] = field(default_factory=list)

    def rank(
        self, member_id: str, title_ids: Sequence[str], request: RequestContext = NO_CONTEXT
    ) -> Ranking:
        """Alphabetically; backwards for a TV."""
        self.requests.append(request)
        ranking = super().rank(member_id, title_ids)
        if request.device != "tv":
            return ranking
        backwards = reversed(ranking.title_ids)
        return Ranking(
            member_id,
            tuple(
                type(title)(title_id, title.score)
                for title_id, title in zip(backwards, ranking.titles, strict=True)
            ),
            ranking.model_version,
            ranking.cold_start,
        )

    def known(self, request: RequestContext) -> RequestContext:
        """Of a request only the device, if it is a TV."""
        return RequestContext(device="tv" if request.device == "tv" else "")


@dataclass
class Service:
    """A service with a clock that stands still unless it is set."""

    now: float
    ranker: Listening
    rankings: Rankings
    client: TestClient

    def reel(self, **changes: object) -> dict[str, Any]:
        """A member's reel, without its name."""
        answer = self.client.post("/v1/reels", json={**ASK, **changes})
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """A catalog with one asset."""
    return catalog_in(tmp_path_factory.mktemp("catalog")).reader()


@pytest.fixture
def service(reader: Reader) -> Service:
    """At the start of a step of the member's."""
    ranker = Listening()
    rankings = Rankings(ranker, clock=lambda: at_start.now)
    app = create_app(reader, Reloadable(rankings), ids=ReelIds(KEY))
    at_start = Service(START, ranker, rankings, TestClient(app))
    return at_start


def test_a_ranking_is_for_the_time_of_the_request(service: Service) -> None:
    """It is kept for a step of time, and then made for the next."""
    service.reel()
    service.now += RANKING_SECONDS - 0.5
    service.reel()
    service.now += 0.5
    service.reel()
    service.now -= RANKING_SECONDS  # the clock was put back
    service.reel()
    times = [request.at for request in service.ranker.requests]
    assert times == [START, START + RANKING_SECONDS, START]


def test_a_ranking_is_for_the_context(service: Service) -> None:
    """Of one member and moment, each context has its own reel; all others are as before."""
    at_home = service.reel(context=CONTEXT)
    assert service.reel() != at_home == service.reel(context=CONTEXT)
    assert service.reel(context={}) == service.reel()
    replayed = service.client.get(f"/v1/reels/{at_home['reel_id']}").json()
    assert replayed == {**at_home, "member_id": ""}


def test_contexts_that_the_model_cannot_tell_apart_share_a_ranking(service: Service) -> None:
    """Unknown values are unknown to the model, and no error."""
    for surface in ("", "hologram", "🎬", "x" * 100):
        service.reel(context={"surface": surface, "device_type": "toaster"})
    assert service.ranker.requests == [RequestContext(at=START)]


def test_an_event_of_the_member_ends_a_ranking(service: Service) -> None:
    """The member's alone, and the response that was made from it."""
    service.reel()
    service.reel()
    service.reel(member_id="other")
    service.rankings.outdate([ASK["member_id"]])
    service.rankings.outdate(["nobody"])
    service.reel(member_id="other")
    assert len(service.ranker.requests) == 2
    service.reel()
    assert len(service.ranker.requests) == 3


def test_a_ranking_that_an_event_overtook_is_not_kept(service: Service) -> None:
    """It is given once: the member's history may not have had the event."""
    ranked = service.ranker.requests

    class Overtaken(Listening):
        def rank(
            self, member_id: str, title_ids: Sequence[str], request: RequestContext = NO_CONTEXT
        ) -> Ranking:
            if not ranked:
                service.rankings.outdate([member_id])
            return super().rank(member_id, title_ids, request)

    service.rankings.ranker = Overtaken(requests=ranked)
    service.reel()
    service.reel()
    service.reel()
    assert len(ranked) == 2


def test_many_rankings_take_bounded_memory(reader: Reader) -> None:
    """The members who were ranked first go first, with all their rankings."""
    ranker = Listening()
    rankings = Rankings(ranker, max_cached=3, clock=lambda: START)
    index = reader.index("demo")
    for member_id in "abc":
        rankings.rank(member_id, index, None)
    rankings.rank("b", index, ("title-1", "title-2"))
    assert [rankings.of_member(member_id) is not None for member_id in "abc"] == [False, True, True]


def test_a_batch_is_for_each_members_time(service: Service) -> None:
    """And for the context of the batch."""
    members = [f"member-{number}" for number in range(5)]
    batch = {name: value for name, value in ASK.items() if name != "member_id"}
    answer = service.client.post(
        "/v1/reels:batch", json={**batch, "member_ids": members, "context": CONTEXT}
    )
    expected = [RequestContext(ranking_time(member, START), "tv") for member in members]
    assert (answer.status_code, service.ranker.requests) == (200, expected)
    for member, reel in zip(members, answer.json()["results"], strict=True):
        assert service.reel(member_id=member, context=CONTEXT) == reel
    assert len(service.ranker.requests) == len(members)


@pytest.mark.parametrize(
    ("context", "where"),
    [
        ({"mood": "calm"}, "mood"),
        ({"locale": 7}, "context.locale"),
        ({"locale": None}, "context.locale"),
        ({"country": ["GB"]}, "context.country"),
        ({"surface": "x" * 101}, "context.surface"),
        ({"device_type": "tv\u202e"}, "context.device_type"),
        ({f"value-{number}": "x" for number in range(10_000)}, "value-0"),
        (None, "context"),
        ("tv", "context"),
        (["tv"] * 10_000, "context"),
        (float("nan"), "JSON"),
    ],
)
def test_a_malformed_context_is_refused(service: Service, context: object, where: str) -> None:
    """With the field and what to do; nothing is ranked."""
    answer = service.client.post(
        "/v1/reels",
        content=json.dumps({**ASK, "context": context}),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 422
    assert where in answer.json()["detail"]
    assert answer.json()["fix"]
    assert not service.ranker.requests


def test_a_context_of_the_demo_catalog(tmp_path: Path) -> None:
    """A ranker that knows no contexts is asked all the same."""
    app = create_app(catalog_in(tmp_path).reader(), Alphabetical(), ids=ReelIds(KEY))
    answer = TestClient(app).post("/v1/reels", json={**ASK, "context": CONTEXT})
    assert answer.status_code == 200
