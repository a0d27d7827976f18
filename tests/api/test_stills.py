"""Pictures of clips over HTTP: found by name for ever, by clip as they are now."""

from __future__ import annotations

from hashlib import sha256

import pytest
from fastapi.testclient import TestClient

from sizzle.api.app import create_app
from sizzle.packager import Packages
from tests.api.one_asset import OneAsset
from tests.api.sample_service import Alphabetical
from tests.packager.packaged_asset import Made


@pytest.fixture(scope="module")
def client(made: Made) -> TestClient:
    """A client of a service with a packaged asset."""
    app = create_app(OneAsset(made.index), Alphabetical(), Packages(made.root))
    return TestClient(app, raise_server_exceptions=False)


def test_picture_of_a_clip(client: TestClient, made: Made) -> None:
    """The clip's address leads to a picture that is kept for ever, under a digest of it."""
    key = made.index.clips[0].key
    found = client.get(f"/v1/assets/demo/clips/{key}/still.jpg", follow_redirects=False)
    assert (found.status_code, found.headers["cache-control"]) == (307, "private, max-age=60")
    picture = client.get(f"/v1/assets/demo/clips/{key}/still.jpg")
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.headers["cache-control"] == "public, max-age=31536000, immutable"
    name = sha256(picture.content).hexdigest()[:32]
    assert picture.url.path == f"/v1/stills/{name}.jpg"
    assert picture.content.startswith(b"\xff\xd8\xff")


def test_head_and_etag(client: TestClient, made: Made) -> None:
    """HEAD says what GET would; who has the picture need not get it again."""
    address = client.get(f"/v1/assets/demo/clips/{made.index.clips[0].key}/still.jpg").url.path
    got, head = client.get(address), client.head(address)
    assert head.status_code == 200
    assert not head.content
    assert head.headers["content-length"] == str(len(got.content))
    again = client.get(address, headers={"if-none-match": got.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/v1/stills/{'0' * 32}.jpg", 404),
        ("/v1/stills/short.jpg", 422),
        ("/v1/stills/..%2f..%2fcurrent.jpg", 404),
        ("/v1/assets/demo/clips/none-clip-1/still.jpg", 404),
        ("/v1/assets/other/clips/none-clip-1/still.jpg", 404),
        ("/v1/assets/demo/clips/none-clip-1/still.jpg?width=0", 422),
    ],
)
def test_what_is_not_there(client: TestClient, path: str, status: int) -> None:
    """A problem, with how to mend it."""
    problem = client.get(path)
    assert problem.status_code == status
    assert problem.json()["title"]
