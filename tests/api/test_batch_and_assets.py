"""Many members at once, and what is published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ranker import Ranking, RequestContext
from sizzle.api.app import create_app
from sizzle.catalog import Catalog
from sizzle.reel.ids import ReelIds
from tests.api.sample_service import ASK, KEY, Alphabetical, catalog_in
from tests.reel.sample_reels import TITLE_IDS, index_of

MANY = {"asset_id": "demo", "device": {"dynamic_sizzles": True}}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of a service of one asset."""
    catalog = catalog_in(tmp_path_factory.mktemp("batch"))
    app = create_app(catalog.reader(), Alphabetical(), ids=ReelIds(KEY))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_a_batch_gives_what_each_member_would_get(client: TestClient) -> None:
    """In the order of the request, also for a member that is listed twice."""
    members = ["member-ada", "b", "c", "b"]
    answers = client.post("/v1/reels:batch", json={**MANY, "member_ids": members}).json()["results"]
    alone = [client.post("/v1/reels", json={**ASK, "member_id": each}).json() for each in members]
    assert answers == alone


class Counting(Alphabetical):
    """Ranks many members at once, and counts its calls."""

    asked: tuple[int, ...] = ()

    def rank_many(
        self,
        member_ids: Sequence[str],
        title_ids: Sequence[str],
        requests: Sequence[RequestContext] = (),
    ) -> list[Ranking]:
        """All of them."""
        Counting.asked += (len(member_ids),)
        return [self.rank(member_id, title_ids) for member_id in member_ids]


def test_a_thousand_members_are_ranked_in_pieces(tmp_path: Path) -> None:
    """By a ranker that can rank several at once; one member more is refused."""
    client = TestClient(create_app(catalog_in(tmp_path).reader(), Counting()))
    members = [f"m{number}" for number in range(1000)]
    answer = client.post("/v1/reels:batch", json={**MANY, "member_ids": members})
    assert [each["member_id"] for each in answer.json()["results"]] == members
    assert Counting.asked == (8,) * 125
    members.append("one more")
    assert client.post("/v1/reels:batch", json={**MANY, "member_ids": members}).status_code == 422


def test_a_reel_that_cannot_be_made_is_a_problem_in_its_place(client: TestClient) -> None:
    """An unknown asset or title is a problem for the whole request."""
    few = {**MANY, "member_ids": ["a", "b"], "title_ids": TITLE_IDS[:2]}
    answers = client.post("/v1/reels:batch", json=few).json()["results"]
    assert [each["type"] for each in answers] == ["urn:sizzle:problem:reel-impossible"] * 2
    gone = client.post("/v1/reels:batch", json={**few, "asset_id": "nowhere"})
    assert (gone.status_code, gone.json()["status"]) == (404, 404)
    trailers = client.post("/v1/reels:batch", json={**few, "device": {}}).json()["results"]
    assert [each["kind"] for each in trailers] == ["trailer"] * 2


def test_assets_are_listed_with_their_titles_page_by_page(client: TestClient) -> None:
    """Each title once, in timeline order."""
    (entry,) = client.get("/v1/assets").json()["assets"]
    assert (entry["asset_id"], entry["titles"], entry["rate"]) == ("demo", 8, "24000/1001")
    assert entry["clips"] == 8 * 14
    seen, after = [], None
    while True:
        params = {"limit": 3, **({"after": after} if after else {})}
        page = client.get("/v1/assets/demo", params=params).json()
        seen += [title["title_id"] for title in page["shown"]]
        after = page["next"]
        if after is None:
            break
    assert seen == TITLE_IDS


def test_a_clip_has_its_frames(client: TestClient) -> None:
    """As in the index, and as SMPTE text."""
    clip = client.get("/v1/assets/demo/clips/title-1-clip-2").json()
    length = sum((160,) * 2 + (80,) * 4 + (40,) * 8)
    assert (clip["start"], clip["stop"]) == (length + 160, length + 320)
    assert clip["start_timecode"] == "01:00:46:16"


def test_a_client_is_not_sent_what_it_has(client: TestClient, tmp_path: Path) -> None:
    """Until another version is in use."""
    catalog = Catalog.open(tmp_path / "catalog")
    catalog.publish(index_of(TITLE_IDS))
    reader = catalog.reader()
    client = TestClient(create_app(reader, Alphabetical()))
    paths = ("/v1/assets", "/v1/assets/demo", "/v1/assets/demo/clips/title-3-clip-1")
    tags = {path: client.get(path).headers["etag"] for path in paths}
    for path, tag in tags.items():
        again = client.get(path, headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["cache-control"] == "private, max-age=5"
        assert client.head(path).headers["etag"] == tag
    catalog.publish(index_of(TITLE_IDS[1:]))
    assert reader.refresh()
    for path, tag in tags.items():
        assert client.get(path, headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("odd", ["..%2f..%2fetc%2fpasswd", "%00", "x" * 300, "%e2%80%ae", "%ff"])
def test_odd_ids_are_refused(odd: str, client: TestClient) -> None:
    """Ids are looked up and are never paths; none reaches a file."""
    for path in (
        f"/v1/assets/{odd}",
        f"/v1/assets/{odd}/trailer",
        f"/v1/assets/demo/clips/{odd}",
        f"/v1/assets/demo?after={odd}",
        f"/v1/reels/{odd}",
    ):
        answer = client.get(path)
        assert answer.status_code in (404, 422), path
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("field", ["member_id", "asset_id", "cadence", "treatment"])
@pytest.mark.parametrize("odd", ["a\0b", "a\nb", "\u202eb", "x" * 2001, ""])
def test_odd_ids_in_bodies_are_refused(odd: str, field: str, client: TestClient) -> None:
    """With the name of the field."""
    answer = client.post("/v1/reels", json={**ASK, field: odd})
    assert (answer.status_code, field in answer.json()["detail"]) == (422, True)


def test_a_lone_surrogate_is_refused(client: TestClient) -> None:
    """It is not text."""
    body = b'{"member_id":"\\ud800","asset_id":"demo","device":{"dynamic_sizzles":true}}'
    headers = {"content-type": "application/json"}
    assert client.post("/v1/reels", content=body, headers=headers).status_code == 422
