"""Reports: what a campaign, a journey, or all outreach of a quarter brought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.portal.desk import Desk
from sizzle.errors import NotFoundError
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outreach.results.report import ALL, OutreachReport
from sizzle.outreach_charts import report_charts

_MEASURES: Final = {
    "plays": "Played what is promoted",
    "minutes": "Minutes of what is promoted, a member",
    "all_minutes": "Minutes of anything, a member",
}
_STEPS: Final = (
    ("sends", "Planned"),
    ("skipped", "Skipped"),
    ("sent", "Sent"),
    ("delivered", "Delivered"),
    ("opened_by_people", "Opened by people"),
    ("clicked_by_people", "Clicked by people"),
    ("reel_played", "Reel played"),
    ("title_started", "Title started"),
    ("unsubscribed", "Unsubscribed"),
)
_SourceId = Annotated[str, Path(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]


def report_pages(desk: Desk) -> APIRouter:
    """The pages of reports."""
    pages = _ReportPages(desk)
    router = desk.pages.router("/outreach/reports", ApiScope.OUTREACH_READ)
    router.add_api_route("", pages.all_outreach)
    router.add_api_route("/{source_id}", pages.report)
    router.add_api_route("/{source_id}/charts/{name}.svg", pages.chart)
    return router


@dataclass(frozen=True, slots=True)
class _ReportPages:
    desk: Desk

    def all_outreach(
        self, request: Request, quarter: Annotated[str, Query(pattern=r"^(\d{4}-Q[1-4])?$")] = ""
    ) -> Response:
        """All outreach of a quarter against the members whom nothing writes to."""
        try:
            return self._page(request, f"{ALL}{quarter}")
        except NotFoundError as error:
            return self.desk.pages.page(request, "reports/none.html", error=error)

    def report(self, request: Request, source_id: _SourceId) -> Response:
        """What a campaign or a journey brought."""
        return self._page(request, source_id)

    def chart(self, source_id: _SourceId, name: Annotated[str, Path(max_length=60)]) -> Response:
        """A chart of a report, as a picture."""
        for chart in report_charts(self._read(source_id)):
            if chart.name == name:
                headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
                return Response(chart.picture, media_type="image/svg+xml", headers=headers)
        raise NotFoundError(f"There is no chart {name!r}.", fix="open the report.")

    def _page(self, request: Request, source_id: str) -> Response:
        report = self._read(source_id)
        return self.desk.pages.page(
            request,
            "reports/report.html",
            report=report,
            source_id=source_id,
            charts=report_charts(report),
            # In the page, so that its texts have the colour of those around them.
            drawn=Markup,
            measures=_MEASURES,
            steps=_STEPS,
            dimensions=(
                ("Treatment", report.treatments),
                ("Channel", report.channels),
                ("Language", report.languages),
                ("Reason", report.reasons),
            ),
        )

    def _read(self, source_id: str) -> OutreachReport:
        reports, now = self.desk.sending.reports, self.desk.sending.now
        if source_id.startswith(ALL):
            return reports.of_all(now, source_id.removeprefix(ALL) or None)
        return reports.of(source_id, now)
