"""The way to the OpenID Connect provider, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sizzle.accounts import SignInMethod
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.cookies import (
    SESSION_COOKIE,
    host_of,
    read_cookie,
    remove_cookie,
    set_cookie,
)
from sizzle.api.auth.oidc_sign_in import OidcSignIn, ProviderPerson, ProviderSignInError
from sizzle.api.auth.route_access import PUBLIC
from sizzle.api.design import Pages
from sizzle.api.sign_in.next_page import FRONT, next_page
from sizzle.api.sign_in.people import People
from sizzle.api.sign_in.privacy import check_private

_COOKIE: Final = "provider"
_SECONDS: Final = 600
_BACK: Final = "/sign-in/provider/back"


def provider_routes(pages: Pages, people: People, provider: OidcSignIn) -> APIRouter:
    """The way there and back. Both only show pages or lead on, so they need no token."""
    endpoints = _ProviderEndpoints(pages, people, provider)
    router = pages.router("")
    router.get("/sign-in/provider", dependencies=[PUBLIC])(endpoints.begin)
    router.get(_BACK, dependencies=[PUBLIC])(endpoints.finish)
    return router


@dataclass(frozen=True)
class _ProviderEndpoints:
    pages: Pages
    people: People
    provider: OidcSignIn

    def begin(
        self,
        request: Request,
        next: Annotated[str, Query(max_length=2000)] = FRONT,  # noqa: A002
    ) -> Response:
        """Send the browser to the provider."""
        check_private(request)
        address, kept = self.provider.begin(_back(request), next_page(next), self.people.now())
        response = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
        set_cookie(response, request.scope, _COOKIE, kept, _SECONDS)
        return response

    def finish(self, request: Request) -> Response:
        """Begin a session for whom the provider let in."""
        check_private(request)
        kept = read_cookie(request.scope, _COOKIE)
        query = dict(request.query_params)
        person = self.provider.finish(_back(request), query, kept, self.people.now())
        token = self._begin(request, person)
        response = self.pages.see(request, next_page(person.next_path))
        set_cookie(response, request.scope, SESSION_COOKIE, token)
        remove_cookie(response, request.scope, _COOKIE)
        return response

    def _begin(self, request: Request, person: ProviderPerson) -> str:
        """The token of a session. Raises ProviderSignInError: they may do nothing here."""
        user = self.people.users.find(person.address) if person.address else None
        scopes = tuple(scope for scope in ApiScope if scope in person.scopes)
        if user is not None and user.disabled is not None:
            raise ProviderSignInError("Your account here is disabled.", fix="ask whoever runs it.")
        if user is None and not scopes:
            who = person.address or person.subject[:100]
            raise ProviderSignInError(
                f"You are {who} there, but may do nothing here yet.",
                fix=f"have it given: `sizzle users create {who} --no-password --scope …`.",
            )
        return self.people.begin(
            request,
            SignInMethod.PROVIDER,
            person.subject,
            address=user.address if user is not None else "",
            name=person.name or person.address,
            scopes=scopes,
        )


def _back(request: Request) -> str:
    return f"{request.scope['scheme']}://{host_of(request.scope)}{_BACK}"
