"""Where a reel can be streamed from, and the other fields beside its timecode list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic_core import to_json

from sizzle.api.reels.request import Device
from sizzle.api.reels.schema import Playback
from sizzle.hls import EVERYWHERE, Codec, SegmentMap, byte_ranges, plan_reel
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
    codecs = device.known_codecs
    renditions = segment_map.renditions_to(device.max_height, codecs)
    master = address_of(reel_id, signing=signing)
    # Only where they change something, so that most devices share the addresses.
    played = [codec.value for codec in Codec if codec in {one.codec for one in renditions}]
    which = [f"codecs={','.join(played)}"] if frozenset(played) != EVERYWHERE else []
    lower = len(renditions) < len(segment_map.renditions_to(codecs=codecs))
    height = [f"max_height={device.max_height}"] if lower else []
    return Playback(
        hls=_with_query(master, [*height, *which]),
        dash=_with_query(master.replace(MASTER, MANIFEST), which),
        ranges=_with_query(master.replace(MASTER, RANGES), which),
        film=film_address(reel_id, segment_map.package_id, renditions[0].name, signing),
    )


def _with_query(address: str, parameters: Sequence[str]) -> str:
    return f"{address}?{'&'.join(parameters)}" if parameters else address


def ranges_of(
    reel: TimecodeList,
    device: Device,
    package: Package,
    playback: Playback,
    signing: Signing | None,
) -> dict[str, Any]:
    """A reel's byte ranges, as they stand at `playback.ranges`, which addresses are relative to.

    Raises:
        SegmentMapError: the package is of other media.
    """
    ends = None if signing is None else signing.check(playback.ranges.partition("?")[0])[1]
    media = media_address(package.segment_map.package_id, signing, ends)
    renditions = package.segment_map.renditions_to(codecs=device.known_codecs)
    plan = plan_reel(reel, package.segment_map)
    return byte_ranges(reel, plan, media, package.inits, renditions)


def with_fields(timecodes: bytes, **fields: object) -> bytes:
    """A timecode list as a `ReelResponse`, both JSON; fields that are None are left out."""
    added = [
        b',"%s":%s' % (name.encode(), to_json(value))
        for name, value in fields.items()
        if value is not None
    ]
    return b"".join([memoryview(timecodes)[:-1], *added, b"}"]) if added else timecodes
