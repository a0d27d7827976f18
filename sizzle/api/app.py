"""The application: `POST /v1/reels` and the plain trailer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI
from fastapi.params import Path as PathParameter
from fastapi.responses import FileResponse

from sizzle import __version__, cadence
from sizzle.api.compose import Indexes, Ranks, compose
from sizzle.api.delivery import RecentReels, add_delivery
from sizzle.api.editor import editor_routes
from sizzle.api.ingests.desk import Desk
from sizzle.api.problems import add_problem_handlers
from sizzle.api.schema import Problem, ReelRequest, Trailer
from sizzle.clips import Index
from sizzle.errors import NotFoundError
from sizzle.packager import Packages
from sizzle.reel import TimecodeList

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {"application/problem+json": {}}}
    for status in (404, 422, 503)
}


def create_app(
    catalog: Indexes, ranker: Ranks, packages: Packages | None = None, desk: Desk | None = None
) -> FastAPI:
    """The service over a catalog and a loaded ranker.

    Given a reader that follows a catalog, a request opens no file, and sees one version throughout.
    Given packages of the assets, ordinary players play the reels that were composed last. Given a
    desk, editors upload, check and publish timelines, over HTTP and at /editor.
    """
    reels = RecentReels()
    app = FastAPI(
        title="Dynamic Sizzles",
        version=__version__,
        description="Personal sizzle reels as timecode lists into one Mega Asset.",
    )
    add_problem_handlers(app)

    @app.post("/v1/reels", responses=_PROBLEMS, tags=["reels"])
    async def post_reel(request: ReelRequest) -> TimecodeList | Trailer:
        """A member's reel: its timecode list, or the trailer for a device that cannot play one."""
        plan = cadence.named(request.cadence)
        index = catalog.index(request.asset_id)
        if not request.device.dynamic_sizzles:
            return _trailer(index, "The device does not say that it supports Dynamic Sizzles.")
        reel = compose(
            ranker,
            index,
            request.member_id,
            plan,
            seed=request.seed,
            title_ids=request.title_ids,
        )
        reels.add(reel)
        return reel

    @app.get(
        "/v1/assets/{asset_id}/trailer",
        responses=_PROBLEMS,
        response_class=FileResponse,
        tags=["assets"],
    )
    async def get_trailer(
        asset_id: Annotated[str, PathParameter(max_length=100)],
    ) -> FileResponse:
        """The asset's plain trailer, an MP4."""
        return FileResponse(_trailer_file(catalog.index(asset_id)), media_type="video/mp4")

    for router in editor_routes(desk) if desk is not None else ():
        app.include_router(router)
    if packages is not None:
        add_delivery(app, reels, packages)
    return app


def _trailer(index: Index, reason: str) -> Trailer:
    _trailer_file(index)
    asset_id = index.asset.asset_id
    return Trailer(
        asset_id=asset_id,
        asset_version=index.version,
        href=f"/v1/assets/{asset_id}/trailer",
        reason=reason,
    )


def _trailer_file(index: Index) -> Path:
    """The published file; its path comes from the catalog, never from a client."""
    path = Path(index.asset.trailer)
    if not index.asset.trailer or not path.is_file():
        raise NotFoundError(
            f"Asset {index.asset.asset_id} has no trailer.",
            fix="publish the asset with a trailer, or ask from a device that plays reels.",
        )
    return path
