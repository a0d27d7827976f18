"""API keys, their rates, and the limits of bodies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyReloader, KeyStore
from sizzle.api.auth.rate_limit import TokenBucket
from sizzle.api.auth.route_access import PUBLIC
from sizzle.api.ingest_service import IngestService
from sizzle.api.middleware.body_limit import BodyLimits
from sizzle.errors import InputError, NotFoundError
from sizzle.secret import derived, kept_secret
from tests.api.alphabetical_reels import alphabetically
from tests.api.editors_jobs import jobs_in
from tests.api.sample_service import ASK, Alphabetical, catalog_in

HERE = ("127.0.0.1", 50_000)
AWAY = ("192.0.2.7", 50_000)


class KeyedService:
    """A service with API keys in a folder, and with the editors' routes."""

    def __init__(self, folder: Path, **access: object) -> None:
        self.state = folder / "state"
        self.keys = KeyReloader(KeyStore(KeyFile(self.state)))
        options = ServiceOptions(keys=self.keys, access=access)
        catalog = catalog_in(folder)
        service = IngestService(jobs_in(folder), catalog, alphabetically)
        self.app = create_app(catalog.reader(), Alphabetical(), ingests=service, options=options)

    def client(self, key: str = "", at: tuple[str, int] = AWAY) -> TestClient:
        """A client with a key, at an address."""
        headers = {"authorization": f"Bearer {key}"} if key else {}
        return TestClient(self.app, "http://127.0.0.1:8000", headers=headers, client=at)

    def key(self, *scopes: ApiScope, rate: float | None = None) -> str:
        """Create a key and have the service read it."""
        _, key = KeyStore(KeyFile(self.state)).create("a test", scopes, rate)
        assert self.keys.refresh()
        return key


@pytest.fixture
def service(tmp_path: Path) -> KeyedService:
    """A service without any key."""
    return KeyedService(tmp_path)


def slug(answer: Any) -> str:  # noqa: ANN401 - httpx
    """The last part of a problem's type."""
    return str(answer.json()["type"].rpartition(":")[2])


def test_a_fresh_install_answers_its_own_machine_only(service: KeyedService) -> None:
    """By a local name, not through a proxy; others are told how a key is created."""
    assert service.client(at=HERE).get("/v1/assets").status_code == 200
    assert service.client(at=("::1", 1)).post("/v1/reels", json=ASK).status_code == 200
    for host in ("localhost:8000", "[::1]:8000", "[::1]", "sizzle.localhost"):
        here = service.client(at=HERE).get("/v1/assets", headers={"host": host})
        assert here.status_code == 200
    forwarded = {"x-forwarded-for": "192.0.2.7"}
    for answer in (
        service.client().get("/v1/assets"),
        service.client().post("/v1/reels", json=ASK),
        service.client(at=HERE).get("/v1/assets", headers=forwarded),
        # A page of this site, whose name was made to lead here, in a browser on this machine.
        service.client(at=HERE).get("/v1/assets", headers={"host": "rebound.example:8000"}),
    ):
        assert answer.status_code == 403
        assert "sizzle keys create" in answer.json()["fix"]


def test_once_there_is_a_key_nobody_is_answered_without(service: KeyedService) -> None:
    """Not even on the service's own machine."""
    key = service.key(ApiScope.READ)
    for at in (HERE, AWAY):
        answer = service.client(at=at).post("/v1/reels", json=ASK)
        assert (answer.status_code, slug(answer)) == (401, "unauthorized")
        assert answer.headers["www-authenticate"] == "Bearer"
        assert service.client(key, at).post("/v1/reels", json=ASK).status_code == 200
    other = TestClient(service.app, headers={"x-api-key": key}, client=AWAY)
    assert other.get("/v1/assets").status_code == 200


def test_editors_pages_ask_browsers_for_a_key(service: KeyedService) -> None:
    """The key is the password; a key that may only read does not open them."""
    reads, writes = service.key(ApiScope.READ), service.key(ApiScope.READ, ApiScope.WRITE)
    answer = service.client().get("/editor")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")
    for path in ("/editor", "/v1/ingests"):
        assert service.client().get(path, auth=("ed", reads)).status_code == 403
        assert service.client().get(path, auth=("ed", writes)).status_code == 200
    body = {"to_version": 1}
    roll_back = "/v1/assets/demo/rollback"
    assert service.client(reads).post(roll_back, json=body).status_code == 403
    assert service.client(writes).post(roll_back, json=body).status_code in (200, 404, 409)
    broken = {"authorization": "Basic not-base-64!"}
    assert service.client().get("/editor", headers=broken).status_code == 401


def test_only_the_hash_of_a_key_is_stored(service: KeyedService) -> None:
    """What the file holds cannot be used as a key."""
    key = service.key(ApiScope.READ)
    kept = KeyFile(service.state).path.read_text()
    assert key not in kept
    secret = key.split("_", 2)[2]  # which may have further underscores
    assert secret not in kept
    (record,) = json.loads(kept)["keys"]
    assert (
        service.client(f"sz_{record['key_id']}_{record['sha256'][:43]}")
        .get("/v1/assets")
        .status_code
        == 401
    )


@pytest.mark.parametrize(
    ("change"),
    [
        lambda key: key[:-1] + ("A" if key[-1] != "A" else "B"),
        lambda key: key[:-1],
        lambda key: key + "A",
        lambda key: key.replace("sz_", "sz-"),
        lambda key: key.upper(),
        lambda key: "é" + key,
        lambda _: "sz_0000000000_" + "A" * 43,
        lambda _: "eyJhbGciOiJub25lIn0.e30.",
    ],
    ids=["other", "short", "long", "form", "case", "letter", "unknown", "token"],
)
def test_an_invalid_key_is_refused(change: Callable[[str], str], service: KeyedService) -> None:
    """In whatever way it is invalid."""
    key = service.key(ApiScope.READ)
    header = {"authorization": f"Bearer {change(key)}".encode("latin-1")}
    client = TestClient(service.app, "http://localhost", client=HERE)
    assert client.get("/v1/assets", headers=header).status_code == 401  # type: ignore[arg-type]


def test_a_revoked_key_is_refused(service: KeyedService) -> None:
    """After the next refresh; and revoking the last key does not open the service."""
    key = service.key(ApiScope.READ)
    KeyStore(KeyFile(service.state)).revoke(key.split("_")[1])
    service.keys.refresh()
    assert service.client(key, HERE).get("/v1/assets").status_code == 401
    with pytest.raises(NotFoundError):
        KeyStore(KeyFile(service.state)).revoke("nobody")


def test_a_key_is_limited_to_its_scopes(service: KeyedService) -> None:
    """`admin` includes all others."""
    write, admin = service.key(ApiScope.WRITE), service.key(ApiScope.ADMIN)
    answer = service.client(write).get("/v1/assets")
    assert (answer.status_code, slug(answer)) == (403, "insufficient-scope")
    assert service.client(admin).get("/v1/assets").status_code == 200


def test_losing_the_keys_opens_nothing(service: KeyedService) -> None:
    """Neither in a running service nor at the next start; the marker file says the way back."""
    service.key(ApiScope.READ)
    keys_json, marker = KeyFile(service.state).path, KeyFile(service.state).marker
    keys_json.unlink()
    assert not service.keys.refresh()  # which is said, but nobody is let in meanwhile
    assert service.client(at=HERE).get("/v1/assets").status_code == 401
    restarted = KeyedService(service.state.parent)
    assert restarted.client(at=HERE).get("/v1/assets").status_code == 401
    assert keys_json.name in marker.read_text()
    marker.unlink()
    assert service.keys.refresh()
    assert service.client(at=HERE).get("/v1/assets").status_code == 401
    assert KeyedService(service.state.parent).client(at=HERE).get("/v1/assets").status_code == 200


def test_a_damaged_file_of_keys_lets_nobody_in(service: KeyedService) -> None:
    """The last good keys stay in use, and the service does not start with the damaged file."""
    key = service.key(ApiScope.READ)
    KeyFile(service.state).path.write_text('{"keys": [{"key_id": "a"')
    assert not service.keys.refresh()
    assert service.client(key).get("/v1/assets").status_code == 200
    assert service.client(at=HERE).get("/v1/assets").status_code == 401
    with pytest.raises(InputError, match="cannot be read"):
        KeyStore(KeyFile(service.state)).read()


def test_a_key_has_a_rate(tmp_path: Path) -> None:
    """Its own, else that of the settings; each worker grants its share."""
    service = KeyedService(tmp_path, rate=2, share=0.5)
    few, many = service.key(ApiScope.READ), service.key(ApiScope.READ, rate=200)
    answers = [service.client(few).get("/v1/assets") for _ in range(3)]
    assert [answer.status_code for answer in answers].count(429) >= 1
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert int(refused.headers["retry-after"]) >= 1
    assert all(service.client(many).get("/v1/assets").status_code == 200 for _ in range(20))


@given(st.floats(0.5, 100), st.lists(st.floats(0, 5), min_size=1, max_size=50))
def test_a_bucket_never_gives_more_than_its_rate(rate: float, gaps: list[float]) -> None:
    """At most a second's worth at once; who waits for as long as it says is served."""
    bucket, now, given_ = TokenBucket(rate, max(1.0, rate), 0.0), 0.0, 0
    for gap in gaps:
        now += gap
        wait = bucket.take(now)
        given_ += not wait
        assert given_ <= max(1.0, rate) + rate * now + 1e-6
        if wait:
            now += wait + 1e-6
            assert bucket.take(now) == 0
            given_ += 1


def test_the_secret_is_made_once_and_for_its_owner(tmp_path: Path) -> None:
    """It is the same at each start; keys that are derived for two purposes differ."""
    secret = kept_secret(tmp_path / "state")
    assert kept_secret(tmp_path / "state") == secret
    assert (tmp_path / "state" / "secret").stat().st_mode & 0o077 == 0
    assert derived(secret, "a") != derived(secret, "b")
    (tmp_path / "state" / "secret").write_bytes(b"short")
    with pytest.raises(InputError, match="5 bytes"):
        kept_secret(tmp_path / "state")


@pytest.fixture
def narrow(tmp_path: Path) -> TestClient:
    """A service with limits of 2,000 bytes, and 50,000 for uploads."""
    limits = BodyLimits(2000, {"/v1/ingests": 50_000})
    app = create_app(catalog_in(tmp_path).reader(), Alphabetical(), body_limits=limits)

    @app.post("/v1/ingests", dependencies=[PUBLIC])
    async def upload() -> str:
        return "taken"

    return TestClient(app, raise_server_exceptions=False)


def pieces(size: int) -> Iterator[bytes]:
    """A body without a declared length."""
    for _ in range(size // 100):
        yield b" " * 100


@pytest.mark.parametrize("path", ["/v1/reels", "/v1/reels:batch"])
def test_a_body_that_is_too_large_is_refused(path: str, narrow: TestClient) -> None:
    """With the same problem, whether or not it declares its length."""
    headers = {"content-type": "application/json"}
    for body in (b" " * 2001, pieces(5000)):
        answer = narrow.post(path, content=body, headers=headers)
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["type"] == "urn:sizzle:problem:too-large"
        assert problem["fix"] == "send a smaller body."
    assert narrow.post(path, content=pieces(1000), headers=headers).status_code == 422


def test_uploads_have_a_limit_of_their_own(narrow: TestClient) -> None:
    """Timelines are larger than other bodies."""
    assert narrow.post("/v1/ingests", content=b"x" * 40_000).status_code == 200
    assert narrow.post("/v1/ingests", content=b"x" * 50_001).status_code == 413
