"""The route of figures."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from sizzle import cadence as cadences
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.route_access import requires
from sizzle.api.engagement.service import EngagementService
from sizzle.api.http.json_body import JSON
from sizzle.api.http.problems import problem_responses
from sizzle.engagement.period import UTC_NAME, Period
from sizzle.engagement.report import Report
from sizzle.engagement.table import to_csv
from sizzle.eventlog.engagement import Filters
from sizzle.eventlog.engagement_report import parse_weights, read_report
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.reel.ids import MAX_LENGTH

CSV: Final = "text/csv; charset=utf-8"

_MAX_WEIGHTS: Final = 2000
_Id = Annotated[str, Query(min_length=1, max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
_Cadence = Annotated[str, Query(min_length=1, max_length=cadences.MAX_LENGTH, pattern=PRINTABLE)]
_Time = Annotated[
    str,
    Query(
        max_length=40,
        description="A date, from its midnight in the zone, or a time such as "
        "`2026-11-30T18:00:00Z`.",
    ),
]


def engagement_routes(service: EngagementService) -> APIRouter:
    """Figures of reels and messages."""
    endpoints = _EngagementEndpoints(service)
    router = APIRouter(prefix="/v1", tags=["metrics"])
    router.get(
        "/metrics",
        response_model=Report,
        responses={200: {"content": {"text/csv": {}}}, **problem_responses(400, 404, 422)},
        dependencies=[requires(ApiScope.METRICS_READ)],
    )(endpoints.get_metrics)
    return router


@dataclass(frozen=True, slots=True)
class _EngagementEndpoints:
    service: EngagementService

    async def get_metrics(
        self,
        asset: _Id | None = None,
        cadence: _Cadence | None = None,
        treatment: Annotated[
            str | None,
            Query(
                max_length=MAX_ID_LENGTH,
                pattern=PRINTABLE,
                description="Empty for reels without one.",
            ),
        ] = None,
        reel: Annotated[
            str | None,
            Query(max_length=MAX_LENGTH, pattern=PRINTABLE, description="The id of a reel."),
        ] = None,
        start: Annotated[_Time | None, Query(alias="from")] = None,
        end: Annotated[_Time | None, Query(alias="to", description="Not part of it.")] = None,
        zone: Annotated[
            str, Query(max_length=100, description="Of dates, such as `Europe/Paris`.")
        ] = UTC_NAME,
        campaign: Annotated[
            _Id | None, Query(description="Only messages of this campaign or journey.")
        ] = None,
        activity: Annotated[
            _Id | None, Query(description="Only messages of this activity.")
        ] = None,
        baseline: Annotated[
            str | None,
            Query(max_length=MAX_ID_LENGTH, description="The treatment to compare others with."),
        ] = None,
        weights: Annotated[
            str | None,
            Query(
                max_length=_MAX_WEIGHTS,
                description="The planned shares of treatments, such as `a=1,b=1`; by default "
                "those of the service's experiment.",
            ),
        ] = None,
        format: Literal["json", "csv"] = "json",  # noqa: A002 - the parameter's name
    ) -> Response:
        """What was shown and seen, by asset, cadence, treatment, title and cut; and messages.

        Reels are counted by when they were shown, with all that has become of them by now.
        """
        filters = Filters(
            Period.parse(start, end, zone), asset, cadence, treatment, reel, campaign, activity
        )
        treatments = self.service.treatments.current
        planned = treatments.planned() if weights is None else parse_weights(weights)
        report = await asyncio.to_thread(
            read_report, self.service.log, filters, zone, baseline, planned
        )
        if format == "csv":
            return Response(to_csv(report), media_type=CSV)
        return Response(report.model_dump_json(), media_type=JSON)
