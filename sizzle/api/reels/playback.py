"""Where a reel can be streamed from, and the other fields beside its timecode list."""

from __future__ import annotations

from typing import Any

from pydantic_core import to_json

from sizzle.api.reels.request import Device
from sizzle.api.reels.schema import Playback
from sizzle.hls import SegmentMap, byte_ranges, plan_reel
from sizzle.links.addresses import (
    MANIFEST,
    MASTER,
    RANGES,
    address_of,
    film_address,
    media_address,
)
from sizzle.links.signing import Signing
from sizzle.packager import Package
from sizzle.reel import TimecodeList


def playback_of(
    reel_id: str, device: Device, segment_map: SegmentMap, signing: Signing | None
) -> Playback:
    """Where a device can stream a reel from. Raises NotFoundError: no rendition suits it."""
    renditions = segment_map.renditions_to(device.max_height)
    master = address_of(reel_id, signing=signing)
    lower = (
        f"?max_height={device.max_height}" if len(renditions) < len(segment_map.renditions) else ""
    )
    return Playback(
        hls=f"{master}{lower}",
        dash=master.replace(MASTER, MANIFEST),
        ranges=master.replace(MASTER, RANGES),
        film=film_address(reel_id, segment_map.package_id, renditions[0].name, signing),
    )


def ranges_of(
    reel: TimecodeList, package: Package, playback: Playback, signing: Signing | None
) -> dict[str, Any]:
    """A reel's byte ranges, as they stand at `playback.ranges`, which addresses are relative to.

    Raises:
        SegmentMapError: the package is of other media.
    """
    ends = None if signing is None else signing.check(playback.ranges)[1]
    media = media_address(package.segment_map.package_id, signing, ends)
    return byte_ranges(reel, plan_reel(reel, package.segment_map), media, package.inits)


def with_fields(timecodes: bytes, **fields: object) -> bytes:
    """A timecode list as a `ReelResponse`, both JSON; fields that are None are left out."""
    added = [
        b',"%s":%s' % (name.encode(), to_json(value))
        for name, value in fields.items()
        if value is not None
    ]
    return b"".join([memoryview(timecodes)[:-1], *added, b"}"]) if added else timecodes
