"""A reel for players that fetch byte ranges of the packaged files and need no server code.

A player appends a rung's init segment, then each segment's bytes. It either sets the source
buffer's `timestampOffset` to `offset` before each, or writes the segment's slot into its header
itself: `slot + 1` as four bytes at 20, and slot times `ticks` as eight bytes at `time_place`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from sizzle.hls.plan import Plan
from sizzle.hls.playlists import bandwidth
from sizzle.hls.segment_map import Rung, Sound, Track
from sizzle.reel.timecode_list import TimecodeList


def byte_ranges(
    reel: TimecodeList, plan: Plan, media: str, inits: Mapping[str, bytes] | None = None
) -> dict[str, Any]:
    """The bytes of each segment of a reel, ready for JSON.

    Args:
        reel: what plays.
        plan: the same, in fragments.
        media: where the package's media lies, relative to the document.
        inits: the init segments by their tracks' names, where they are to be in it too.

    Returns:
        `seconds`, how long it plays; `segments`, a pair for each slot: the cut that it belongs to,
        counted from 0, and the `offset` in seconds from the segment's own time to its time in the
        reel; `rungs` and `bed`, each with its file, what decoders need to know, the init segment in
        base64 (`init`, its first byte and end, is where that lies in the file), and `ranges`: for
        each segment first byte, end (exclusive), bytes of the header, and `time_place`; the bed has
        the `offsets` of its own segments, too.
    """
    return {
        "seconds": float(plan.seconds),
        "segments": _segments(reel, plan),
        "rungs": [_rung(plan, rung, media, inits or {}) for rung in plan.segment_map.rungs],
        "bed": _bed(plan, plan.bed, media, inits or {}),
    }


def ranges_document(
    reel: TimecodeList, plan: Plan, media: str, inits: Mapping[str, bytes] | None = None
) -> dict[str, Any]:
    """The same with the timecode list, as `reel`: a document that stands by itself."""
    ranges = byte_ranges(reel, plan, media, inits)
    return {"kind": "byte-ranges", "reel": reel.model_dump(mode="json"), **ranges}


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


def _rung(plan: Plan, rung: Rung, media: str, inits: Mapping[str, bytes]) -> dict[str, Any]:
    peak, average = bandwidth(plan, rung)
    return {
        **_file(rung, plan.fragments, media, inits, "video"),
        "width": rung.width,
        "height": rung.height,
        "bandwidth": peak,
        "average_bandwidth": average,
    }


def _bed(plan: Plan, bed: Sound, media: str, inits: Mapping[str, bytes]) -> dict[str, Any]:
    a_fragment = bed.fragment_seconds
    places = enumerate(plan.bed_fragments)
    return {
        **_file(bed, plan.bed_fragments, media, inits, "audio"),
        "offsets": [float((slot - fragment) * a_fragment) for slot, fragment in places],
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
        track.time_places[fragment],
    )
