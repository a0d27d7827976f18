"""Pinpoint's operations on events and endpoints."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.http.invalid_request import InvalidRequestError
from sizzle.api.pinpoint.items import member_objection
from sizzle.api.pinpoint.requests import (
    GrantError,
    accepted,
    grant_of,
    json_response,
    path_id,
    read_body,
    require_allowed,
    require_key,
)
from sizzle.api.pinpoint.service import PinpointService
from sizzle.api.pinpoint.wire import as_object
from sizzle.errors import NotFoundError
from sizzle.events.event import time_text
from sizzle.events.sent import Id
from sizzle.outbox import Endpoint, EndpointFields, InvalidEndpointError

MAX_BATCH_BYTES: Final = 7 * 2**20
"""Of `UpdateEndpointsBatch`, which takes the largest bodies."""

_MAX_EVENT_BYTES: Final = 4 * 2**20
_MAX_ENDPOINTS: Final = 100  # of one batch


@dataclass(frozen=True, slots=True)
class EventOperations:
    """Operations on events and endpoints."""

    service: PinpointService

    async def put_events(self, request: Request) -> Response:
        """Record events of endpoints, and update these."""
        app = path_id(request, "application_id")
        require_allowed(request, app, None)
        body = await read_body(request, _MAX_EVENT_BYTES)
        batch_item = as_object(body.get("BatchItem"), "BatchItem")
        results = await self.service.put_events(app, batch_item, grant_of(request))
        return json_response({"Results": results}, 202)

    async def update_endpoint(self, request: Request) -> Response:
        """Create an endpoint, or change what the request says of it."""
        app, endpoint_id = _ids(request)
        fields = _fields(request, await read_body(request, MAX_BATCH_BYTES))
        await self._update(app, {endpoint_id: fields})
        return accepted()

    async def update_endpoints_batch(self, request: Request) -> Response:
        """Create or change up to 100 endpoints: all of them, or none where one is not valid."""
        app = path_id(request, "application_id")
        require_allowed(request, app, None)
        body = await read_body(request, MAX_BATCH_BYTES)
        items = body.get("Item")
        if not isinstance(items, list) or len(items) > _MAX_ENDPOINTS:
            raise InvalidRequestError(
                "Item: Expected an array of endpoints.", fix=f"send at most {_MAX_ENDPOINTS}."
            )
        updates: dict[str, EndpointFields] = {}
        for number, item in enumerate(items):
            endpoint_id, fields = _batch_item(request, number, item)
            if endpoint_id in updates:
                raise InvalidEndpointError(f"Item[{number}].Id: {endpoint_id!r} is there twice.")
            updates[endpoint_id] = fields
        await self._update(app, updates)
        return accepted()

    async def get_endpoint(self, request: Request) -> Response:
        """What is known of an endpoint."""
        app, endpoint_id = _ids(request)
        found = await asyncio.to_thread(self.service.endpoints.find, app, [endpoint_id])
        endpoint = found.get(endpoint_id)
        if endpoint is None or endpoint.deleted is not None:
            raise _not_found("endpoint", endpoint_id)
        return json_response(_wire(endpoint), 200)

    async def delete_endpoint(self, request: Request) -> Response:
        """Forget an endpoint."""
        app, endpoint_id = _ids(request)
        deleted = await self._delete(app, [endpoint_id])
        if not deleted:
            raise _not_found("endpoint", endpoint_id)
        return json_response(_wire(deleted[0]), 202)

    async def get_user_endpoints(self, request: Request) -> Response:
        """The endpoints of a user, who is a member here."""
        endpoints = await self._of_user(request)
        return json_response({"Item": [_wire(endpoint) for endpoint in endpoints]}, 200)

    async def delete_user_endpoints(self, request: Request) -> Response:
        """Forget all endpoints of a user."""
        endpoints = await self._of_user(request)
        await self._delete(endpoints[0].app, [endpoint.endpoint_id for endpoint in endpoints])
        return json_response({"Item": [_wire(endpoint) for endpoint in endpoints]}, 202)

    async def _update(self, app: str, updates: dict[str, EndpointFields]) -> None:
        """Raises InvalidEndpointError: an endpoint could not take its update; others did."""
        outcomes = await self.service.update(app, updates)
        for endpoint_id, outcome in outcomes.items():
            if isinstance(outcome, InvalidEndpointError):
                if len(updates) == 1:
                    raise outcome
                raise InvalidEndpointError(f"{endpoint_id}: {outcome.what}")

    async def _delete(self, app: str, ids: list[str]) -> list[Endpoint]:
        return await asyncio.to_thread(self.service.endpoints.delete, app, ids, self.service.now)

    async def _of_user(self, request: Request) -> list[Endpoint]:
        """Raises NotFoundError: the user has none."""
        require_key(request)
        app, user_id = path_id(request, "application_id"), path_id(request, "user_id")
        found = await asyncio.to_thread(self.service.endpoints.of_member, user_id, app)
        if not found:
            raise _not_found("user", user_id)
        return found


def _ids(request: Request) -> tuple[str, str]:
    app, endpoint_id = path_id(request, "application_id"), path_id(request, "endpoint_id")
    require_allowed(request, app, endpoint_id)
    return app, endpoint_id


def _fields(request: Request, value: Any) -> EndpointFields:  # noqa: ANN401 - any JSON
    """Raises InvalidEndpointError and GrantError."""
    fields = EndpointFields.read(value)
    if objection := member_objection(fields, grant_of(request)):
        raise GrantError(objection)
    return fields


def _batch_item(request: Request, number: int, item: Any) -> tuple[str, EndpointFields]:  # noqa: ANN401
    where = f"Item[{number}]"
    try:
        endpoint_id = msgspec.convert(as_object(item, where).get("Id"), Id)
        require_allowed(request, path_id(request, "application_id"), endpoint_id)
        return endpoint_id, _fields(request, item)
    except msgspec.ValidationError as error:
        raise InvalidEndpointError(f"{where}.Id: {error}.") from None
    except InvalidEndpointError as error:
        raise InvalidEndpointError(f"{where}.{error.what}") from None


def _not_found(kind: str, name: str) -> NotFoundError:
    return NotFoundError(f"There is no {kind} {name[:100]!r}.")


def _wire(endpoint: Endpoint) -> dict[str, Any]:
    """As clients read it; Pinpoint says of each endpoint that it is active, and not opted out."""
    updated = time_text(endpoint.updated)
    return {
        "ApplicationId": endpoint.app,
        "Id": endpoint.endpoint_id,
        "CreationDate": time_text(endpoint.created),
        "EffectiveDate": updated,
        "EndpointStatus": "ACTIVE",
        "OptOut": "NONE",
        **msgspec.to_builtins(endpoint.fields),
    }
