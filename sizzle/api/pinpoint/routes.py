"""The routes of Pinpoint's API. AWS's own models describe them, so that OpenAPI need not."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, Final, NamedTuple

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.route_access import requires_key_or_signature
from sizzle.api.http.problems import problem_response
from sizzle.api.pinpoint.app_operations import AppOperations
from sizzle.api.pinpoint.kpi_operations import KpiOperations
from sizzle.api.pinpoint.middleware import ROOTS
from sizzle.api.pinpoint.operations import EventOperations
from sizzle.api.pinpoint.service import PinpointService
from sizzle.errors import SizzleError
from sizzle.outbox.kpis import Kpis

_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_APP: Final = "/v1/apps/{application_id}"
_ENDPOINT: Final = _APP + "/endpoints/{endpoint_id}"
_USER: Final = _APP + "/users/{user_id}"

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class MethodNotAllowedError(SizzleError):
    """An operation of Pinpoint that is not served here."""

    status: ClassVar[int] = 405
    slug: ClassVar[str] = "method-not-allowed"
    title: ClassVar[str] = "Method Not Allowed"


class _Operation(NamedTuple):
    name: str
    method: str
    path: str
    handler: _Handler


def pinpoint_routes(service: PinpointService, kpis: Kpis | None = None) -> APIRouter:
    """The operations that applications call, and metrics; all others are refused by name.

    Args:
        service: what the operations do.
        kpis: has the metrics; without it, they are refused too.
    """
    applications, metrics = _operations(service), _kpi_operations(service, kpis)
    operations = (*applications, *metrics)
    access = requires_key_or_signature(ApiScope.EVENTS_WRITE)
    router = APIRouter(include_in_schema=False)
    for some, needed in (
        (applications, access),
        (metrics, requires_key_or_signature(ApiScope.OUTREACH_READ)),
    ):
        for operation in some:
            router.add_api_route(
                operation.path,
                operation.handler,
                methods=[operation.method],
                name=operation.name,
                dependencies=[needed],
            )
    names = ", ".join(operation.name for operation in operations)

    async def refuse(request: Request) -> Response:
        method, path = request.method, request.url.path
        allowed = sorted(
            operation.method for operation in operations if _matches(operation.path, path)
        )
        error = MethodNotAllowedError(
            f"{method} {path[:200]} is not served here.", fix=f"use one of: {names}."
        )
        return problem_response(error, path, {"Allow": ", ".join(allowed)})

    for root in ROOTS:
        for path in (root, root + "/{rest:path}"):
            router.add_api_route(
                path, refuse, methods=list(_METHODS), name="refuse", dependencies=[access]
            )
    return router


def _kpi_operations(service: PinpointService, kpis: Kpis | None) -> tuple[_Operation, ...]:
    if kpis is None:
        return ()
    operations = KpiOperations(kpis, service.clock)
    names = (
        ("GetCampaignDateRangeKpi", "/campaigns/{campaign_id}", operations.get_campaign_kpi),
        ("GetJourneyDateRangeKpi", "/journeys/{journey_id}", operations.get_journey_kpi),
        ("GetApplicationDateRangeKpi", "", operations.get_application_kpi),
    )
    end = "/kpis/daterange/{kpi_name}"
    return tuple(
        _Operation(name, "GET", f"{_APP}{path}{end}", handler) for name, path, handler in names
    )


def _operations(service: PinpointService) -> tuple[_Operation, ...]:
    events, apps = EventOperations(service), AppOperations(service)
    batch = _APP + "/endpoints"
    return (
        _Operation("PutEvents", "POST", _APP + "/events", events.put_events),
        _Operation("UpdateEndpoint", "PUT", _ENDPOINT, events.update_endpoint),
        _Operation("UpdateEndpointsBatch", "PUT", batch, events.update_endpoints_batch),
        _Operation("GetEndpoint", "GET", _ENDPOINT, events.get_endpoint),
        _Operation("DeleteEndpoint", "DELETE", _ENDPOINT, events.delete_endpoint),
        _Operation("GetUserEndpoints", "GET", _USER, events.get_user_endpoints),
        _Operation("DeleteUserEndpoints", "DELETE", _USER, events.delete_user_endpoints),
        _Operation("CreateApp", "POST", "/v1/apps", apps.create_app),
        _Operation("GetApp", "GET", _APP, apps.get_app),
        _Operation("GetApps", "GET", "/v1/apps", apps.get_apps),
    )


def _matches(pattern: str, path: str) -> bool:
    parts, found = pattern.split("/"), path.split("/")
    return len(parts) == len(found) and all(
        part == other or ("{" in part and other != "")
        for part, other in zip(parts, found, strict=True)
    )
