"""Packaged media over HTTP: init segments, retimed fragments, and whole files."""

from __future__ import annotations

import os
import re
from typing import Final

from sizzle.api.http.content import FOREVER, Content, Slice
from sizzle.errors import NotFoundError
from sizzle.hls import BedTrack, Track, retime, trim
from sizzle.hls.boxes import HEADER_SIZE
from sizzle.packager import Package, Packages

MAX_SLOTS: Final = 100_000
"""Two days of reel: addresses beyond it would only fill caches."""

_ADDRESS = re.compile(
    r"/v1/media/([^/]{1,100})/([^/]{1,120}?)"
    r"(?:/(\d{1,9})/(\d{1,9})(?:-(\d{1,9}))?\.m4s|(/init)?\.mp4)",
    re.ASCII,
)


def media_content(packages: Packages, path: str) -> Content:
    """The media at a path.

    Raises:
        NotFoundError: there is none.
        PackageError: the package is incomplete.
        SegmentMapError: its map cannot be used.
    """
    match = _ADDRESS.fullmatch(path)
    if match is None:
        raise NotFoundError("There is no such media.", fix="use addresses from a playlist.")
    package_id, track, fragment, slot, ticks, init = match.groups()
    package = packages.named(package_id)
    if ticks is not None:
        return trimmed_content(package, track, int(fragment), int(slot), int(ticks))
    if fragment is not None:
        return fragment_content(package, track, int(fragment), int(slot))
    return init_content(package, track) if init else file_content(package, track)


def init_content(package: Package, name: str) -> Content:
    """A track's init segment. Raises NotFoundError: no such track."""
    track = _track(package, name)
    tag = f"{package.segment_map.package_id}-{name}-init"
    return Content((package.inits[name],), _media_type(track), tag, FOREVER)


def fragment_content(package: Package, name: str, fragment: int, slot: int) -> Content:
    """A fragment at a slot of a reel: its header rewritten, the rest unchanged.

    Raises:
        NotFoundError: no such track, fragment or slot.
    """
    track = _track(package, name)
    _check_fragment(track, fragment, slot)
    descriptor, offset = package.descriptor(name), track.offsets[fragment]
    size = track.header_sizes[fragment]
    header = bytearray(os.pread(descriptor, size, offset))
    retime(header, slot, slot * track.fragment_ticks, track.time_offsets[fragment])
    rest = Slice(descriptor, offset + size, track.sizes[fragment] - size)
    tag = f"{package.segment_map.package_id}-{name}-{fragment}-{slot}"
    return Content((header, rest), _media_type(track), tag, FOREVER)


def trimmed_content(package: Package, name: str, fragment: int, slot: int, ticks: int) -> Content:
    """The last fragment of a reel's music, which ends with the picture.

    Raises:
        NotFoundError: no such bed, fragment, slot or end.
        FragmentError: the file is damaged.
    """
    track = _track(package, name)
    _check_fragment(track, fragment, slot)
    if not isinstance(track, BedTrack) or not 0 < ticks < track.fragment_ticks:
        raise NotFoundError(
            f"No fragment of track {name} ends after {ticks} ticks.",
            fix="use addresses from a playlist.",
        )
    descriptor, offset = package.descriptor(name), track.offsets[fragment]
    size = track.header_sizes[fragment]
    header, rest = trim(os.pread(descriptor, size, offset), ticks)
    retime(header, slot, slot * track.fragment_ticks, track.time_offsets[fragment])
    samples = Slice(descriptor, offset + size + HEADER_SIZE, rest)
    tag = f"{package.segment_map.package_id}-{name}-{fragment}-{slot}-{ticks}"
    return Content((header, samples), _media_type(track), tag, FOREVER)


def _check_fragment(track: Track, fragment: int, slot: int) -> None:
    if fragment >= len(track.sizes) or slot >= MAX_SLOTS:
        raise NotFoundError(
            f"Track {track.name} has no fragment {fragment} for slot {slot}.",
            fix="use addresses from a playlist.",
        )


def file_content(package: Package, name: str) -> Content:
    """A track's whole file, for byte ranges. Raises NotFoundError: no such track."""
    track = _track(package, name)
    tag = f"{package.segment_map.package_id}-{name}"
    whole = Slice(package.descriptor(name), 0, track.file_size)
    return Content((whole,), _media_type(track), tag, FOREVER)


def _track(package: Package, name: str) -> Track:
    track = package.tracks.get(name)
    return track if track is not None else package.segment_map.track(name)


def _media_type(track: Track) -> str:
    return "audio/mp4" if track.codecs.startswith("mp4a") else "video/mp4"
