"""Who may ask for what, and how often.

Without any key, only this machine is answered. Once a key was created, or an OpenID Connect
provider is named, whoever asks must say who they are. Addresses of delivery are open: their ids
cannot be guessed, and they can be signed; so are health, documentation and pages without data.
"""

from __future__ import annotations

import asyncio
import re
import time
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sizzle.api.auth import api_keys as keys
from sizzle.api.auth.api_keys import Key, Keys
from sizzle.api.auth.loopback import is_this_machine
from sizzle.api.auth.oidc import Oidc
from sizzle.api.http.problems import answer_problem
from sizzle.errors import SizzleError
from sizzle.reloading import Reloadable

CALLER: Final = "sizzle.caller"
"""In a request's scope: the `Key` of who asks; absent where anybody may."""

_DELIVERY = re.compile(r"/v1/reels/[^/]+(/.*|\.mp4)|/v1/media/.*", re.DOTALL)
_TRAILER = re.compile(r"/v1/assets/[^/]+/trailer")
_EDITORS = ("/v1/ingests", "/editor")
_PAGES = ("/editor", "/player")
_READING = frozenset(("GET", "HEAD"))
_MOST_BUCKETS = 10_000


class UnauthorizedError(SizzleError):
    """Nobody whom we know."""

    status: ClassVar[int] = 401
    slug: ClassVar[str] = "unauthorized"
    title: ClassVar[str] = "Who are you?"


class OutOfScopeError(SizzleError):
    """Somebody whom we know, and who may not."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "out-of-scope"
    title: ClassVar[str] = "Not allowed"


class TooManyError(SizzleError):
    """More requests than the key has."""

    status: ClassVar[int] = 429
    slug: ClassVar[str] = "too-many-requests"
    title: ClassVar[str] = "Too many requests"

    def __init__(self, wait: float) -> None:
        super().__init__("The key's rate is used up.", fix=f"ask again in {wait:.3f} seconds.")
        self.wait = wait


async def admitted(request: Request) -> str:
    """Who was let in by `Access`: the id of their key, empty where nobody has one yet."""
    caller = request.scope.get(CALLER)
    return caller.key_id if isinstance(caller, Key) else ""


def needed_scope(method: str, path: str) -> keys.Scope | None:
    """What a key must be good for, or None where anybody may ask."""
    if method == "OPTIONS" or _DELIVERY.fullmatch(path) or _TRAILER.fullmatch(path):
        return None
    if path.startswith(_EDITORS) or (path.startswith("/v1/assets/") and method not in _READING):
        return keys.Scope.WRITE
    if path.startswith(("/v1/", "/player/choices")) or path == "/player":
        return keys.Scope.READ
    return keys.Scope.ADMIN if path == "/metrics" else None


@dataclass(slots=True)
class Bucket:
    """A token bucket: so many requests a second, and as many at once as come in a second.

    Attributes:
        rate: requests a second.
        left: requests that may be made now.
        filled: when that was, on the clock that `take` is given.
    """

    rate: float
    left: float
    filled: float

    def take(self, now: float) -> float:
        """Make a request. Returns seconds to wait until it may be made, 0 if it was."""
        most = max(1.0, self.rate)
        self.left = min(most, self.left + (now - self.filled) * self.rate)
        self.filled = now
        if self.left >= 1:
            self.left -= 1
            return 0.0
        return (1 - self.left) / self.rate


class Access:
    """Stands in front of the application, and lets in who may.

    Args:
        app: the application.
        known: the keys there are.
        rate: requests a second of a key that says nothing else, in this process.
        share: the part of each key's rate that this process may give: 1 over their number.
        oidc: checks bearer tokens, where a provider is named.
    """

    def __init__(
        self,
        app: ASGIApp,
        known: Reloadable[Keys],
        rate: float = 1000,
        share: float = 1.0,
        oidc: Oidc | None = None,
    ) -> None:
        self._app = app
        self._known = known
        self._rate = rate
        self._share = share
        self._oidc = oidc
        self._buckets: dict[str, Bucket] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer why not."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        needed = needed_scope(scope["method"], scope["path"])
        if needed is not None:
            try:
                await self._admit(scope, needed)
            except SizzleError as error:
                problem = answer_problem(error, scope["path"], _headers(error, scope["path"]))
                return await problem(scope, receive, send)
        return await self._app(scope, receive, send)

    async def _admit(self, scope: Scope, needed: keys.Scope) -> None:
        known = self._known.current
        if not known.exist and self._oidc is None:
            return _admit_this_machine(scope)
        caller = await self._caller(known, _credential(scope))
        if not caller.allows(needed):
            raise OutOfScopeError(
                f"The key is not good for {needed}.", fix="use one that has the scope."
            )
        if wait := self._bucket(caller).take(time.monotonic()):
            raise TooManyError(wait)
        scope[CALLER] = caller
        return None

    async def _caller(self, known: Keys, credential: str) -> Key:
        caller = known.find(credential)
        if caller is None and self._oidc is not None and credential:
            caller = self._oidc.held(credential)
            if caller is None:
                caller = await asyncio.to_thread(self._oidc.check, credential)
        if caller is None:
            raise UnauthorizedError(
                "There is no key in the request, or none that holds.",
                fix="send `Authorization: Bearer <key>`; `sizzle keys create` makes one.",
            )
        return caller

    def _bucket(self, caller: Key) -> Bucket:
        rate = (caller.rate or self._rate) * self._share
        bucket = self._buckets.get(caller.key_id)
        if bucket is None or bucket.rate != rate:
            if len(self._buckets) >= _MOST_BUCKETS:
                self._buckets.clear()
            bucket = Bucket(rate, max(1.0, rate), time.monotonic())
            self._buckets[caller.key_id] = bucket
        return bucket


def _credential(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"authorization" and value[:7].lower() == b"bearer ":
            return str(value[7:].strip().decode("latin-1"))
        if name == b"authorization" and value[:6].lower() == b"basic ":
            return _password(value[6:])
        if name == b"x-api-key":
            return str(value.strip().decode("latin-1"))
    return ""


def _admit_this_machine(scope: Scope) -> None:
    """Let in only who is on this machine, and did not come through a proxy on it."""
    if not is_this_machine(scope):
        raise OutOfScopeError(
            "Nobody has a key yet, so only the service's own machine is answered.",
            fix="open it there with `sizzle keys create NAME --scope reels:read`.",
        )


def _password(value: bytes) -> str:
    """What a browser sends for the key that its user typed as a password, under any name."""
    try:
        return b64decode(value, validate=True).decode("utf-8").partition(":")[2]
    except ValueError:
        return ""


def _headers(error: SizzleError, path: str) -> Mapping[str, str] | None:
    if isinstance(error, UnauthorizedError):
        # Browsers ask for a name and a password, and send them from then on.
        scheme = 'Basic realm="Dynamic Sizzles: your key is the password", charset="UTF-8"'
        return {"www-authenticate": scheme if path.startswith(_PAGES) else "Bearer"}
    if isinstance(error, TooManyError):
        return {"retry-after": str(int(error.wait) + 1)}
    return None
