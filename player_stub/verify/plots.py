"""The plots of a report, as SVG (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from player_stub.verify.faults import FrameFault
from player_stub.verify.report import Verification
from sizzle.reel.timecode_list import TimecodeList

_WIDTH: Final = 1100
_LEFT: Final = 60  # where the labels of an axis end
_SPAN: Final = _WIDTH - _LEFT - 10
_RANKS: Final = ("#f2b134", "#4fb8c9", "#ee6c4d", "#8bc07a", "#b48ce0", "#6d9bea", "#e07ba8")
_BAD: Final = "#cf222e"


def timeline(reel: TimecodeList, faults: Sequence[FrameFault]) -> str:
    """The cuts as long as they play, in the colours of their ranks, and where faults are."""
    scale = _SPAN / reel.duration.frame
    cuts = (
        f"<rect x='{_LEFT + cut.record.start.frame * scale:.1f}' y='24' height='26' rx='3' "
        f"width='{max(1, cut.record.to_time_range().duration * scale - 1):.1f}' "
        f"fill='{_RANKS[(cut.rank - 1) % len(_RANKS)]}'><title>{escape(cut.clip_key)}, "
        f"{escape(cut.record.start.timecode)}</title></rect>"
        for cut in reel.cuts
    )
    marks = (
        f"<path d='M{(x := _LEFT + fault.record_frame * scale):.1f} 22v30' stroke='{_BAD}' "
        f"stroke-width='2'/><text x='{x:.1f}' y='16' text-anchor='middle'>{number}"
        f"<title>{escape(str(fault))}</title></text>"
        for number, fault in enumerate(faults, 1)
    )
    return _svg(78, [*cuts, *marks, *_seconds(reel, 68)])


def offsets(reel: TimecodeList, proof: Verification) -> str:
    """By how much the sound is late in each window, between the bounds that it has to keep."""
    half_frame = float(reel.rate.to_frame_rate().seconds(1)) * 500
    measured = [
        (window.start + window.duration / 2, window.offset_ms)
        for window in proof.windows
        if window.offset_ms is not None
    ]
    most = max([1.2 * half_frame, *(1.2 * abs(offset) for _, offset in measured)])
    scale = _SPAN / float(reel.duration.seconds)

    def height(offset: float) -> float:
        return 90 - 75 * offset / most

    bounds = (
        f"<path d='M{_LEFT} {height(bound):.1f}h{_SPAN}' stroke='{_BAD}' stroke-dasharray='4 4'/>"
        f"<text x='{_LEFT - 6}' y='{height(bound) + 4:.1f}' text-anchor='end'>"
        f"{bound:+.1f} ms</text>"
        for bound in (half_frame, -half_frame)
    )
    zero = f"<path d='M{_LEFT} 90h{_SPAN}' stroke='currentColor' opacity='.3'/>"
    points = (
        f"<circle cx='{_LEFT + at * scale:.1f}' cy='{height(offset):.1f}' r='3' "
        f"fill='{_BAD if abs(offset) > half_frame else '#1a7f37'}'>"
        f"<title>{at:.2f} s: {offset:+.3f} ms</title></circle>"
        for at, offset in measured
    )
    return _svg(195, [*bounds, zero, *points, *_seconds(reel, 188)])


def _seconds(reel: TimecodeList, y: int) -> Iterator[str]:
    """About ten labels along the reel."""
    whole = float(reel.duration.seconds)
    step = next((each for each in (1, 2, 5, 10, 20, 30, 60, 120, 300) if whole / each <= 12), 600)
    for second in range(0, int(whole) + 1, step):
        x = _LEFT + second * _SPAN / whole
        yield f"<text x='{x:.1f}' y='{y}' text-anchor='middle'>{second} s</text>"


def _svg(height: int, parts: Sequence[str]) -> str:
    return f"<svg viewBox='0 0 {_WIDTH} {height}' role='img'>{''.join(parts)}</svg>"
