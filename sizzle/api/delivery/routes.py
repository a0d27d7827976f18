"""The routes of delivery."""

from __future__ import annotations

from functools import partial
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from sizzle.api.auth.route_access import PUBLIC
from sizzle.api.delivery.endpoints import DeliveryEndpoints, preflight
from sizzle.api.delivery.manifests import DASH_TYPE, HLS_TYPE, JSON_TYPE, Manifests
from sizzle.api.delivery.middleware import DeliveryMiddleware
from sizzle.api.http.middleware_app import MiddlewareFastAPI
from sizzle.api.http.problems import described_problems
from sizzle.hls import KEY_FRAMES
from sizzle.links.signing import Signing
from sizzle.packager import Packages
from sizzle.reel.replay import Reels

_PROBLEMS: Final = described_problems(403, 404, 422, 503)


def add_delivery(
    app: MiddlewareFastAPI, reels: Reels, packages: Packages, *, signing: Signing | None = None
) -> None:
    """Let an application deliver reels to ordinary players.

    Args:
        app: gets the routes, CORS headers for them, and the check of signatures.
        reels: finds reels by their ids.
        packages: of the reels' assets.
        signing: if given, only signed addresses are answered.
    """
    manifests = Manifests(reels, packages, signing)
    app.include_router(_reel_routes(DeliveryEndpoints(manifests)))
    app.add_outer_middleware(partial(DeliveryMiddleware, manifests=manifests))


def _reel_routes(endpoints: DeliveryEndpoints) -> APIRouter:
    # Players send no key: ids of reels cannot be guessed, and addresses can be signed.
    router = APIRouter(prefix="/v1", tags=["delivery"], dependencies=[PUBLIC])
    key_frames = endpoints.key_frames, HLS_TYPE
    for path, endpoint, media_type in (
        ("/reels/{reel_id}/master.m3u8", endpoints.master, HLS_TYPE),
        ("/reels/{reel_id}/manifest.mpd", endpoints.manifest, DASH_TYPE),
        ("/reels/{reel_id}/ranges.json", endpoints.ranges, JSON_TYPE),
        ("/reels/{reel_id}/{package_id}/bed.m3u8", endpoints.bed, HLS_TYPE),
        (f"/reels/{{reel_id}}/{{package_id}}/{KEY_FRAMES}{{rendition}}.m3u8", *key_frames),
        ("/reels/{reel_id}/{package_id}/{rendition}.m3u8", endpoints.rendition, HLS_TYPE),
        ("/reels/{reel_id}/{package_id}/{rendition}.mp4", endpoints.film, "video/mp4"),
        ("/reels/{reel_id}.mp4", endpoints.current_film, "video/mp4"),
        ("/media/{path:path}", endpoints.media, "video/mp4"),
    ):
        described = {200: {"content": {media_type: {}}}, **_PROBLEMS}
        router.add_api_route(path, endpoint, responses=described, response_class=Response)
        router.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)
        router.add_api_route(path, preflight, methods=["OPTIONS"], include_in_schema=False)
    return router
