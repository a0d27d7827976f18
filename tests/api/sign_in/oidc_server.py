"""A small OpenID Connect provider: discovery, keys, and the code flow with PKCE."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID = "our id:with/signs"
CLIENT_SECRET = "our secret+with%signs"


class OidcServer:
    """The provider, and who is signed in at it.

    Attributes:
        issuer: its address.
        claims: of the ID tokens that it makes, beside those that every one has.
        codes: what it has given out: the request of each, and whether it was used.
        nonce: put in place of the request's, where a test wants another.
    """

    def __init__(self) -> None:
        self.issuer = ""
        self.claims: dict[str, Any] = {"sub": "ada-at-the-provider"}
        self.codes: dict[str, dict[str, str]] = {}
        self.nonce = ""
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def authorize(self, address: str) -> str:
        """The address that a browser is sent back to from this one, once its user has agreed."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT_ID
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        back = {"code": code, "state": query["state"], "iss": self.issuer}
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def answer(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The status and body of the token endpoint: a code is good once, for who can prove it."""
        asked = self.codes.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        pair = b"our%20id%3Awith%2Fsigns:our%20secret%2Bwith%25signs"
        is_ours = authorization == f"Basic {base64.b64encode(pair).decode()}"
        if asked is None or not is_ours or challenge != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if form.get("redirect_uri") != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "exp": now + 60,
            "iat": now,
            "nonce": self.nonce or asked["nonce"],
            **self.claims,
        }
        token = jwt.encode(claims, self.key, "RS256", headers={"kid": "one"})
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": token}

    def document(self, path: str) -> dict[str, Any]:
        """Discovery, or the public keys."""
        if path.endswith("openid-configuration"):
            names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            return {"issuer": self.issuer, **{name: f"{self.issuer}/{name}" for name in names}}
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]}


@contextmanager
def oidc_server() -> Iterator[OidcServer]:
    """A running provider."""
    provider = OidcServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(200, provider.document(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._send(*provider.answer(form, self.headers.get("authorization", "")))

        def _send(self, status: int, content: dict[str, Any]) -> None:
            data = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        yield provider
        server.shutdown()
        thread.join()
