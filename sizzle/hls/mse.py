"""A reel for players that fetch byte ranges of the packaged files and need no server code.

A player appends a rung's init segment, then each segment's bytes. It either sets the source
buffer's `timestampOffset` to `offset` before each, or writes the segment's slot into its header
itself: `slot + 1` as four bytes at 20, and slot times `ticks` as eight bytes at `time_place`.
"""

from __future__ import annotations

from typing import Any

from sizzle.hls.plan import Plan
from sizzle.hls.playlists import bandwidth, sound_bandwidth
from sizzle.hls.segment_map import Rung, Sound, Track
from sizzle.reel.timecode_list import TimecodeList


def byte_ranges(reel: TimecodeList, plan: Plan, media: str) -> dict[str, Any]:
    """The timecode list with the bytes of each of its segments, ready for JSON.

    Args:
        reel: what plays.
        plan: the same, in fragments.
        media: where the package's media lies, relative to the document.

    Returns:
        `reel`, the timecode list; `seconds`, how long it plays; `segments`, a pair for each slot:
        the cut that it belongs to, counted from 0, and the `offset` in seconds from the segment's
        own time to its time in the reel; `rungs` and `bed`, each with its file, what decoders need
        to know, and `ranges`: for each segment first byte, end (exclusive), bytes of the header,
        and `time_place`; the bed has the `offsets` of its own segments, too.
    """
    return {
        "kind": "byte-ranges",
        "reel": reel.model_dump(mode="json"),
        "seconds": float(plan.seconds),
        "segments": _segments(reel, plan),
        "rungs": [_rung(plan, rung, media) for rung in plan.segment_map.rungs],
        "bed": _bed(plan, plan.bed, media),
    }


def _segments(reel: TimecodeList, plan: Plan) -> list[tuple[int, float]]:
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


def _rung(plan: Plan, rung: Rung, media: str) -> dict[str, Any]:
    peak, average = bandwidth(plan, rung)
    return {
        **_file(rung, plan.fragments, media, "video"),
        "width": rung.width,
        "height": rung.height,
        "bandwidth": peak,
        "average_bandwidth": average,
    }


def _bed(plan: Plan, bed: Sound, media: str) -> dict[str, Any]:
    a_fragment = bed.fragment_seconds
    places = enumerate(plan.bed_fragments)
    return {
        **_file(bed, plan.bed_fragments, media, "audio"),
        "offsets": [float((slot - fragment) * a_fragment) for slot, fragment in places],
        "bandwidth": sound_bandwidth(plan)[0],
    }


def _file(track: Track, fragments: tuple[int, ...], media: str, kind: str) -> dict[str, Any]:
    return {
        "name": track.name,
        "address": f"{media}/{track.file}",
        "type": f'{kind}/mp4; codecs="{track.codecs}"',
        "timescale": track.timescale,
        "ticks": track.fragment_ticks,
        "init": (0, track.init_size),
        "ranges": [_range(track, fragment) for fragment in fragments],
    }


def _range(track: Track, fragment: int) -> tuple[int, int, int, int]:
    return (
        track.offsets[fragment],
        track.offsets[fragment + 1],
        track.header_sizes[fragment],
        track.time_places[fragment],
    )
