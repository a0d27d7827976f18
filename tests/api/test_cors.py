"""Pages of other sites: what they may ask the service for, and when."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiKeys, ApiScope
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyStore
from sizzle.reloading import Reloadable
from tests.api.sample_service import ASK, Alphabetical, catalog_in

ELSEWHERE = {"origin": "https://tv.example"}
PREFLIGHT = {
    **ELSEWHERE,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization, content-type",
}
TRAILER = "/v1/assets/demo/trailer"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a service's state, with a key that reads."""
    return tmp_path_factory.mktemp("cors")


@pytest.fixture(scope="module")
def key(folder: Path) -> str:
    """The key."""
    return KeyStore(KeyFile(folder)).create("web", (ApiScope.READ,))[1]


@pytest.fixture
def client(folder: Path, key: str) -> TestClient:
    """The service, which needs a key."""
    assert key
    return client_of(folder, KeyStore(KeyFile(folder)).read())


def client_of(folder: Path, keys: ApiKeys) -> TestClient:
    """A service with these keys."""
    options = ServiceOptions(keys=Reloadable(keys))
    reader = catalog_in(folder).reader()
    return TestClient(create_app(reader, Alphabetical(), options=options))


@pytest.mark.parametrize("path", ["/v1/reels", "/v1/events"])
def test_a_preflight_is_answered_without_a_key(path: str, client: TestClient) -> None:
    """Browsers send none with it; the request itself then needs one."""
    answer = client.options(path, headers=PREFLIGHT)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "authorization" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers


def test_a_page_with_a_key_may_read_its_reel_and_its_errors(client: TestClient, key: str) -> None:
    """A refusal that the page cannot read would look like a broken network."""
    refused = client.post("/v1/reels", json=ASK, headers=ELSEWHERE)
    answer = client.post("/v1/reels", json=ASK, headers={**ELSEWHERE, "x-api-key": key})
    assert (refused.status_code, answer.status_code) == (401, 200)
    for response in (refused, answer):
        assert response.headers.get_list("access-control-allow-origin") == ["*"]


def test_anybody_may_show_a_trailer(client: TestClient) -> None:
    """It is public; a player reads its length and asks for ranges."""
    answer = client.get(TRAILER, headers={**ELSEWHERE, "range": "bytes=0-1"})
    assert answer.status_code == 206
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "content-range" in answer.headers["access-control-expose-headers"]
    cached = client.get(TRAILER)  # by a proxy, for a device that is no page
    assert cached.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["/v1/assets", "/metrics", "/v1/reels:batch", "/player"])
def test_other_routes_are_not_shared(path: str, client: TestClient, key: str) -> None:
    """What operators and back ends use is not for pages of other sites."""
    answer = client.get(path, headers={**ELSEWHERE, "x-api-key": key})
    assert "access-control-allow-origin" not in answer.headers


def test_before_the_first_key_no_page_can_read_reels(tmp_path: Path) -> None:
    """This machine is answered without a key: a page that its user visits must not read that."""
    client = client_of(tmp_path, ApiKeys({}))
    assert client.options("/v1/reels", headers=PREFLIGHT).status_code != 204
    answer = client.post("/v1/reels", json=ASK, headers=ELSEWHERE)
    assert "access-control-allow-origin" not in answer.headers
    assert "access-control-allow-origin" in client.get(TRAILER, headers=ELSEWHERE).headers
