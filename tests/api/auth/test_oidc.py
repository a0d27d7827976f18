"""Bearer tokens of an OpenID Connect provider: only valid ones are accepted."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi.testclient import TestClient

from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiKeys, ApiScope
from sizzle.api.auth.oidc import Oidc, OidcProviderError
from sizzle.api.health import Health
from sizzle.errors import InputError
from sizzle.reloading import Reloadable
from tests.api.sample_service import Alphabetical, catalog_in

OURS = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ANOTHERS = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider(BaseHTTPRequestHandler):
    """A provider's discovery document and its public keys."""

    def do_GET(self) -> None:
        """Send one of them."""
        if self.path.endswith("openid-configuration"):
            said: Any = {"jwks_uri": f"http://{self.headers['host']}/keys"}
        else:
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(OURS.public_key()))
            said = {"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]}
        data = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The URL of a running provider."""
    with HTTPServer(("127.0.0.1", 0), Provider) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def token(issuer: str, key: Any = OURS, algorithm: str = "RS256", **changes: object) -> str:  # noqa: ANN401
    """A valid token, apart from the given changes."""
    claims = {
        "iss": issuer,
        "aud": "sizzle",
        "sub": "someone",
        "exp": time.time() + 600,
        "scope": "openid reels:read",
        **changes,
    }
    left = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(left, key, algorithm, headers={"kid": "one"})


def test_a_token_lets_in_for_its_scopes(issuer: str, tmp_path: Path) -> None:
    """A token is as good as a key; without either, requests are refused."""
    reader = catalog_in(tmp_path).reader()
    options = ServiceOptions(
        keys=Reloadable(ApiKeys({})),
        access={"oidc": Oidc(issuer, "sizzle")},
        health=Health(reader, {}),
    )
    app = create_app(reader, Alphabetical(), options=options)
    client = TestClient(app, "http://127.0.0.1", client=("127.0.0.1", 1))

    def status(path: str, sent: str) -> int:
        return client.get(path, headers={"authorization": f"Bearer {sent}"}).status_code

    good = token(issuer)
    assert [status("/v1/assets", good) for _ in range(2)] == [200, 200]
    assert status("/metrics", good) == 403
    assert status("/v1/assets", token(issuer, scope="openid")) == 403
    assert client.get("/v1/assets").status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1.0},
        {"exp": None},
        {"aud": "another"},
        {"aud": None},
        {"iss": "https://another.example"},
        {"sub": None},
        {"nbf": time.time() + 6000},
        {"key": ANOTHERS},
        {"key": "a shared secret that is long enough for it", "algorithm": "HS256"},
        {"key": None, "algorithm": "none"},
    ],
    ids=lambda changes: "-".join(map(str, changes)),
)
def test_any_other_token_is_none(changes: dict[str, Any], issuer: str) -> None:
    """Expired, for another audience, of another issuer, unsigned, or signed with a public key."""
    assert Oidc(issuer, "sizzle").check(token(issuer, **changes)) is None


def test_a_token_is_checked_once(issuer: str) -> None:
    """It is checked once, and accepted until it expires."""
    oidc = Oidc(issuer, "sizzle")
    sent = token(issuer)
    assert oidc.cached(sent) is None
    key = oidc.check(sent)
    assert key is not None
    assert key.scopes == (ApiScope.READ,)
    assert oidc.cached(sent) == key


class Confused(BaseHTTPRequestHandler):
    """A provider whose discovery document is not one."""

    document = b""

    def do_GET(self) -> None:
        """Send it."""
        self.send_response(200)
        self.send_header("content-length", str(len(self.document)))
        self.end_headers()
        self.wfile.write(self.document)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.mark.parametrize(
    "document",
    [b"{}", b"[1]", b"null", b"<html>", b'{"jwks_uri": 7}', b'{"jwks_uri": "file:///etc/passwd"}'],
)
def test_a_provider_without_keys_is_unavailable(
    document: bytes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody knows whether the token is good: 503, to be tried again, and a line in the log."""
    monkeypatch.setattr(Confused, "document", document)
    with HTTPServer(("127.0.0.1", 0), Confused) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        issuer = f"http://127.0.0.1:{server.server_port}"
        with pytest.raises(OidcProviderError) as error:
            Oidc(issuer, "sizzle").check(token(issuer))
        server.shutdown()
    assert (error.value.status, error.value.retry_after) == (503, 5)
    assert issuer in caplog.text


def test_a_provider_that_is_down_lets_nobody_in() -> None:
    """Nor does it know the token; what is no token at all is refused without asking it."""
    oidc = Oidc("http://127.0.0.1:9", "sizzle")
    with pytest.raises(OidcProviderError):
        oidc.check(token("http://127.0.0.1:9"))
    assert oidc.check("sz_0123456789_notatoken") is None


def test_an_issuer_needs_https() -> None:
    """Whoever stands between could let in anybody."""
    with pytest.raises(InputError, match="https"):
        Oidc("http://accounts.example", "sizzle")
