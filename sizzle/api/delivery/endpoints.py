"""The endpoints of delivery."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final

from fastapi.params import Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sizzle.api.delivery.film import film_content
from sizzle.api.delivery.manifests import LIFETIME, Manifests, Offer
from sizzle.api.delivery.media import media_content
from sizzle.api.delivery.middleware import EXPIRY_TIME, PREFLIGHT
from sizzle.api.http.content import ContentResponse
from sizzle.api.http.parameters import MAX_HEIGHT, ReelId
from sizzle.hls import EVERYWHERE, known_codecs
from sizzle.identifiers import MAX_ID_LENGTH
from sizzle.links.addresses import MANIFEST, MASTER, RANGES

PackageId = Annotated[str, Path(max_length=MAX_ID_LENGTH, description="From a playlist.")]
RenditionName = Annotated[str, Path(max_length=20, description="A rendition, such as 720p.")]
Height = Annotated[
    int | None, Query(ge=1, le=MAX_HEIGHT, description="Height of the device's picture, in pixels.")
]
Codecs = Annotated[
    str,
    Query(
        max_length=100,
        description="The video codecs that the device plays, separated by commas: `h264`, `av1`.",
    ),
]
MediaPath = Annotated[str, Path(description="From a playlist.")]
RenditionChoice = Annotated[
    str, Query(max_length=20, description="A rendition; the largest by default.")
]

_EVERYWHERE: Final = ",".join(sorted(EVERYWHERE))


async def preflight() -> Response:
    """The response to a browser's CORS preflight request."""
    return Response(status_code=204, headers=PREFLIGHT)


@dataclass(frozen=True, slots=True)
class DeliveryEndpoints:
    """The endpoints of delivery."""

    manifests: Manifests

    async def master(
        self, reel_id: ReelId, max_height: Height = None, codecs: Codecs = _EVERYWHERE
    ) -> Response:
        """The HLS playlist for players: all renditions up to `max_height`, with the music."""
        offer = _offer(codecs, max_height)
        # In a thread: the sizes of key frames may have to be read from disk.
        content = partial(self.manifests.content, reel_id, MASTER, offer)
        return ContentResponse(await run_in_threadpool(content))

    async def manifest(
        self, reel_id: ReelId, request: Request, codecs: Codecs = _EVERYWHERE
    ) -> Response:
        """The DASH manifest."""
        return self._answer(reel_id, MANIFEST, codecs, request)

    async def ranges(
        self, reel_id: ReelId, request: Request, codecs: Codecs = _EVERYWHERE
    ) -> Response:
        """The timecode list with the byte ranges of its segments, for players that use MSE."""
        return self._answer(reel_id, RANGES, codecs, request)

    async def bed(self, reel_id: ReelId, package_id: PackageId, request: Request) -> Response:
        """The HLS playlist of the music in a package."""
        expires = request.scope.get(EXPIRY_TIME)
        return ContentResponse(self.manifests.playlist(reel_id, package_id, None, expires))

    async def rendition(
        self, reel_id: ReelId, package_id: PackageId, rendition: RenditionName, request: Request
    ) -> Response:
        """The HLS playlist of one rendition in a package."""
        expires = request.scope.get(EXPIRY_TIME)
        return ContentResponse(self.manifests.playlist(reel_id, package_id, rendition, expires))

    async def key_frames(
        self, reel_id: ReelId, package_id: PackageId, rendition: RenditionName, request: Request
    ) -> Response:
        """The HLS playlist of the key frames of one rendition in a package, for scrubbing."""
        expires = request.scope.get(EXPIRY_TIME)
        content = partial(self.manifests.key_frames, reel_id, package_id, rendition, expires)
        return ContentResponse(await run_in_threadpool(content))

    async def film(
        self, reel_id: ReelId, package_id: PackageId, rendition: RenditionName
    ) -> Response:
        """The reel as one MP4, its packets copied from a package."""
        _, package, plan = self.manifests.plan(reel_id, package_id)
        return ContentResponse(await run_in_threadpool(film_content, package, plan, rendition))

    async def current_film(self, reel_id: ReelId, rendition: RenditionChoice = "") -> Response:
        """Redirect to the reel as one MP4 of the current package."""
        _, package, _ = self.manifests.plan(reel_id)
        segment_map = package.segment_map
        track = segment_map.rendition(rendition) if rendition else segment_map.renditions[0]
        # Relative, since a signature of this address holds for all below the reel.
        address = f"{reel_id}/{segment_map.package_id}/{track.name}.mp4"
        headers = {"cache-control": f"public, max-age={LIFETIME}"}
        return RedirectResponse(address, 307, headers)

    async def media(self, request: Request, path: MediaPath) -> Response:
        """A part of a package: an initialization segment, a fragment, or a whole file.

        `DeliveryMiddleware` handles these ahead of FastAPI, which describes them.
        """
        return ContentResponse(media_content(self.manifests.packages, request.scope["path"]))

    def _answer(self, reel_id: str, form: str, codecs: str, request: Request) -> Response:
        expires = request.scope.get(EXPIRY_TIME)
        return ContentResponse(self.manifests.content(reel_id, form, _offer(codecs), expires))


def _offer(codecs: str, max_height: int | None = None) -> Offer:
    return Offer(known_codecs(codecs.split(",")), max_height)
