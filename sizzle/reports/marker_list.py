"""Lists of markers, as the programs that import them write them."""

from __future__ import annotations

from collections.abc import Iterable

from sizzle.layout import Timeline
from sizzle.reports.marker_changes import MarkerState


def resolve_edl(timeline: Timeline, markers: Iterable[MarkerState]) -> bytes:
    """DaVinci Resolve's EDL of markers, for Timelines > Import > Timeline Markers from EDL.

    Markers outside of the 24 hours that timecode can express are left out.
    """
    count = "DROP FRAME" if timeline.rate.drop_frame else "NON-DROP FRAME"
    lines = [f"TITLE: {_one_line(timeline.name)}", f"FCM: {count}", ""]
    for number, marker in enumerate(markers, start=1):
        first = timeline.start + marker.frame
        if not 0 <= first < timeline.rate.frames_a_day - 1:
            continue
        start, end = timeline.rate.timecode(first), timeline.rate.timecode(first + 1)
        lines += [
            f"{number:03}  001      V     C        {start} {end} {start} {end}  ",
            f" |C:ResolveColorBlue |M:{_one_line(marker.name)} |D:1",
            "",
        ]
    return ("\n".join(lines) + "\n").encode()


def premiere_csv(timeline: Timeline, markers: Iterable[MarkerState]) -> bytes:
    """Premiere's CSV of markers: UTF-16, columns parted by tabs."""
    headings = ("Marker Name", "Description", "In", "Out", "Duration", "Marker Type")
    rows = ["\t".join(headings) + "\t"]
    zero = timeline.rate.timecode(0)
    for marker in markers:
        if 0 <= timeline.start + marker.frame < timeline.rate.frames_a_day:
            at = timeline.rate.timecode(timeline.start + marker.frame)
            rows.append("\t".join((_one_line(marker.name), "", at, at, zero, "Comment")) + "\t")
    return ("\ufeff" + "\n".join(rows) + "\n").encode("utf-16-le")


def _one_line(text: str) -> str:
    """A name without what would end its column or its line."""
    return " ".join(text.replace("|", " ").split())
