"""Routes of reports: what campaigns, journeys and all outreach brought."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.route_access import requires
from sizzle.api.http.json_body import JSON
from sizzle.api.http.problems import problem_responses
from sizzle.api.outreach_service.sending import SendingService
from sizzle.errors import NotFoundError
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outbox.outreach_exports import export_csv
from sizzle.outreach.results.report import ALL, OutreachReport
from sizzle.outreach.results.table import report_csv
from sizzle.outreach_charts import ReportChart, report_charts

_CSV: Final = "text/csv; charset=utf-8"
_SVG: Final = "image/svg+xml"
_CHUNK: Final = 64 * 1024  # characters that are sent at once

_SourceId = Annotated[
    str,
    Path(
        max_length=MAX_ID_LENGTH,
        pattern=PRINTABLE,
        description="Of a campaign or journey; `all:2026-Q4` for all outreach of a quarter, "
        "`all:` for that of the present one.",
    ),
]
_ChartName = Annotated[str, Path(max_length=60)]


class ChartResponse(BaseModel):
    """A chart with its table; the picture is to be put into a page as it is."""

    name: str
    title: str
    picture: str
    columns: list[str]
    rows: list[list[str]]


def report_routes(service: SendingService) -> APIRouter:
    """Reports, their charts, and exports of any length."""
    endpoints = _ReportEndpoints(service)
    router = APIRouter(
        prefix="/v1/outreach/reports/{source_id}",
        tags=["outreach"],
        dependencies=[requires(ApiScope.OUTREACH_READ)],
    )
    problems = problem_responses(404, 422)
    router.get(
        "",
        response_model=OutreachReport,
        responses={200: {"content": {"text/csv": {}}}, **problems},
    )(endpoints.get_report)
    router.get("/charts", response_model=list[ChartResponse], responses=problems)(
        endpoints.get_charts
    )
    for path, endpoint, media_type in (
        ("/charts/{name}.svg", endpoints.get_chart, _SVG),
        ("/sends.csv", endpoints.export_sends, "text/csv"),
        ("/members.csv", endpoints.export_members, "text/csv"),
    ):
        described = {200: {"content": {media_type: {}}}, **problems}
        router.get(path, responses=described, response_class=Response)(endpoint)
    return router


@dataclass(frozen=True, slots=True)
class _ReportEndpoints:
    service: SendingService

    async def get_report(
        self,
        source_id: _SourceId,
        format: Literal["json", "csv"] = "json",  # noqa: A002 - the parameter's name
    ) -> Response:
        """What was sent, what became of it, and how much more members watch than without."""
        report = await self._read(source_id)
        if format == "csv":
            return Response("".join(report_csv(report)), media_type=_CSV)
        return Response(report.model_dump_json(), media_type=JSON)

    async def get_charts(self, source_id: _SourceId) -> list[ChartResponse]:
        """The charts of the report, each with the table of what it shows."""
        charts = report_charts(await self._read(source_id))
        return [_response(chart) for chart in charts]

    async def get_chart(self, source_id: _SourceId, name: _ChartName) -> Response:
        """One chart, as a picture."""
        charts = report_charts(await self._read(source_id))
        found = next((chart for chart in charts if chart.name == name), None)
        if found is None:
            known = ", ".join(chart.name for chart in charts)
            raise NotFoundError(f"There is no chart {name[:60]!r}.", fix=f"use one of {known}.")
        return Response(found.picture, media_type=_SVG)

    async def export_sends(self, source_id: _SourceId) -> Response:
        """Each send and what became of it, as CSV of any length."""
        return await self._export(source_id, "sends")

    async def export_members(self, source_id: _SourceId) -> Response:
        """Each member as assigned, and what they watched, as CSV of any length."""
        return await self._export(source_id, "members")

    async def _export(self, source_id: str, kind: str) -> Response:
        lines = await asyncio.to_thread(export_csv, self.service.database, source_id, kind)
        return StreamingResponse(_chunks(lines), media_type=_CSV)

    async def _read(self, source_id: str) -> OutreachReport:
        reports, now = self.service.reports, self.service.now
        if source_id.startswith(ALL):
            quarter = source_id.removeprefix(ALL) or None
            return await asyncio.to_thread(reports.of_all, now, quarter)
        return await asyncio.to_thread(reports.of, source_id, now)


def _response(chart: ReportChart) -> ChartResponse:
    return ChartResponse(
        name=chart.name,
        title=chart.title,
        picture=chart.picture,
        columns=list(chart.columns),
        rows=[list(row) for row in chart.rows],
    )


def _chunks(lines: Iterable[str]) -> Iterator[str]:
    """Lines, many at once: each chunk costs as much as a thousand lines."""
    some: list[str] = []
    size = 0
    for line in lines:
        some.append(line)
        size += len(line)
        if size >= _CHUNK:
            yield "".join(some)
            some, size = [], 0
    yield "".join(some)
