"""Reads what the pictures of a film show and when, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame

from player_stub import barcode
from player_stub.media import opened, video_of
from player_stub.verify.alignment import Number
from player_stub.verify.faults import FrameFault, find_faults
from player_stub.verify.report import Check, counted, lines
from sizzle.reel.timecode_list import TimecodeList

# The layouts whose first plane is the luma, a byte a pixel: read in place, without a copy.
_LUMA_FIRST = frozenset({"yuv420p", "yuvj420p", "yuv422p", "yuv444p", "nv12", "gray"})


@dataclass(slots=True)
class Pictures:
    """What a film's pictures show, and when.

    Attributes:
        numbers: the source frame that each says it is.
        mistimed: frames that are not shown at their time: which, when, and when they should be.
    """

    numbers: list[Number] = field(default_factory=list)
    mistimed: list[tuple[int, Fraction | None, Fraction]] = field(default_factory=list)


def read_pictures(film: Path, frame_time: Fraction) -> Pictures:
    """Decode a film's video; holds one picture at a time.

    Args:
        film: any file with video.
        frame_time: seconds that each frame should be shown.

    Raises:
        MediaError: it cannot be read, or has no video.
    """
    pictures = Pictures()
    for number, frame in enumerate(_decoded(film)):
        pictures.numbers.append(barcode.read(_luma(frame)))
        if (shown := _time(frame)) != number * frame_time:
            pictures.mistimed.append((number, shown, number * frame_time))
    return pictures


def check_pictures(reel: TimecodeList, pictures: Pictures) -> tuple[list[Check], list[FrameFault]]:
    """Prove that the pictures are those that the timecode list names, each at its time."""
    coded = any(number is not None for number in pictures.numbers)
    faults = find_faults(reel, pictures.numbers) if coded else []
    checks = [
        _check_barcodes(pictures.numbers),
        _check_order(faults, coded),
        _check_count(reel, pictures.numbers),
        _check_times(reel, pictures),
    ]
    return checks, faults


def _check_barcodes(numbers: list[Number]) -> Check:
    readable = len(numbers) - numbers.count(None)
    return Check(
        "barcodes",
        passed=readable == len(numbers) > 0,
        measured=f"{readable} of {len(numbers)} frames",
        bar="every frame",
        detail="" if readable else "The picture carries no barcodes to prove its frames by.",
    )


def _check_order(faults: list[FrameFault], coded: bool) -> Check:
    return Check(
        "frames",
        passed=coded and not faults,
        measured=counted(len(faults), "fault") if coded else "not measured",
        bar="0 faults",
        detail=lines([str(fault) for fault in faults]),
    )


def _check_count(reel: TimecodeList, numbers: list[Number]) -> Check:
    wanted = reel.duration.frame
    return Check(
        "frame count",
        passed=len(numbers) == wanted,
        measured=counted(len(numbers), "frame"),
        bar=counted(wanted, "frame"),
        detail="" if len(numbers) == wanted else f"{len(numbers) - wanted:+} frames.",
    )


def _check_times(reel: TimecodeList, pictures: Pictures) -> Check:
    return Check(
        "frame times",
        passed=not pictures.mistimed,
        measured=f"{counted(len(pictures.mistimed), 'frame')} off their time",
        bar=f"frame n at exactly n / ({reel.rate.to_frame_rate().fraction}) s",
        detail=lines(
            [
                f"Frame {number} is shown at {_seconds(shown)}, not at {_seconds(wanted)}."
                for number, shown, wanted in pictures.mistimed
            ]
        ),
    )


def _seconds(time: Fraction | None) -> str:
    return "no time at all" if time is None else f"{float(time):.6f} s"


def _decoded(film: Path) -> Iterator[VideoFrame]:
    with opened(film) as container:
        stream = video_of(container)
        stream.thread_type = "AUTO"
        yield from container.decode(stream)


def _time(frame: VideoFrame) -> Fraction | None:
    if frame.pts is None or frame.time_base is None:
        return None
    return Fraction(frame.pts * frame.time_base)


def _luma(frame: VideoFrame) -> barcode.Luma:
    if frame.format.name not in _LUMA_FIRST:
        return np.asarray(frame.to_ndarray(format="gray"), np.uint8)
    plane = frame.planes[0]
    rows: barcode.Luma = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: frame.height, : frame.width]
