"""A reel as text: HLS playlists, a DASH manifest, byte ranges."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Final

from sizzle import hls
from sizzle.api.http.content import FOREVER, Content
from sizzle.hls import EVERYWHERE, Codec, ReelPlan, Rendition, SegmentMap, plan_reel
from sizzle.links.addresses import MASTER, RANGES, media_address
from sizzle.links.signing import Signing
from sizzle.packager import Package, Packages
from sizzle.reel import TimecodeList
from sizzle.reel.replay import Reels

HLS_TYPE: Final = "application/vnd.apple.mpegurl"
DASH_TYPE: Final = "application/dash+xml"
JSON_TYPE: Final = "application/json"

LIFETIME: Final = 60
"""Seconds that caches may keep what names the current package: packaging again changes it."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Which renditions a device is offered.

    Attributes:
        codecs: that it plays.
        max_height: of its picture, in pixels; None where it does not say.
    """

    codecs: frozenset[Codec] = EVERYWHERE
    max_height: int | None = None

    def of(self, segment_map: SegmentMap) -> Sequence[Rendition]:
        """They, of a package. Raises NotFoundError: there are none."""
        return segment_map.renditions_to(self.max_height, self.codecs)


@dataclass(frozen=True, slots=True)
class Manifests:
    """Makes them.

    Attributes:
        reels: finds the reel that an address names.
        packages: of the reels' assets.
        signing: if addresses are signed.
    """

    reels: Reels
    packages: Packages
    signing: Signing | None = None

    def plan(
        self, reel_id: str, package_id: str | None = None
    ) -> tuple[TimecodeList, Package, ReelPlan]:
        """A reel, a package of its asset, and its fragments there.

        Args:
            reel_id: of the reel.
            package_id: of the package; None for the one that the asset is played from now.

        Raises:
            NotFoundError: no such reel or package, or the asset is not packaged.
            PackageError: the package is incomplete.
            ReelError: the package is of another version of the asset.
            SegmentMapError: its map cannot be used.
        """
        reel = self.reels.get(reel_id)
        if package_id is None:
            package = self.packages.of_version(reel.asset_id, reel.asset_version)
        else:
            package = self.packages.named(package_id)
        return reel, package, plan_reel(reel, package.segment_map)

    def content(
        self, reel_id: str, form: str, offer: Offer | None = None, expires: int | None = None
    ) -> Content:
        """One form of a reel, which names the package that is played from now.

        Args:
            reel_id: from POST /v1/reels.
            form: `MASTER`, `MANIFEST` or `RANGES`.
            offer: which renditions; those that all players play where None.
            expires: when the signed address of the request expires; None if it is not signed.

        Raises:
            NotFoundError: as `plan`; or no rendition is to be offered.
        """
        reel, package, plan = self.plan(reel_id)
        renditions = (offer or Offer()).of(plan.segment_map)
        if form == MASTER:
            key_frames = partial(_key_frames, package, plan)
            master = hls.master_playlist(plan, key_frames, renditions)
            return _content(master, HLS_TYPE, LIFETIME)
        media = media_address(package.segment_map.package_id, self.signing, expires)
        if form == RANGES:
            document = hls.ranges_document(reel, plan, media, package.inits, renditions)
            text = json.dumps(document, separators=(",", ":"))
            return _content(text, JSON_TYPE, LIFETIME)
        return _content(hls.manifest(plan, media, renditions), DASH_TYPE, LIFETIME)

    def playlist(
        self, reel_id: str, package_id: str, rendition: str | None, expires: int | None = None
    ) -> Content:
        """The HLS playlist of one rendition of a package, which never changes.

        Args:
            reel_id: from POST /v1/reels.
            package_id: of the package.
            rendition: its name; None for the music.
            expires: as for `content`.

        Raises:
            NotFoundError: as `plan`; or no such rendition.
        """
        _, package, plan = self.plan(reel_id, package_id)
        media = media_address(package_id, self.signing, expires, depth=1)
        if rendition is None:
            return _content(hls.bed_playlist(plan, media), HLS_TYPE, FOREVER)
        track = package.segment_map.rendition(rendition)
        return _content(hls.media_playlist(plan, track, media), HLS_TYPE, FOREVER)

    def key_frames(
        self, reel_id: str, package_id: str, rendition: str, expires: int | None = None
    ) -> Content:
        """The HLS playlist of the key frames of a rendition, which never changes.

        Args and errors: as for `playlist`; or FragmentError: a file is damaged.
        """
        _, package, plan = self.plan(reel_id, package_id)
        media = media_address(package_id, self.signing, expires, depth=1)
        track = package.segment_map.rendition(rendition)
        sizes = _key_frames(package, plan, track)
        return _content(hls.key_frame_playlist(plan, track, media, sizes), HLS_TYPE, FOREVER)


def _key_frames(package: Package, plan: ReelPlan, rendition: Rendition) -> Sequence[int]:
    return package.key_frames(rendition, plan.fragments)


def _content(text: str, media_type: str, lifetime: int) -> Content:
    data = text.encode()
    tag = sha256(data).hexdigest()[:20]
    return Content((data,), media_type, tag, lifetime, text=True)
