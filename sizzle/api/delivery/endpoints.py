"""What each address of delivery answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi.params import Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from sizzle import hls
from sizzle.api.delivery.content import Answer
from sizzle.api.delivery.gate import ENDS
from sizzle.api.delivery.playback import (
    DASH_TYPE,
    HLS_TYPE,
    film_content,
    ranges_content,
    text_content,
)
from sizzle.api.delivery.reels import Reels
from sizzle.api.delivery.signing import Signing
from sizzle.api.reels.ids import LONGEST
from sizzle.api.schema import TALLEST
from sizzle.hls import Plan, plan_reel
from sizzle.packager import Package, Packages
from sizzle.reel import TimecodeList

ReelId = Annotated[str, Path(max_length=LONGEST, description="As POST /v1/reels gave it.")]
RungName = Annotated[str, Path(max_length=20, description="A size, such as 720p.")]
Height = Annotated[int | None, Query(ge=1, le=TALLEST, description="Of the device's picture.")]
RungChoice = Annotated[str, Query(max_length=20, description="A size; without it, the largest.")]


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What they all answer from.

    Attributes:
        reels: finds the reel that an address names.
        packages: of the reels' assets.
        signing: if addresses are signed.
    """

    reels: Reels
    packages: Packages
    signing: Signing | None

    async def master(self, reel_id: ReelId, max_height: Height = None) -> Response:
        """The HLS playlist to give to a player: all sizes that suit it, over the music."""
        _, _, plan = self._planned(reel_id)
        return Answer(text_content(hls.master_playlist(plan, max_height), HLS_TYPE))

    async def bed(self, reel_id: ReelId, request: Request) -> Response:
        """The HLS playlist of the music."""
        _, package, plan = self._planned(reel_id)
        media = self._media(request, package)
        return Answer(text_content(hls.bed_playlist(plan, media), HLS_TYPE))

    async def rung(self, reel_id: ReelId, rung: RungName, request: Request) -> Response:
        """The HLS playlist of one size."""
        _, package, plan = self._planned(reel_id)
        media, wanted = self._media(request, package), package.segment_map.rung(rung)
        return Answer(text_content(hls.media_playlist(plan, wanted, media), HLS_TYPE))

    async def manifest(self, reel_id: ReelId, request: Request) -> Response:
        """The DASH manifest."""
        _, package, plan = self._planned(reel_id)
        return Answer(text_content(hls.manifest(plan, self._media(request, package)), DASH_TYPE))

    async def ranges(self, reel_id: ReelId, request: Request) -> Response:
        """The timecode list with the byte ranges of its segments, for players by MSE."""
        reel, package, plan = self._planned(reel_id)
        return Answer(ranges_content(reel, plan, self._media(request, package)))

    async def film(self, reel_id: ReelId, rung: RungChoice = "") -> Response:
        """The reel as one MP4, its packets copied."""
        _, package, plan = self._planned(reel_id)
        wanted = rung or package.segment_map.rungs[0].name
        return Answer(await run_in_threadpool(film_content, package, plan, wanted))

    def _planned(self, reel_id: str) -> tuple[TimecodeList, Package, Plan]:
        """A reel, the package it plays from, and its fragments."""
        reel = self.reels.get(reel_id)
        package = self.packages.of_version(reel.asset_id, reel.asset_version)
        return reel, package, plan_reel(reel, package.segment_map)

    def _media(self, request: Request, package: Package) -> str:
        """Where a package's media lies from a playlist; signed where the playlist's address is.

        From a playlist it is four steps up to where signatures stand.
        """
        package_id = package.segment_map.package_id
        if self.signing is None:
            return hls.address(package_id)
        path = f"/v1/media/{package_id}"
        return f"../../../../{self.signing.token(path, request.scope[ENDS])}{path}"
