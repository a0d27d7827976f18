"""The routes of signing in and out, and of one's own account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, Query
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from sizzle.accounts import Session, SignInMethod, TooManyAttemptsError, check_password
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.browser_sessions import SESSION
from sizzle.api.auth.cookies import (
    FORM_COOKIE,
    SESSION_COOKIE,
    remove_cookie,
    set_cookie,
)
from sizzle.api.auth.route_access import PUBLIC, requires
from sizzle.api.design import Pages, Site
from sizzle.api.design.page_route import resend_page
from sizzle.api.sign_in.entry import Entry, entry_page
from sizzle.api.sign_in.next_page import FRONT, kept_page, next_page
from sizzle.api.sign_in.people import People, client_of
from sizzle.api.sign_in.privacy import check_private
from sizzle.api.sign_in.provider import provider_routes
from sizzle.errors import InputError, SizzleError

ANYBODY: Final = tuple(ApiScope)
"""One of these is enough: whoever is signed in has one."""

_MAX_FORM: Final = 2**20
_WRONG: Final = "The address and the password do not belong together, or the account is disabled."
_WRONG_KEY: Final = "This is no API key of this service, or it is revoked."
_Text = Annotated[str, Form(max_length=2000)]


def sign_in_routes(site: Site, people: People) -> Iterator[APIRouter]:
    """Signing in and out, and one's own account."""
    pages = site.pages("sizzle.api.sign_in")
    endpoints = _Endpoints(pages, people)
    router = pages.router("")
    public, signed_in = [PUBLIC], [requires(*ANYBODY)]
    router.get("/sign-in", dependencies=public)(endpoints.enter)
    router.post("/sign-in", dependencies=public)(endpoints.sign_in)
    router.post("/sign-out", dependencies=signed_in)(endpoints.sign_out)
    router.get("/account", dependencies=signed_in)(endpoints.account)
    router.post("/account/password", dependencies=signed_in)(endpoints.change_password)
    yield router
    if people.provider is not None:
        yield provider_routes(pages, people, people.provider)


@dataclass(frozen=True)
class _Endpoints:
    pages: Pages
    people: People

    async def enter(
        self,
        request: Request,
        next: Annotated[str, Query(max_length=2000)] = FRONT,  # noqa: A002
    ) -> Response:
        """The page on which people sign in."""
        check_private(request)
        return self._entry(request, Entry(next_path=next_page(next)))

    async def sign_in(
        self,
        request: Request,
        way: _Text = "password",
        address: _Text = "",
        password: _Text = "",
        key: _Text = "",
        next: _Text = FRONT,  # noqa: A002
        kept_path: _Text = "",
        kept_form: Annotated[str, Form(max_length=_MAX_FORM)] = "",
    ) -> Response:
        """Begin a session, then go on where it was needed."""
        check_private(request)
        entry = Entry(next_page(next), address, "", way, False, kept_page(kept_path), kept_form)
        try:
            if way == "key":
                token = await run_in_threadpool(self._by_key, request, key)
            else:
                token = await run_in_threadpool(self._by_password, request, address, password)
        except TooManyAttemptsError as error:
            return self._entry(request, replace(entry, error=f"{error.what} {error.fix}"), 429)
        if not token:
            wrong = _WRONG_KEY if way == "key" else _WRONG
            return self._entry(request, replace(entry, error=wrong), 401)
        return await run_in_threadpool(self._onwards, request, entry, token)

    async def sign_out(
        self, request: Request, everywhere: Annotated[bool, Form()] = False
    ) -> Response:
        """End the session, or all sessions of whoever has it."""
        session = request.scope.get(SESSION)
        sessions = self.people.browsers.sessions
        if isinstance(session, Session):
            end = sessions.end_all if everywhere else sessions.end
            await run_in_threadpool(end, session)
        what = "You are signed out, everywhere." if everywhere else "You are signed out."
        response = self.pages.see(request, "/sign-in", what)
        for cookie in (SESSION_COOKIE, FORM_COOKIE):
            remove_cookie(response, request.scope, cookie)
        response.headers["Clear-Site-Data"] = '"cache"'
        return response

    async def account(self, request: Request) -> Response:
        """Who one is here, and what one may do."""
        return await self._account(request)

    async def change_password(
        self,
        request: Request,
        old: _Text = "",
        new: _Text = "",
        again: _Text = "",
    ) -> Response:
        """Change one's own password; all other sessions end."""
        session = _own(request)
        client = client_of(request)
        try:
            if new != again:
                raise InputError("The new password was typed in two ways.", fix="type it again.")
            check_password(new, session.address)
            by_password = self.people.by_password
            if await run_in_threadpool(by_password, session.address, old, client) is None:
                raise InputError("The old password is wrong.", fix="type it again.")
        except SizzleError as error:
            return await self._account(request, f"{error.what} {error.fix}", 422)
        await run_in_threadpool(self.people.users.set_password, session.address, new)
        token = await run_in_threadpool(self._begin_for, request, session.address)
        what = "Your password is changed, and your other sessions have ended."
        response = self.pages.see(request, "/account", what)
        set_cookie(response, request.scope, SESSION_COOKIE, token)
        return response

    async def _account(self, request: Request, error: str = "", status: int = 200) -> Response:
        session = request.scope.get(SESSION)
        count = 0
        if isinstance(session, Session):
            sessions = self.people.browsers.sessions
            count = await run_in_threadpool(sessions.count, session, self.people.now())
        return self.pages.page(
            request, "account.html", status, session=session, sessions=count, error=error
        )

    def _by_password(self, request: Request, address: str, password: str) -> str:
        """Begin a session; returns its token, empty where the two do not belong together."""
        user = self.people.by_password(address, password, client_of(request))
        return self._begin_for(request, user.address) if user is not None else ""

    def _begin_for(self, request: Request, address: str) -> str:
        return self.people.begin(request, SignInMethod.PASSWORD, address, address=address)

    def _by_key(self, request: Request, key: str) -> str:
        found = self.people.by_key(key, client_of(request))
        if found is None:
            return ""
        return self.people.begin(request, SignInMethod.KEY, found.key_id, name=found.name)

    def _onwards(self, request: Request, entry: Entry, token: str) -> Response:
        """To the next page; or the form that was kept, to be sent by its sender's own press."""
        if entry.kept_path:
            self.people.enter(request, token)
            fields = parse_qsl(entry.kept_form, keep_blank_values=True)
            response = resend_page(self.pages, request, entry.kept_path, fields)
        else:
            response = self.pages.see(request, entry.next_path)
        set_cookie(response, request.scope, SESSION_COOKIE, token)
        return response

    def _entry(self, request: Request, entry: Entry, status: int = 200) -> Response:
        return entry_page(self.pages, self.people, request, entry, status)


def _own(request: Request) -> Session:
    """The session of somebody who has a password. Raises InputError."""
    session = request.scope.get(SESSION)
    if isinstance(session, Session) and session.method is SignInMethod.PASSWORD:
        return session
    raise InputError("There is no password to change.", fix="sign in with an address.")
