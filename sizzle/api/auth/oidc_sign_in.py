"""People sign in with an OpenID Connect provider: the code flow, with PKCE, state and nonce."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, ClassVar, Final
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import msgspec

from sizzle.api.auth.oidc import Oidc, unusable
from sizzle.errors import SizzleError
from sizzle.sealed_claims import SealedClaims

_log = logging.getLogger(__name__)
_PATIENCE: Final = 600_000  # milliseconds between the way there and the way back
_TIMEOUT: Final = 10  # seconds for the token
_MAX_RESPONSE: Final = 2**18  # bytes
_MAX_COOKIE: Final = 4000
_ASKED: Final = "openid email profile"


class ProviderSignInError(SizzleError):
    """The provider did not let somebody in, or the way back was not the one that was begun."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "provider-sign-in"
    title: ClassVar[str] = "The provider did not sign you in"


class _Begun(msgspec.Struct, frozen=True, array_like=True):
    """What the browser keeps meanwhile, sealed."""

    state: str
    nonce: str
    verifier: str
    next_path: str
    expires: int


@dataclass(frozen=True, slots=True)
class ProviderPerson:
    """Somebody whom the provider let in.

    Attributes:
        subject: who they are there.
        address: of mail, if the provider has verified it; else empty.
        name: as it is known there.
        scopes: texts of the claim of roles.
        next_path: the page that they wanted.
    """

    subject: str
    address: str
    name: str
    scopes: frozenset[str]
    next_path: str


class OidcSignIn:
    """Sends browsers to a provider, and reads what they come back with.

    Args:
        oidc: the provider.
        client_id: our id with it.
        client_secret: our secret with it; None for a public client.
        key: secret, that seals what browsers keep meanwhile.
        roles_claim: the claim of ID tokens that holds scopes.
        name: what pages call it; by default its host.
    """

    def __init__(
        self,
        oidc: Oidc,
        client_id: str,
        client_secret: str | None,
        key: bytes,
        roles_claim: str = "roles",
        name: str = "",
    ) -> None:
        self.name = name or urlsplit(oidc.issuer).hostname or oidc.issuer
        self._oidc = oidc
        self._client_id, self._client_secret = client_id, client_secret
        self._roles_claim = roles_claim
        self._seals = SealedClaims(key, _Begun, _MAX_COOKIE)

    def begin(self, back: str, next_path: str, now: int) -> tuple[str, str]:
        """Begin to sign in.

        Args:
            back: the address that the provider sends the browser back to.
            next_path: the page that it shows then.
            now: milliseconds since 1970.

        Returns:
            The provider's address to send the browser to, and what the browser keeps meanwhile.

        Raises:
            OidcProviderError: the provider cannot be used.
        """
        begun = _Begun(
            *(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48)),
            *(next_path, now + _PATIENCE),
        )
        challenge = hashlib.sha256(begun.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": back,
            "scope": _ASKED,
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        there = self._oidc.endpoint("authorization_endpoint")
        return f"{there}{'&' if '?' in there else '?'}{urlencode(query)}", self._seals.seal(begun)

    def finish(self, back: str, query: Mapping[str, str], kept: str, now: int) -> ProviderPerson:
        """Read what the browser came back with.

        Args:
            back: the address that it was sent back to.
            query: of the request.
            kept: what the browser kept.
            now: milliseconds since 1970.

        Raises:
            ProviderSignInError: somebody else began, it was too long ago, or the provider refuses.
            OidcProviderError: the provider cannot be used.
        """
        begun = self._seals.open(kept) if kept else None
        state = query.get("state", "")
        if begun is None or not hmac.compare_digest(begun.state.encode(), state.encode()):
            raise ProviderSignInError("This browser did not begin to sign in.", fix="begin again.")
        if now > begun.expires:
            raise ProviderSignInError("It took more than ten minutes.", fix="begin again.")
        if query.get("iss", self._oidc.issuer) != self._oidc.issuer:
            raise ProviderSignInError("Another provider has answered.", fix="begin again.")
        if not query.get("code"):
            _log.warning("the provider refused a sign-in: %s", query.get("error", "")[:100])
            raise ProviderSignInError("It was refused or broken off there.", fix="begin again.")
        return self._person(self._id_token(back, query["code"], begun.verifier), begun)

    def _id_token(self, back: str, code: str, verifier: str) -> str:
        """The ID token that a code is worth."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": self._client_id,
            "code_verifier": verifier,
        }
        headers = {"Accept": "application/json"}
        if self._client_secret is not None:
            pair = f"{quote(self._client_id, safe='')}:{quote(self._client_secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        address = self._oidc.endpoint("token_endpoint")
        request = Request(address, urlencode(form).encode(), headers)  # noqa: S310 - it is https
        try:
            with build_opener(_NoRedirects).open(request, timeout=_TIMEOUT) as response:
                answer = json.loads(response.read(_MAX_RESPONSE))
        except HTTPError as error:
            error.close()  # it is a response too, whose connection would stay open
            _log.warning("%s answered a code with %s", address, error.code)
            raise ProviderSignInError("It took the code for wrong.", fix="begin again.") from error
        except (OSError, HTTPException, ValueError) as error:
            raise unusable(self._oidc.issuer, f"{address} cannot be read: {error}") from error
        token = answer.get("id_token") if isinstance(answer, dict) else None
        if not isinstance(token, str):
            raise unusable(self._oidc.issuer, f"{address} gave no ID token")
        return token

    def _person(self, token: str, begun: _Begun) -> ProviderPerson:
        claims = self._oidc.claims(token, self._client_id)
        if claims is None or claims.get("nonce") != begun.nonce or not self._is_ours(claims):
            raise ProviderSignInError("Its answer is not about this sign-in.", fix="begin again.")
        verified = claims.get("email_verified") in (True, "true")
        return ProviderPerson(
            str(claims["sub"]),
            str(claims.get("email", "")).strip().lower() if verified else "",
            str(claims.get("name") or claims.get("preferred_username") or "")[:200],
            frozenset(_texts(claims.get(self._roles_claim))),
            begun.next_path,
        )

    def _is_ours(self, claims: Mapping[str, Any]) -> bool:
        """Whether a token for several was made for us."""
        audience = claims["aud"]
        several = isinstance(audience, list) and len(audience) > 1
        return bool(claims.get("azp", "" if several else self._client_id) == self._client_id)


class _NoRedirects(HTTPRedirectHandler):
    """A code and a secret go to the address of the discovery document, and to no other."""

    def redirect_request(self, *_: Any) -> None:  # noqa: ANN401 - as urllib has it
        """Follow none."""
        return


def _texts(value: object) -> list[str]:
    """A claim's texts: a list, or one text with spaces."""
    if isinstance(value, str):
        return value.split()
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
