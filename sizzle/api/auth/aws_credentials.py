"""Credentials with which clients of AWS sign requests: lasting ones of a key, and temporary ones.

None of their secrets is kept: each is derived from the installation's secret when it is needed.
Temporary credentials hold for one endpoint; what they allow is sealed in their session token.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from typing import Final, NamedTuple

import msgspec

from sizzle.api.auth.sigv4 import SignatureError
from sizzle.sealed_claims import SealedClaims
from sizzle.secret import derived

MAX_SECONDS: Final = 12 * 3600
"""How long temporary credentials hold, at most."""

_LASTING: Final = "SIZZLE"
_TEMPORARY: Final = "SIZTMP"
_SECRET_LENGTH: Final = 40  # characters, as clients expect
_MAX_TOKEN: Final = 2000  # characters


class EndpointGrant(msgspec.Struct, array_like=True, frozen=True):
    """What temporary credentials allow.

    Attributes:
        expires: seconds since 1970.
        key_id: of the API key for which they were made: they end with it.
        app: the application.
        endpoint_id: the only endpoint whose events and fields may be written.
        member_id: the only member whose it may be said to be; empty if none may be named.
    """

    expires: int
    key_id: str
    app: str
    endpoint_id: str
    member_id: str = ""


class Credentials(NamedTuple):
    """What a client signs with."""

    access_key_id: str
    secret: str
    token: str = ""


class AwsCredentials:
    """Makes credentials, and finds their secrets again.

    Args:
        secret: of the installation.
    """

    def __init__(self, secret: bytes) -> None:
        self._lasting = derived(secret, "sigv4 secrets of keys")
        self._temporary = derived(secret, "sigv4 secrets of tokens")
        self._grants = SealedClaims(derived(secret, "sigv4 tokens"), EndpointGrant, _MAX_TOKEN)

    def of_key(self, key_id: str) -> Credentials:
        """Those of an API key."""
        return Credentials(_LASTING + key_id.upper(), _secret(self._lasting, key_id))

    def temporary(self, grant: EndpointGrant) -> Credentials:
        """New ones that allow this."""
        token = self._grants.seal(grant)
        access_key_id = _TEMPORARY + grant.key_id.upper()
        return Credentials(access_key_id, _secret(self._temporary, token), token)

    def granted(self, token: str, now: float) -> EndpointGrant:
        """What a session token allows. Raises SignatureError."""
        grant = self._grants.open(token)
        if grant is None:
            raise SignatureError("Unknown session token.", fix="request new credentials.")
        if grant.expires < now:
            raise SignatureError("The credentials have expired.", fix="request new ones.")
        return grant


def key_id_of(access_key_id: str) -> str:
    """The id of the API key that credentials belong to; empty if they have another form."""
    known = access_key_id.startswith((_LASTING, _TEMPORARY))
    return access_key_id[len(_LASTING) :].lower() if known else ""


def _secret(key: bytes, name: str) -> str:
    digest = hmac.digest(key, name.encode(), "sha256")
    return urlsafe_b64encode(digest)[:_SECRET_LENGTH].decode()
