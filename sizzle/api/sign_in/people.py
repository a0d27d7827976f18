"""What signing in stands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from sizzle.accounts import Attempts, SignInMethod, User, Users
from sizzle.api.auth.api_keys import ApiKey, ApiKeys
from sizzle.api.auth.browser_sessions import SESSION, BrowserSessions, caller_of_session
from sizzle.api.auth.caller import CALLER
from sizzle.api.auth.cookies import SESSION_COOKIE, read_cookie
from sizzle.api.auth.oidc_sign_in import OidcSignIn
from sizzle.reloading import Reloadable


@dataclass(frozen=True)
class People:
    """Who may sign in, and who has.

    Attributes:
        users: with passwords.
        attempts: the brake on guessing.
        browsers: the sessions.
        keys: the API keys, which may be signed in with too.
        clock: seconds since 1970.
        provider: an OpenID Connect provider that people sign in with.
    """

    users: Users
    attempts: Attempts
    browsers: BrowserSessions
    keys: Reloadable[ApiKeys]
    clock: Callable[[], float]
    provider: OidcSignIn | None = None

    def now(self) -> int:
        """Milliseconds since 1970."""
        return int(self.clock() * 1000)

    def by_password(self, address: str, password: str, client: str) -> User | None:
        """The user of an address and password, or None.

        Raises:
            TooManyAttemptsError: too many failed before.
            DatabaseUnavailableError: the database cannot be used.
        """
        self.attempts.begin(address, client, self.now())
        user = self.users.signed_in(address, password)
        if user is not None:
            self.attempts.succeeded(address, client)
        return user

    def by_key(self, key: str, client: str) -> ApiKey | None:
        """An API key that is valid, or None. Raises as `by_password`."""
        self.attempts.begin("", client, self.now())
        found = self.keys.current.find(key.strip())
        if found is not None:
            self.attempts.succeeded("", client)
        return found

    def begin(
        self,
        request: Request,
        method: SignInMethod,
        subject: str,
        *,
        address: str = "",
        name: str = "",
        scopes: tuple[str, ...] = (),
    ) -> str:
        """Begin a session in place of the browser's last one; returns its token."""
        return self.browsers.sessions.begin(
            method,
            subject,
            self.now(),
            address=address,
            name=name,
            scopes=scopes,
            replaces=read_cookie(request.scope, SESSION_COOKIE),
        )

    def enter(self, request: Request, token: str) -> None:
        """Answer a request as one of the session that it has just begun."""
        session = self.browsers.sessions.find(token, self.now())
        if session is not None:
            request.scope[SESSION] = session
            request.scope[CALLER] = caller_of_session(session, self.keys.current)


def client_of(request: Request) -> str:
    """The network address that a request comes from."""
    return request.client.host if request.client is not None else ""
