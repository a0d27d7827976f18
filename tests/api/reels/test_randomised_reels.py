"""A treatment shows a share of its reels in an order that was drawn."""

from __future__ import annotations

from math import prod
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ranker import RequestContext
from sizzle.api.app import create_app
from sizzle.api.reels.ranking_cache import Rankings
from sizzle.cadence import DEFAULT, STANDARD
from sizzle.catalog import Catalog
from sizzle.reel.compose import Composer
from sizzle.reel.ids import ReelIds
from sizzle.reel.ranking_time import RANKING_SECONDS, ranking_time
from sizzle.reel.treatments import Treatments
from sizzle.reloading import Reloadable
from tests.api.sample_service import ASK, KEY, Alphabetical, catalog_in

MEMBERS = [f"member-{number}" for number in range(60)]


class Clock:
    """A clock that stands still unless it is set."""

    now = 1_790_000_000.0


@pytest.fixture(scope="module")
def clock() -> Clock:
    """Of the service."""
    return Clock()


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """With the asset `demo`."""
    return catalog_in(tmp_path_factory.mktemp("catalog"))


@pytest.fixture(scope="module")
def client(clock: Clock, catalog: Catalog) -> TestClient:
    """A service whose treatment `half` draws half of the orders."""
    treatments = Treatments.parse("[treatments.half]\nrandomised_share = 0.5\n")
    app = create_app(
        catalog.reader(),
        Reloadable(Rankings(Alphabetical(), clock=lambda: clock.now)),
        treatments=Reloadable(treatments),
        ids=ReelIds(KEY),
    )
    return TestClient(app)


def reel_of(client: TestClient, member_id: str, treatment: str | None = "half") -> Any:  # noqa: ANN401
    """The member's reel, explained."""
    wanted = {**ASK, "member_id": member_id, "treatment": treatment, "explain": True}
    answer = client.post("/v1/reels", json=wanted)
    assert answer.status_code == 200, answer.text
    return answer.json()


def shown(reel: Any) -> list[str]:  # noqa: ANN401
    """The titles by their rank in the reel."""
    return [*dict.fromkeys(c["title_id"] for c in sorted(reel["cuts"], key=lambda c: c["rank"]))]


def test_a_share_of_the_orders_is_drawn(client: TestClient) -> None:
    """About half of them; each has the chance of each of its ranks; replay shows the same cuts."""
    reels = [reel_of(client, member) for member in MEMBERS]
    drawn = [reel for reel in reels if reel["explanation"]["randomised"]]
    assert 15 <= len(drawn) <= 45
    assert len({tuple(shown(reel)) for reel in drawn}) > 5
    ranked = shown(reel_of(client, "anyone", None))
    for reel in reels:
        explanation = reel["explanation"]
        assert shown(reel) == ranked or explanation["randomised"]
        assert 0 < prod(explanation["probabilities"]) <= 1
        by_rank = [title["title_id"] for title in explanation["titles"]]
        assert by_rank[: len(ranked)] == ranked
    replayed = client.get(f"/v1/reels/{drawn[0]['reel_id']}").json()
    assert replayed["cuts"] == drawn[0]["cuts"]


def test_the_command_line_composes_the_same_reel(
    client: TestClient, clock: Clock, catalog: Catalog
) -> None:
    """For a treatment that is named: drawn or not, it is the service's, with the same reasons."""
    index = catalog.index("demo")
    treatments = Treatments.parse("[treatments.half]\nrandomised_share = 0.5\n")
    composer = Composer(Alphabetical(), STANDARD, ReelIds(KEY), treatments)
    drawn = set()
    for member in MEMBERS[:20]:
        request = RequestContext(at=ranking_time(member, clock.now))
        reel, why = composer.explain(index, member, DEFAULT.name, request=request, treatment="half")
        answered = reel_of(client, member)
        assert answered["cuts"] == reel.model_dump(mode="json")["cuts"]
        assert answered["reel_id"] == reel.reel_id
        assert answered["explanation"]["randomised"] == why.randomised
        assert answered["explanation"]["probabilities"] == list(why.probabilities)
        drawn.add(why.randomised)
    assert drawn == {True, False}


def test_other_treatments_draw_nothing(client: TestClient) -> None:
    """Their order is certain, and they are repeated in the response as before."""
    ranked = shown(reel_of(client, "anyone", None))
    for member in MEMBERS[:20]:
        reel = reel_of(client, member, "other")
        assert (shown(reel), reel["treatment"]) == (ranked, "other")
        assert (reel["explanation"]["randomised"], reel["explanation"]["probabilities"]) == (
            False,
            [],
        )


def test_a_retried_request_gets_the_same_reel(client: TestClient, clock: Clock) -> None:
    """From any worker, explained or not, alone or in a batch; later on another one may be drawn."""
    plain = {**ASK, "treatment": "half"}
    first = [client.post("/v1/reels", json={**plain, "member_id": each}).json() for each in MEMBERS]
    batch = {name: value for name, value in plain.items() if name != "member_id"}
    together = client.post("/v1/reels:batch", json={**batch, "member_ids": MEMBERS}).json()
    assert together["results"] == first
    for member, reel in zip(MEMBERS, first, strict=True):
        again = reel_of(client, member)
        assert {**reel, "explanation": again["explanation"]} == again
    clock.now += RANKING_SECONDS
    later = [reel_of(client, member)["reel_id"] for member in MEMBERS]
    assert later != [reel["reel_id"] for reel in first]
