"""The charts of a verification's report: the cuts with their faults, and the audio offset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from player_stub.verify.audio_checks import max_offset_ms
from player_stub.verify.faults import FrameFault
from player_stub.verify.report import Verification
from sizzle.charts import Axes, svg, text
from sizzle.reel.timecode_list import TimecodeList

_WIDTH: Final = 1100
_LEFT, _RIGHT = 64, 10  # margins; labels of the offset stand in the left one
_RANKS: Final = ("#f2b134", "#4fb8c9", "#ee6c4d", "#8bc07a", "#b48ce0", "#6d9bea", "#e07ba8")
_BAD, _GOOD = "#cf222e", "#1a7f37"


def timeline_chart(reel: TimecodeList, faults: Sequence[FrameFault]) -> str:
    """The cuts in the colours of their ranks, each as long as it plays, and where faults are."""
    frame = float(reel.rate.to_frame_rate().seconds(1))
    axes = _axes(reel, 24, 26)
    cuts = [
        axes.box(
            (cut.record.start.frame * frame, cut.record.stop.frame * frame),
            (0, 1),
            _RANKS[(cut.rank - 1) % len(_RANKS)],
            f"{cut.clip_key}, {cut.record.start.timecode}",
        )
        for cut in reel.cuts
    ]
    marks = []
    for number, fault in enumerate(faults, 1):
        seconds = fault.record_frame * frame
        marks.append(axes.interval(seconds, (-0.1, 1.1), _BAD))
        x = axes.pixel_x(seconds)
        marks.append(text(x, 16, str(number), anchor="middle", title=str(fault)))
    return svg(_WIDTH, 78, [*cuts, *marks, *axes.second_labels()])


def offset_chart(reel: TimecodeList, proof: Verification) -> str:
    """How late the audio is in each window, between the limits that it has to keep."""
    limit = max_offset_ms(reel.rate.to_frame_rate())
    measured = [
        (window.start + window.duration / 2, window.offset_ms)
        for window in proof.windows
        if window.offset_ms is not None
    ]
    most = 1.2 * max([limit, *(abs(offset) for _, offset in measured)])
    axes = _axes(reel, 15, 150, (-most, most))
    limits = [
        shape
        for bound in (limit, -limit)
        for shape in (axes.level(bound, _BAD, dashed=True), axes.y_label(bound, f"{bound:+.1f} ms"))
    ]
    dots = [
        axes.dot(
            seconds,
            offset,
            _BAD if abs(offset) > limit else _GOOD,
            f"{seconds:.2f} s: {offset:+.3f} ms",
        )
        for seconds, offset in measured
    ]
    return svg(_WIDTH, 195, [*limits, axes.level(0), *dots, *axes.second_labels()])


def _axes(
    reel: TimecodeList, top: float, height: float, y: tuple[float, float] = (0.0, 1.0)
) -> Axes:
    seconds = (0.0, float(reel.duration.seconds))
    return Axes(_LEFT, top, _WIDTH - _LEFT - _RIGHT, height, seconds, y)
