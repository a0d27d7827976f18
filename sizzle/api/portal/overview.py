"""The first page of the desk: what there is, what runs, and what waits for somebody.

It is also the example of a page: `overview_pages` makes the router, `_OverviewPages` has a method
for each page, which reads what the page shows and renders a template of `templates/overview`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.portal.desk import Desk
from sizzle.outbox.overview import overview

_JOBS: Final = 8


def overview_pages(desk: Desk) -> APIRouter:
    """The pages of the overview."""
    pages = _OverviewPages(desk)
    router = desk.pages.router("/outreach", ApiScope.OUTREACH_READ)
    router.add_api_route("", pages.overview)
    return router


@dataclass(frozen=True, slots=True)
class _OverviewPages:
    desk: Desk

    def overview(self, request: Request) -> Response:
        """What there is, what runs, and what waits for somebody."""
        found = overview(self.desk.sending.database)
        jobs = [job.view() for job in self.desk.members.jobs.newest(_JOBS)]
        return self.desk.pages.page(request, "overview/overview.html", overview=found, jobs=jobs)
