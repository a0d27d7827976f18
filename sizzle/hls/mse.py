"""A reel for players that fetch byte ranges of the packaged files and need no server code.

A player appends a rendition's init segment, then each segment's bytes. It either sets the source
buffer's `timestampOffset` to `offset` before each, or writes the segment's slot into its header
itself: `slot + 1` as four bytes at 20, and slot times `ticks` as eight bytes at `time_offset`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from sizzle.hls.plan import ReelPlan
from sizzle.hls.playlists import bandwidth
from sizzle.hls.segment_map import BedTrack, Rendition, Track
from sizzle.reel.timecode_list import TimecodeList


def byte_ranges(
    reel: TimecodeList,
    plan: ReelPlan,
    media: str,
    inits: Mapping[str, bytes] | None = None,
    renditions: Sequence[Rendition] | None = None,
) -> dict[str, Any]:
    """The bytes of each segment of a reel, ready for JSON.

    Args:
        reel: what plays.
        plan: the same, in fragments.
        media: where the package's media is, relative to the document.
        inits: the init segments to include, by their tracks' names.
        renditions: to offer, from `SegmentMap.renditions_to`; None for those that all players play.

    Returns:
        `seconds`, how long it plays; `segments`, a pair for each slot: the cut that it belongs to,
        counted from 0, and the `offset` in seconds from the segment's own time to its time in the
        reel; `renditions` and `bed`, each with its file, what decoders need to know, the init
        segment in base64 (`init` holds its first byte and end in the file), and `ranges`: for each
        segment its first byte, its end (exclusive), the size of its header, and `time_offset`; the
        bed also has the `offsets` of its own segments.
    """
    if renditions is None:
        renditions = plan.segment_map.renditions_to()
    return {
        "seconds": float(plan.seconds),
        "segments": _segments(reel, plan),
        "renditions": [_rendition(plan, one, media, inits or {}) for one in renditions],
        "bed": _bed(plan, plan.bed, media, inits or {}),
    }


def ranges_document(
    reel: TimecodeList,
    plan: ReelPlan,
    media: str,
    inits: Mapping[str, bytes] | None = None,
    renditions: Sequence[Rendition] | None = None,
) -> dict[str, Any]:
    """`byte_ranges` together with the timecode list as `reel`: all that a player needs."""
    ranges = byte_ranges(reel, plan, media, inits, renditions)
    return {"kind": "byte-ranges", "reel": reel.model_dump(mode="json"), **ranges}


def _segments(reel: TimecodeList, plan: ReelPlan) -> list[tuple[int, float]]:
    starts, rate, length = plan.segment_map.starts, plan.segment_map.rate, plan.segment_map.fragment
    cuts = [
        number
        for number, cut in enumerate(reel.cuts)
        for _ in range(cut.source.start.frame, cut.source.stop.frame, length)
    ]
    return [
        (cut, float(rate.seconds(slot * length - starts[fragment])))
        for slot, (cut, fragment) in enumerate(zip(cuts, plan.fragments, strict=True))
    ]


def _rendition(
    plan: ReelPlan, rendition: Rendition, media: str, inits: Mapping[str, bytes]
) -> dict[str, Any]:
    peak, average = bandwidth(plan, rendition)
    return {
        **_file(rendition, plan.fragments, media, inits, "video"),
        "width": rendition.width,
        "height": rendition.height,
        "bandwidth": peak,
        "average_bandwidth": average,
    }


def _bed(plan: ReelPlan, bed: BedTrack, media: str, inits: Mapping[str, bytes]) -> dict[str, Any]:
    a_fragment = bed.fragment_seconds
    slots = enumerate(plan.bed_fragments)
    return {
        **_file(bed, plan.bed_fragments, media, inits, "audio"),
        "offsets": [float((slot - fragment) * a_fragment) for slot, fragment in slots],
        "bandwidth": plan.playing.peak,
    }


def _file(
    track: Track,
    fragments: tuple[int, ...],
    media: str,
    inits: Mapping[str, bytes],
    kind: str,
) -> dict[str, Any]:
    init = inits.get(track.name)
    return {
        "name": track.name,
        "address": f"{media}/{track.file}",
        "type": f'{kind}/mp4; codecs="{track.codecs}"',
        "timescale": track.timescale,
        "ticks": track.fragment_ticks,
        "init": (0, track.init_size),
        **({} if init is None else {"init_segment": b64encode(init).decode("ascii")}),
        "ranges": [_range(track, fragment) for fragment in fragments],
    }


def _range(track: Track, fragment: int) -> tuple[int, int, int, int]:
    return (
        track.offsets[fragment],
        track.offsets[fragment + 1],
        track.header_sizes[fragment],
        track.time_offsets[fragment],
    )
