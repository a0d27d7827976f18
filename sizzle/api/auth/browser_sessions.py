"""Finds the callers of requests that carry the cookie of a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.types import Scope

from sizzle.accounts import Session, Sessions, SignInMethod
from sizzle.api.auth.api_keys import ApiKey, ApiKeys, ApiScope
from sizzle.api.auth.cookies import SESSION_COOKIE, is_private, read_cookie
from sizzle.api.auth.same_origin import ForeignPageError, is_same_origin

SESSION: Final = "sizzle.session"
"""In the ASGI scope of a request with a session: the `Session`."""

_SAFE: Final = ("GET", "HEAD", "OPTIONS")


class BrowserSessions:
    """The sessions of browsers.

    Args:
        sessions: of the database.
        clock: seconds since 1970.
    """

    def __init__(self, sessions: Sessions, clock: Callable[[], float]) -> None:
        self.sessions = sessions
        self._clock = clock

    def now(self) -> int:
        """Milliseconds since 1970."""
        return int(self._clock() * 1000)

    def find(self, scope: Scope) -> Session | None:
        """The session that a request's cookie names. Raises DatabaseUnavailableError."""
        token = read_cookie(scope, SESSION_COOKIE)
        if not token or not is_private(scope):
            return None
        return self.sessions.find(token, self.now())

    def caller(self, scope: Scope, keys: ApiKeys) -> ApiKey | None:
        """Whoever has the session of a request, which is noted in its scope.

        Raises:
            ForeignPageError: a page of another site made the request, which may change something.
            DatabaseUnavailableError: the database cannot be read.
        """
        session = self.find(scope)
        caller = caller_of_session(session, keys) if session is not None else None
        if caller is None:
            return None
        if scope["method"] not in _SAFE and not is_same_origin(scope):
            raise ForeignPageError(
                "A page of another site made this request.", fix="use the service's own page."
            )
        scope[SESSION] = session
        return caller


def caller_of_session(session: Session, keys: ApiKeys) -> ApiKey | None:
    """Whoever has a session, as API keys are; None where it was of a key that is revoked."""
    if session.method is SignInMethod.KEY:
        key = keys.keys.get(session.subject)
        return key if key is not None and key.revoked is None else None
    scopes = tuple(scope for scope in ApiScope if scope in session.scopes)
    return ApiKey(person_id(session), session.name, "", scopes, None, session.created / 1000)


def person_id(session: Session) -> str:
    """Who somebody is in records: the same person, however they sign in."""
    if session.address:
        return f"user:{session.address}"
    return f"oidc:{session.subject}"[:100]
