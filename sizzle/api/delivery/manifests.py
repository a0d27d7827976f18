"""A reel in the forms that are texts: HLS playlists, a DASH manifest, byte ranges."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sizzle import hls
from sizzle.api.http.content import Content
from sizzle.hls import ReelPlan, plan_reel
from sizzle.links.addresses import BED, MANIFEST, MASTER, PLAYLIST, RANGES, media_address
from sizzle.links.signing import Signing
from sizzle.packager import Package, Packages
from sizzle.reel import TimecodeList
from sizzle.reel.replay import Reels

HLS_TYPE: Final = "application/vnd.apple.mpegurl"
DASH_TYPE: Final = "application/dash+xml"
JSON_TYPE: Final = "application/json"

_LIFETIME = 60  # seconds: a playlist changes only where the asset is packaged anew


@dataclass(frozen=True, slots=True)
class Manifests:
    """What they are made from.

    Attributes:
        reels: finds the reel that an address names.
        packages: of the reels' assets.
        signing: if addresses are signed.
    """

    reels: Reels
    packages: Packages
    signing: Signing | None = None

    def planned(self, reel_id: str) -> tuple[TimecodeList, Package, ReelPlan]:
        """A reel, the package it plays from, and its fragments.

        Raises:
            NotFoundError: no such reel, or its asset is not packaged.
            PackageError: the package is torn.
            SegmentMapError: its map cannot be used, or is of other media.
        """
        reel = self.reels.get(reel_id)
        package = self.packages.of_version(reel.asset_id, reel.asset_version)
        return reel, package, plan_reel(reel, package.segment_map)

    def content(
        self, reel_id: str, form: str, ends: int | None = None, max_height: int | None = None
    ) -> Content:
        """One form of a reel.

        Args:
            reel_id: as POST /v1/reels gave it.
            form: `MASTER`, `BED`, `MANIFEST`, `RANGES`, or the name of a rendition and `PLAYLIST`.
            ends: when the address expires that it was asked for by, if that is signed.
            max_height: of the renditions in the master playlist, in pixels.

        Raises:
            NotFoundError: as `planned`; no such rendition, or all are higher.
        """
        reel, package, plan = self.planned(reel_id)
        if form == MASTER:
            return _content(hls.master_playlist(plan, max_height), HLS_TYPE)
        media = media_address(package.segment_map.package_id, self.signing, ends)
        if form == RANGES:
            return _content(_document(reel, plan, media, package.inits), JSON_TYPE)
        if form == MANIFEST:
            return _content(hls.manifest(plan, media), DASH_TYPE)
        if form == BED:
            return _content(hls.bed_playlist(plan, media), HLS_TYPE)
        rendition = package.segment_map.rendition(form.removesuffix(PLAYLIST))
        return _content(hls.media_playlist(plan, rendition, media), HLS_TYPE)


def _document(reel: TimecodeList, plan: ReelPlan, media: str, inits: Mapping[str, bytes]) -> str:
    return json.dumps(hls.ranges_document(reel, plan, media, inits), separators=(",", ":"))


def _content(text: str, media_type: str) -> Content:
    data = text.encode()
    return Content((data,), media_type, sha256(data).hexdigest()[:20], _LIFETIME)
