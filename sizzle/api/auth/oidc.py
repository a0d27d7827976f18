"""Bearer tokens of an OpenID Connect provider; needs the extra `oidc`."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.request import urlopen

from sizzle.api.auth.api_keys import ApiKey, ApiScope
from sizzle.errors import BusyError, InputError

if TYPE_CHECKING:
    from jwt import PyJWKClient

_log = logging.getLogger(__name__)
# Asymmetric ones only: with a shared secret, whoever can check a token can also make one.
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
_SECURE: Final = ("https://", "http://127.0.0.1:", "http://localhost:")
_DISCOVERY: Final = "/.well-known/openid-configuration"
_RETRY: Final = 5.0  # seconds
_TIMEOUT = 5  # seconds for a request to the provider
_LEEWAY = 30  # seconds between its clock and ours, at most
_CACHE_SIZE = 1000  # tokens
_MAX_METADATA = 2**20  # bytes of the provider's discovery document


class OidcProviderError(BusyError):
    """The provider cannot be reached, or what it says of itself cannot be used."""

    slug: ClassVar[str] = "identity-provider-unavailable"
    title: ClassVar[str] = "Identity provider unavailable"


class Oidc:
    """Checks the tokens of one provider, whose keys it fetches with the first token.

    Args:
        issuer: the provider's URL, as in its tokens.
        audience: that tokens must name; without one, no bearer token is taken.

    Raises:
        InputError: the extra is not installed, or the issuer is not an https URL.
    """

    def __init__(self, issuer: str, audience: str) -> None:
        if not issuer.startswith(_SECURE):
            raise InputError(
                f"The issuer {issuer[:120]!r} is not an https URL.",
                fix="set SIZZLE_OIDC_ISSUER to the provider's URL, as in its tokens.",
            )
        try:
            import jwt
        except ImportError as error:
            raise InputError(
                "Bearer tokens need the extra `oidc`.",
                fix="pip install 'dynamic-sizzles[oidc]'.",
            ) from error
        self._jwt = jwt
        self.issuer = issuer
        self._audience = audience
        self._provider: PyJWKClient | None = None
        self._metadata: dict[str, str] | None = None
        self._cache: dict[str, tuple[float, ApiKey]] = {}

    def cached(self, token: str) -> ApiKey | None:
        """The caller of a token that was checked before and has not expired."""
        expires, key = self._cache.get(token, (0.0, None))
        return key if time.time() < expires else None

    def check(self, token: str) -> ApiKey | None:
        """The caller of a token, or None if it is invalid. It may make requests to the provider.

        Raises:
            OidcProviderError: the provider's keys cannot be had, so that nobody knows.
        """
        claims = self.claims(token, self._audience) if self._audience else None
        if claims is None:
            return None
        key = _key_of(claims)
        if len(self._cache) >= _CACHE_SIZE:
            self._cache.clear()
        self._cache[token] = (float(claims["exp"]), key)
        return key

    def claims(self, token: str, audience: str) -> Mapping[str, Any] | None:
        """What a token of the provider says, or None if it is invalid or for another audience.

        Raises:
            OidcProviderError: the provider's keys cannot be had, so that nobody knows.
        """
        try:
            # What is no such token at all costs the provider nothing.
            if self._jwt.get_unverified_header(token).get("alg") not in _ALGORITHMS:
                return None
            public = self._keys().get_signing_key_from_jwt(token)
            claims: Mapping[str, Any] = self._jwt.decode(
                token,
                public.key,
                algorithms=list(_ALGORITHMS),
                audience=audience,
                issuer=self.issuer,
                leeway=_LEEWAY,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except self._jwt.PyJWKClientConnectionError as error:
            raise unusable(self.issuer, str(error)) from error
        except (self._jwt.PyJWTError, ValueError):
            return None
        return claims

    def endpoint(self, name: str) -> str:
        """An https address of the provider's discovery document. Raises OidcProviderError."""
        address = f"{self.issuer.rstrip('/')}{_DISCOVERY}"
        if self._metadata is None:
            try:
                with urlopen(address, timeout=_TIMEOUT) as response:  # noqa: S310 - checked above
                    metadata = json.loads(response.read(_MAX_METADATA))
            except (OSError, HTTPException, ValueError) as error:
                raise unusable(self.issuer, f"{address} cannot be read: {error}") from error
            if not isinstance(metadata, dict):
                raise unusable(self.issuer, f"{address} is no JSON object")
            self._metadata = metadata
        found = self._metadata.get(name)
        if not isinstance(found, str) or not found.startswith(_SECURE):
            self._metadata = None  # it may be mended
            raise unusable(self.issuer, f"{address} has no https `{name}`")
        return found

    def _keys(self) -> PyJWKClient:
        if self._provider is None:
            keys = self.endpoint("jwks_uri")
            self._provider = self._jwt.PyJWKClient(keys, cache_keys=True, timeout=_TIMEOUT)
        return self._provider


def unusable(issuer: str, what: str) -> OidcProviderError:
    """The error for the caller; the operator's log has the reason."""
    _log.error("tokens of %s cannot be checked: %s", issuer, what)
    return OidcProviderError("The provider's keys cannot be read.", retry_after=_RETRY)


def _key_of(claims: Mapping[str, Any]) -> ApiKey:
    """A token's claims as a key; scopes that are not ours are ignored."""
    granted = str(claims.get("scope", "")).split()
    scopes = tuple(scope for scope in ApiScope if scope in granted)
    return ApiKey(f"oidc:{claims['sub']}"[:100], "", "", scopes, None, 0.0)
