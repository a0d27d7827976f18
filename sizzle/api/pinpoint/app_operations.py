"""Pinpoint's operations on applications."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.http.invalid_request import InvalidRequestError
from sizzle.api.pinpoint.requests import json_response, path_id, read_body, require_key
from sizzle.api.pinpoint.service import PinpointService
from sizzle.errors import NotFoundError
from sizzle.events.event import time_text
from sizzle.events.explained import explained
from sizzle.events.sent import Id, Name, Value
from sizzle.outbox import App

_MAX_BYTES: Final = 2**16
_MAX_PAGE: Final = 100


class _NewApp(msgspec.Struct, frozen=True):
    name: Id = msgspec.field(name="Name")
    tags: Annotated[dict[Name, Value], Meta(max_length=50)] | None = None


@dataclass(frozen=True, slots=True)
class AppOperations:
    """Operations on applications."""

    service: PinpointService

    async def create_app(self, request: Request) -> Response:
        """Create an application with a new id."""
        require_key(request)
        body = await read_body(request, _MAX_BYTES)
        try:
            new = msgspec.convert(body, _NewApp)
        except msgspec.ValidationError as error:
            raise InvalidRequestError(explained(error)) from None
        app = App(secrets.token_hex(16), new.name, new.tags or {}, self.service.now)
        await asyncio.to_thread(self.service.apps.create, app)
        return json_response(_wire(app), 201)

    async def get_app(self, request: Request) -> Response:
        """An application that was created, or that a request has named."""
        require_key(request)
        app = path_id(request, "application_id")
        found = await asyncio.to_thread(self.service.apps.find, app)
        if found is None:
            raise NotFoundError(f"There is no application {app!r}.")
        return json_response(_wire(found), 200)

    async def get_apps(self, request: Request) -> Response:
        """All of them, in pages."""
        require_key(request)
        size = request.query_params.get("page-size", str(_MAX_PAGE))
        if not (size.isdecimal() and len(size) < 9 and int(size) > 0):
            raise InvalidRequestError("page-size: Expected a whole number above 0.")
        limit = min(int(size), _MAX_PAGE)
        after = request.query_params.get("token", "")
        found = await asyncio.to_thread(self.service.apps.page, after, limit + 1)
        page: dict[str, Any] = {"Item": [_wire(app) for app in found[:limit]]}
        if len(found) > limit:
            page["NextToken"] = found[limit - 1].app
        return json_response(page, 200)


def _wire(app: App) -> dict[str, Any]:
    return {
        "Id": app.app,
        "Arn": f"arn:aws:mobiletargeting:us-east-1:000000000000:apps/{app.app}",
        "Name": app.name,
        "CreationDate": time_text(app.created),
        "tags": dict(app.tags),
    }
