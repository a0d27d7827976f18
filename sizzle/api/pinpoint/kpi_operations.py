"""Pinpoint's operations on standard metrics of campaigns, journeys and applications."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.http.invalid_request import InvalidRequestError
from sizzle.api.pinpoint.requests import json_response, path_id, require_key
from sizzle.events.event import milliseconds, time_text
from sizzle.outbox.kpis import Kpis
from sizzle.outreach.results.experiment import DAY
from sizzle.outreach.results.kpis import Scope, kpis_of

_DEFAULT_DAYS: Final = 31


@dataclass(frozen=True, slots=True)
class KpiOperations:
    """Operations on metrics.

    Attributes:
        kpis: of the database.
        clock: seconds since 1970.
    """

    kpis: Kpis
    clock: Callable[[], float]

    async def get_campaign_kpi(self, request: Request) -> Response:
        """A metric of a campaign."""
        return await self._get(request, Scope.CAMPAIGN, "CampaignId", "campaign_id")

    async def get_journey_kpi(self, request: Request) -> Response:
        """A metric of a journey."""
        return await self._get(request, Scope.JOURNEY, "JourneyId", "journey_id")

    async def get_application_kpi(self, request: Request) -> Response:
        """A metric of an application: of all its campaigns, or its transactional messages."""
        return await self._get(request, Scope.APPLICATION)

    async def _get(
        self, request: Request, scope: Scope, field: str = "", parameter: str = ""
    ) -> Response:
        require_key(request)
        app, name = path_id(request, "application_id"), path_id(request, "kpi_name")
        known = kpis_of(scope)
        if name not in known:
            raise InvalidRequestError(
                f"kpi-name: There is no metric {name[:100]!r} of {scope.value}s here.",
                fix=f"use one of: {', '.join(known)}.",
            )
        source_id = path_id(request, parameter) if parameter else ""
        start, end = self._range(request)
        read = self.kpis.read
        rows = await asyncio.to_thread(read, known[name], scope, app, source_id, start, end)
        content: dict[str, Any] = {
            "ApplicationId": app,
            **({field: source_id} if field else {}),
            "EndTime": time_text(end),
            "KpiName": name,
            "KpiResult": {"Rows": rows},
            "StartTime": time_text(start),
        }
        # The operation's payload is the object itself; its name is that of the shape.
        return json_response(content, 200)

    def _range(self, request: Request) -> tuple[int, int]:
        """The first and the last moment, by default of 31 days. Raises InvalidRequestError."""
        now = int(self.clock() * 1000)
        start, end = _time(request, "start-time"), _time(request, "end-time")
        last = now if end is None else end
        first = last - _DEFAULT_DAYS * DAY if start is None else start
        if first > last:
            raise InvalidRequestError(
                "start-time: It is after end-time.", fix="exchange them, or leave one out."
            )
        return first, last


def _time(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is None:
            raise ValueError
        return milliseconds(time)
    except ValueError:
        raise InvalidRequestError(
            f"{name}: {text[:60]!r} is not a time with its zone.",
            fix="write it as 2026-12-01T20:00:00Z.",
        ) from None
