"""The pages, rendered here: they work without a script, and better with one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from ranker import RankerError
from sizzle import cadence
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.same_origin import CallerDependency, this_machine
from sizzle.api.design import Area, Pages, Site
from sizzle.api.editor.asset_page import (
    changes_between,
    figures_of,
    reel_of,
    shown_titles,
)
from sizzle.api.editor.drawing import draw
from sizzle.api.http.parameters import AssetId, JobId
from sizzle.api.ingest_service import IngestService
from sizzle.api.outreach_service import AssetSources
from sizzle.catalog import is_large_change
from sizzle.errors import SizzleError
from sizzle.identifiers import MAX_ID_LENGTH
from sizzle.ingest_jobs import run_job
from sizzle.ingest_jobs.asset_history import history_of
from sizzle.ingest_jobs.job import IngestJob
from sizzle.ingest_jobs.preview import PreviewRequest
from sizzle.ingest_jobs.publish import publish
from sizzle.reel import TimecodeList
from sizzle.reports import ALL_RULES

_MOST_LISTED = 2000  # findings in the table; the downloads have all
_MOST_JOBS = 50
_MOST_ASSETS = 200

_Member = Annotated[str, Query(max_length=MAX_ID_LENGTH)]


AREA: Final = Area(
    "Editor",
    "/editor",
    (ApiScope.WRITE,),
    about="Check a timeline, look at its findings, and publish it as a Mega Asset.",
    icon="editor",
)
"""As the navigation shows it."""


def editor_routes(
    site: Site,
    service: IngestService,
    allow: CallerDependency = this_machine,
    sources: AssetSources | None = None,
) -> Iterator[APIRouter]:
    """The pages at /editor.

    Args:
        site: that they belong to.
        service: where the work is done.
        allow: lets callers in.
        sources: of what the pages of assets show beside the catalog.
    """
    site.add(AREA)
    made = site.pages("sizzle.api.editor", "/editor/static")
    router = made.router("/editor", ApiScope.WRITE)
    router.dependencies.append(Depends(allow))
    pages = EditorPages(made, service, sources or AssetSources())
    router.add_api_route("", pages.start)
    router.add_api_route("/ingests/{ingest_id}", pages.ingest)
    router.add_api_route("/assets/{asset_id}", pages.asset)
    _add_writes(router, pages, Depends(allow))
    yield made.static_routes()
    yield router


def _add_writes(router: APIRouter, pages: EditorPages, caller_of: Any) -> None:  # noqa: ANN401
    @router.post("/ingests")
    async def upload(request: Request, caller: object = caller_of) -> RedirectResponse:
        job = await pages.service.upload(request, str(caller or ""), None)
        return _see(f"ingests/{job.job_id}")

    for path, endpoint in (
        ("/ingests/{ingest_id}/publish", pages.publish),
        ("/ingests/{ingest_id}/discard", pages.discard),
        ("/assets/{asset_id}/rollback", pages.roll_back),
    ):
        router.add_api_route(path, endpoint, methods=["POST"])


class EditorPages:
    """Over one ingest service."""

    def __init__(self, pages: Pages, service: IngestService, sources: AssetSources) -> None:
        self._page = pages.page
        self._sources = sources
        self.service = service

    def start(self, request: Request) -> HTMLResponse:
        """Where a timeline is dropped, and what there is already."""
        jobs = [job.view() for job in self.service.jobs.all()[:_MOST_JOBS]]
        catalog = self.service.catalog
        assets = [catalog.index(asset_id) for asset_id in catalog.assets()[:_MOST_ASSETS]]
        media = self.service.media.names()
        return self._page(request, "start.html", jobs=jobs, assets=assets, media=media)

    def ingest(
        self,
        request: Request,
        ingest_id: JobId,
        member_id: _Member = "",
        plan: Annotated[
            str, Query(alias="cadence", max_length=cadence.MAX_LENGTH)
        ] = cadence.DEFAULT.name,
    ) -> HTMLResponse:
        """One ingest: its progress, its findings, a preview, and what may be done with it."""
        job = self.service.jobs.named(ingest_id)
        view = job.view()
        if view.state in ("queued", "running"):
            return self._page(
                request, "progress.html", job=view, steps=run_job.STEPS, events=job.events.after(0)
            )
        if view.state == "failed":
            return self._page(request, "failed.html", job=view)
        inspection = run_job.recheck(job)
        findings = job.findings
        replaced = self.service.catalog.announced_asset(view.asset_id)
        return self._page(
            request,
            "ingest.html",
            job=view,
            drawing=draw(inspection),
            rate=inspection.timeline.rate,
            start=inspection.timeline.start,
            findings=findings[:_MOST_LISTED],
            left_out=max(0, len(findings) - _MOST_LISTED),
            rules=[ALL_RULES[rule_id] for rule_id in sorted({found["rule"] for found in findings})],
            beds=run_job.beds_of(job, self.service.catalog),
            replaced=replaced.segment if replaced else "",
            large_change=replaced is not None and is_large_change(replaced.clips, view.clips),
            video=job.checked().video,
            cadences=self.service.cadences.current.plans.items(),
            member_id=member_id,
            cadence=plan,
            **self._preview(job, member_id, plan),
        )

    def publish(
        self,
        ingest_id: JobId,
        replaces: Annotated[str, Form(max_length=64)] = "",
        large_change: Annotated[bool, Form()] = False,
    ) -> RedirectResponse:
        """Publish over the version that the page showed."""
        service = self.service
        job = service.jobs.named(ingest_id)
        publish(job, service.media, service.catalog, replaces=replaces, large_change=large_change)
        return _see(f"ingests/{ingest_id}")

    def discard(self, ingest_id: JobId) -> RedirectResponse:
        """Discard it."""
        self.service.jobs.discard(self.service.jobs.named(ingest_id))
        return _see("")

    def asset(
        self,
        request: Request,
        asset_id: AssetId,
        member_id: _Member = "",
        after: Annotated[str, Query(pattern=r"^\d{0,9}$")] = "",
        changes: Annotated[int | None, Query(ge=1, lt=2**53)] = None,
    ) -> HTMLResponse:
        """What an asset is and was, what came of it, and the way back."""
        catalog = self.service.catalog
        history = history_of(asset_id, catalog)
        now = catalog.announced_asset(asset_id)
        pinned = catalog.announcement().pinned
        index = catalog.index(asset_id) if now and not pinned else None
        reel, no_reel = reel_of(asset_id, member_id, self._sources.reels)
        return self._page(
            request,
            "asset.html",
            history=history,
            now=now.segment if now else "",
            pinned=pinned,
            index=index,
            titles=shown_titles(index, self._sources.packages, after) if index else None,
            figures=figures_of(index, self._sources) if index else None,
            change=changes_between(catalog, history, changes),
            member_id=member_id,
            reel=reel,
            no_reel=no_reel,
        )

    def roll_back(
        self,
        asset_id: AssetId,
        to_version: Annotated[int, Form(ge=1, lt=2**53)],
        replaces: Annotated[str, Form(max_length=64)] = "",
    ) -> RedirectResponse:
        """Go back from the version that the page showed."""
        self.service.catalog.rollback_asset(asset_id, to_version, replaces=replaces)
        return _see(f"assets/{asset_id}")

    def _preview(self, job: IngestJob, member_id: str, plan: str) -> dict[str, Any]:
        reel: TimecodeList | None = None
        refused: SizzleError | RankerError | None = None
        if member_id:
            try:
                reel = self.service.preview(job, PreviewRequest(member_id, plan))
            except (SizzleError, RankerError) as error:
                refused = error
        return {"reel": reel, "refused": refused}


def _see(path: str) -> RedirectResponse:
    """To another page, by GET, so that reloading it sends nothing again."""
    return RedirectResponse(f"/editor/{path}".rstrip("/"), status_code=303)
