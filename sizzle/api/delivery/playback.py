"""A reel in the forms that players take: playlists, a manifest, byte ranges, one film."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from sizzle import hls
from sizzle.api.delivery.content import FOREVER, Content, Piece, Slice
from sizzle.hls import Plan, Strip, Track
from sizzle.packager import Package
from sizzle.reel import TimecodeList

HLS_TYPE: Final = "application/vnd.apple.mpegurl"
DASH_TYPE: Final = "application/dash+xml"

_LIFETIME = 60  # seconds: a playlist changes only where the asset is packaged anew


def text_content(text: str, media_type: str) -> Content:
    """A playlist or the like."""
    data = text.encode()
    return Content((data,), media_type, sha256(data).hexdigest()[:20], _LIFETIME)


def ranges_content(reel: TimecodeList, plan: Plan, media: str) -> Content:
    """The timecode list with byte ranges."""
    document = hls.byte_ranges(reel, plan, media)
    return text_content(json.dumps(document, separators=(",", ":")), "application/json")


def film_content(package: Package, plan: Plan, rung: str) -> Content:
    """The reel as one MP4.

    Raises:
        NotFoundError: no such rung.
        ReelError: it would be over 4 GiB.
        FragmentError: a file is damaged.
    """
    strips = [
        _strip(package, plan, package.segment_map.rung(rung), plan.fragments),
        _strip(package, plan, plan.bed, plan.bed_fragments),
    ]
    front, chunks = hls.film(strips)
    descriptors = [package.descriptor(strip.track.name) for strip in strips]
    pieces: list[Piece] = [front]
    pieces += (Slice(descriptors[chunk.strip], chunk.start, chunk.size) for chunk in chunks)
    name = f"{package.segment_map.package_id} {rung} {plan.bed.name} {plan.fragments}"
    return Content(pieces, "video/mp4", sha256(name.encode()).hexdigest()[:20], FOREVER)


def _strip(package: Package, plan: Plan, track: Track, fragments: Sequence[int]) -> Strip:
    samples = [package.samples(track, fragment) for fragment in fragments]
    return Strip(track, package.inits[track.name], fragments, samples, plan.seconds)
