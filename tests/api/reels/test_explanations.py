"""`explain` says why a reel shows its titles in their order, and changes nothing of the reel."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from sizzle.api.app import create_app
from sizzle.catalog import Reader
from sizzle.reel.ids import ReelIds
from sizzle.reel.ranking_time import ranking_time
from tests.api.reels.explained_reels import NOW, post, seconds
from tests.api.sample_service import ASK, KEY, Alphabetical


def test_an_explanation_is_beside_the_reel(client: TestClient) -> None:
    """The reel, its id and its replay are as without it; only the explanation is more."""
    plain = post(client)
    explained = post(client, explain=True)
    why = explained.pop("explanation")
    assert explained == plain
    assert post(client, explain=False) == plain
    assert "explanation" not in client.get(f"/v1/reels/{plain['reel_id']}").json()
    shown = dict.fromkeys(cut["title_id"] for cut in plain["cuts"])
    by_rank = [title["title_id"] for title in why["titles"]]
    assert set(shown) == set(by_rank[: len(shown)])
    assert [title["rank"] for title in why["titles"]] == list(range(1, len(by_rank) + 1))


def test_an_explanation_has_the_rankers_reasons(client: TestClient) -> None:
    """For what the ranking was made, the intents above the floor, and what moved each title."""
    why = post(client, explain=True, context={"device_type": "tv", "locale": "tlh"})["explanation"]
    context = why["context"]
    assert (context["device_type"], context["locale"]) == ("tv", "")
    assert ranking_time(ASK["member_id"], NOW) == pytest.approx(seconds(context["at"]))
    genres, kind = why["intents"]
    assert (genres["intent"], genres["weight"], kind["weight"]) == ("genres", 0.75, 0.25)
    assert [cls["name"] for cls in genres["classes"]] == ["Drama", "Comedy"]
    first = why["titles"][0]
    assert (first["title_id"], first["moved_by"]) == ("title-0", {"taste": 0.5})
    assert first["title"]
    assert first["rank_without_context"] == len(why["titles"])


def test_each_reel_of_a_batch_is_explained(client: TestClient) -> None:
    """As it is alone, the reel that cannot be made too; a trailer has no order."""
    batch = {name: value for name, value in ASK.items() if name != "member_id"}
    batch |= {"member_ids": ["member-ada", "b"], "explain": True}
    results = client.post("/v1/reels:batch", json=batch).json()["results"]
    assert results == [
        post(client, member_id=member_id, explain=True) for member_id in batch["member_ids"]
    ]
    few = {**batch, "title_ids": ["title-1"]}
    problems = client.post("/v1/reels:batch", json=few).json()["results"]
    assert {problem["status"] for problem in problems} == {422}
    trailer = post(client, explain=True, device={})
    assert (trailer["kind"], "explanation" in trailer) == ("trailer", False)


def test_a_ranker_without_reasons_gives_scores(reader: Reader) -> None:
    """And no intents."""
    client = TestClient(create_app(reader, Alphabetical(), ids=ReelIds(KEY)))
    why = post(client, explain=True)["explanation"]
    assert why["intents"] == []
    assert [title["score"] for title in why["titles"]][:2] == [1, 0.5]


@pytest.mark.parametrize("explain", [1, "yes", None, [True] * 10_000, {}])
def test_explain_is_true_or_false(client: TestClient, explain: object) -> None:
    """Anything else is refused, with the field."""
    answer = client.post("/v1/reels", json={**ASK, "explain": explain})
    assert answer.status_code == 422
    assert "explain" in answer.json()["detail"]
    assert answer.json()["fix"]
