"""The service over HTTP, with a real catalog and a ranker that orders titles by id."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ranker import NO_CONTEXT, Ranking, RequestContext
from sizzle.api.app import create_app
from sizzle.cadence import DEFAULT, STANDARD
from sizzle.catalog import Catalog
from sizzle.reel import TimecodeList
from sizzle.reel.compose import Composer
from sizzle.reel.ids import ReelIds
from tests.api.sample_service import ASK, KEY, Alphabetical, catalog_in
from tests.reel.sample_reels import TITLE_IDS, index_of


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A catalog with one asset."""
    return catalog_in(tmp_path_factory.mktemp("service"))


@pytest.fixture(scope="module")
def client(catalog: Catalog) -> Iterator[TestClient]:
    """A client of the service."""
    with TestClient(
        create_app(catalog, Alphabetical(), ids=ReelIds(KEY)), raise_server_exceptions=False
    ) as client:
        yield client


def test_a_device_that_plays_reels_gets_the_timecode_list(
    client: TestClient, catalog: Catalog
) -> None:
    """The same as is composed without the service."""
    answer = client.post("/v1/reels", json=ASK)
    assert answer.status_code == 200
    composer = Composer(Alphabetical(), STANDARD, ReelIds(KEY))
    expected = composer.compose(catalog.index("demo"), "member-ada", DEFAULT.name)
    assert TimecodeList.model_validate(answer.json()) == expected
    assert expected.asset_version == catalog.index("demo").version != "unpublished"


def test_cadence_seed_and_titles_can_be_requested(client: TestClient) -> None:
    """Only the requested titles play, and the response has the seed."""
    chosen = TITLE_IDS[:5]
    answer = client.post("/v1/reels", json={**ASK, "seed": 7, "title_ids": chosen}).json()
    assert answer["seed"] == 7
    assert {cut["title_id"] for cut in answer["cuts"]} == set(chosen)


def test_an_unknown_member_gets_a_cold_start_not_an_error(client: TestClient) -> None:
    """And the response says that it is one."""
    answer = client.post("/v1/reels", json={**ASK, "member_id": "a stranger ☂"})
    assert answer.status_code == 200
    assert answer.json()["cold_start"] is True


@pytest.mark.parametrize("device", [{}, {"dynamic_sizzles": False}, {"hologram": True}])
def test_a_device_that_cannot_play_reels_gets_the_trailer(
    device: dict[str, bool], client: TestClient
) -> None:
    """With the reason, and an address that serves it; unknown capabilities are ignored."""
    answer = client.post("/v1/reels", json={**ASK, "device": device}).json()
    assert answer["kind"] == "trailer"
    assert "does not declare" in answer["reason"]
    film = client.get(answer["href"])
    assert (film.status_code, film.content) == (200, b"not really a film")
    assert film.headers["content-type"] == "video/mp4"


@pytest.mark.parametrize(
    ("change", "status", "slug", "says"),
    [
        ({"asset_id": "nowhere"}, 404, "not-found", "nowhere"),
        ({"asset_id": "../../etc"}, 404, "not-found", "etc"),
        ({"cadence": "waltz"}, 404, "not-found", "waltz"),
        ({"title_ids": ["title-1", "velvet"]}, 404, "not-found", "velvet"),
        ({"title_ids": ["title-1", "title-2"]}, 422, "reel-impossible", "5 titles"),
        ({"title_ids": ["title-1", "title-1"]}, 422, "invalid-request", "twice"),
        ({"title_ids": []}, 422, "invalid-request", "title_ids"),
        ({"seed": -1}, 422, "invalid-request", "seed"),
        ({"member_id": ""}, 422, "invalid-request", "member_id"),
        ({"member_id": None}, 422, "invalid-request", "member_id"),
        ({"colour": "red"}, 422, "invalid-request", "colour"),
    ],
)
def test_errors_are_problems(
    change: dict[str, Any], status: int, slug: str, says: str, client: TestClient
) -> None:
    """RFC 9457: its media type and members, a type to switch on, a detail that names the value."""
    answer = client.post("/v1/reels", json={**ASK, **change})
    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"urn:sizzle:problem:{slug}"
    assert says in problem["detail"]
    assert problem["title"]
    assert problem["fix"]
    assert problem["instance"] == "/v1/reels"


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("POST", "/v1/reels", b"{", 422),
        ("POST", "/v1/reels", b"\xff\xfe", 422),
        ("GET", "/v1/reels", b"", 405),
        ("BREW", "/v1/assets", b"", 405),
        ("GET", "/nowhere", b"", 404),
        ("GET", "/v1/assets/nowhere/trailer", b"", 404),
        ("GET", "/v1/assets/..%2f..%2fetc%2fpasswd/trailer", b"", 404),
    ],
)
def test_every_other_error_is_a_problem_too(
    method: str, path: str, content: bytes, status: int, client: TestClient
) -> None:
    """Bodies that are not JSON, wrong methods and unknown paths."""
    headers = {"content-type": "application/json"}
    answer = client.request(method, path, content=content, headers=headers)
    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["fix"]


@pytest.mark.parametrize("path", ["/v1/reels", "/v1/reels:batch"])
@pytest.mark.parametrize("content_type", [None, "text/plain", "application/xml", ";;"])
def test_a_body_of_another_media_type_is_refused_as_such(
    path: str, content_type: str | None, client: TestClient
) -> None:
    """415, not a complaint about the fields of what nobody read."""
    headers = {} if content_type is None else {"content-type": content_type}
    answer = client.post(path, content=json.dumps(ASK).encode(), headers=headers)
    assert (answer.status_code, answer.json()["title"]) == (415, "Unsupported media type")
    assert answer.json()["fix"] == "send Content-Type: application/json."


@pytest.mark.parametrize("path", ["/v1/assets/demo/trailer", "/v1/assets/demo", "/v1/assets"])
def test_head_has_the_headers_of_get(path: str, client: TestClient) -> None:
    """Players and proxies ask for a trailer's length before they load it."""
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(get.content))


def test_an_asset_without_a_trailer_says_so(tmp_path: Path) -> None:
    """To a device that needs one."""
    catalog = Catalog.open(tmp_path / "catalog")
    catalog.publish(index_of(TITLE_IDS))
    client = TestClient(create_app(catalog, Alphabetical()))
    answer = client.post("/v1/reels", json={**ASK, "device": {}})
    assert (answer.status_code, answer.json()["detail"]) == (404, "Asset demo has no trailer.")


def test_an_unexpected_error_reveals_nothing(catalog: Catalog) -> None:
    """A bug is a 500 problem without its traceback."""

    class Broken(Alphabetical):
        def rank(
            self, member_id: str, title_ids: Sequence[str], request: RequestContext = NO_CONTEXT
        ) -> Ranking:
            raise RuntimeError("the password is swordfish")

    client = TestClient(create_app(catalog, Broken()), raise_server_exceptions=False)
    answer = client.post("/v1/reels", json=ASK)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "swordfish" not in answer.text


def test_openapi_lists_the_responses(client: TestClient) -> None:
    """Both kinds of response, and the problems."""
    operation = client.get("/openapi.json").json()["paths"]["/v1/reels"]["post"]
    answers = operation["responses"]["200"]["content"]["application/json"]["schema"]["anyOf"]
    assert {answer["$ref"].rsplit("/", 1)[-1] for answer in answers} == {"ReelResponse", "Trailer"}
    assert "application/problem+json" in operation["responses"]["404"]["content"]


def test_a_new_version_is_served_without_a_restart(tmp_path: Path) -> None:
    """The service reads through a reader that follows the catalog."""
    catalog = Catalog.open(tmp_path / "catalog")
    catalog.publish(index_of(TITLE_IDS))
    reader = catalog.reader()
    client = TestClient(create_app(reader, Alphabetical()))
    before = client.post("/v1/reels", json=ASK).json()["asset_version"]
    catalog.publish(index_of(TITLE_IDS[1:]))
    assert client.post("/v1/reels", json=ASK).json()["asset_version"] == before
    assert reader.refresh()
    after = client.post("/v1/reels", json=ASK).json()["asset_version"]
    assert after == catalog.index("demo").version != before


@pytest.mark.parametrize(
    "body", [b"\xff\xfe{", b'{"member_id": "\xf0"}', b"[" * 100_000], ids=["bom", "utf-8", "deep"]
)
def test_a_body_that_is_not_json_is_an_invalid_request(client: TestClient, body: bytes) -> None:
    """However reading it fails."""
    headers = {"content-type": "application/json"}
    answer = client.post("/v1/reels", content=body, headers=headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
