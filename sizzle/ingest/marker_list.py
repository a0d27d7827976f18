"""Lists of markers beside a timeline: Premiere's CSV and DaVinci Resolve's EDL of markers.

Premiere (File > Export > Markers) writes a line for each marker in UTF-16, its columns separated by
tabs: name, description, in, out, duration and type. Headings are in the program's language, so
columns are found by what is in them. Resolve (Timelines > Export > Timeline Markers to EDL) writes
an event of one frame for each, and after it a line with its note, colour, name and length. A list
has no rate and no start: its timecodes are those of the timeline.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sizzle.errors import TimecodeError, UnreadableTimelineError
from sizzle.ingest.reading import Reading
from sizzle.layout import Finding, Marker, Timeline, rules
from sizzle.layout.edits import EXPORT_TIMELINE
from sizzle.timecode import FrameRate

_LARGEST = 32 * 2**20  # bytes
_MOST_FINDINGS = 20
_TIMECODE = re.compile(r"\d{2}[:;.]\d{2}[:;.]\d{2}[:;.]\d{2,3}", re.ASCII)
_EVENT = re.compile(
    r"\d{1,6}\s+\S+\s+\S+\s+C\s+\S+\s+\S+\s+(?P<at>\d{2}[:;.]\d{2}[:;.]\d{2}[:;.]\d{2,3})\s+\S+\s*$",
    re.ASCII,
)
_MARK = re.compile(r"(?P<note>.*?)\s*\|C:\S+\s*\|M:(?P<name>.*?)\s*\|D:\d+\s*$")
_HOW_TO_EXPORT = (
    "in Premiere, use File > Export > Markers, as CSV; in DaVinci Resolve, right-click the"
    " timeline in the Media Pool, and use Timelines > Export > Timeline Markers to EDL."
)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A marker of a list: its line, and its timecode as it is written."""

    line: int
    at: str
    name: str
    comment: str


def with_marker_list(reading: Reading, path: Path) -> Reading:
    """A timeline with the markers of a list in place of its own.

    Args:
        reading: of the timeline, whose rate and start the list's timecodes are counted by.
        path: of the list; its content decides the format.

    Raises:
        UnreadableTimelineError: the file cannot be read, or is no list of markers.
    """
    listed = _read(_content(path), str(path))
    timeline = reading.timeline
    markers, findings = [], []
    for each in listed:
        try:
            frame = _frame(each.at, timeline.rate) - timeline.start
            markers.append(Marker(each.name.strip(), frame, each.comment.strip()))
        except TimecodeError as error:
            findings.append(_bad_line(timeline, each, error))
    markers.sort(key=lambda marker: marker.frame)
    # An EDL without markers is no longer one: the list has them.
    kept = [finding for finding in reading.findings if finding.rule != rules.NO_MARKERS.rule_id]
    # The document's own markers are no longer the timeline's.
    timeline = replace(timeline, markers=tuple(markers))
    return Reading(timeline, (*kept, *findings[:_MOST_FINDINGS]))


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise UnreadableTimelineError(
            f"The list of markers cannot be read: {error.strerror}.",
            where=str(path),
            fix="check the path and its permissions.",
        ) from error
    if len(content) > _LARGEST:
        raise UnreadableTimelineError(
            f"The list of markers is over {_LARGEST >> 20} MiB.",
            where=str(path),
            fix=_HOW_TO_EXPORT,
        )
    return content


def decode_text(content: bytes) -> str:
    """A text in whichever of the usual encodings it is."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if content[1:2] == b"\0":  # UTF-16 whose mark a program has lost
        return content.decode("utf-16-le", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _read(content: bytes, where: str) -> list[_Listed]:
    text = decode_text(content)
    listed = list(_of_resolve(text)) or list(_of_premiere(text))
    if not listed:
        raise UnreadableTimelineError(
            "The file is no list of markers: neither Premiere's CSV nor DaVinci Resolve's EDL.",
            where=where,
            fix=_HOW_TO_EXPORT,
        )
    return listed


def _of_resolve(text: str) -> Iterator[_Listed]:
    event: tuple[int, str] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _EVENT.match(line.strip()):
            event = (number, found["at"])
        elif event and (mark := _MARK.match(line.strip())):
            yield _Listed(*event, mark["name"], mark["note"])
            event = None


def _of_premiere(text: str) -> Iterator[_Listed]:
    """The rows below the headings; a spreadsheet may have saved them with other separators."""
    first = text.lstrip("\r\n").partition("\n")[0]
    separator = max("\t,;", key=first.count)
    if first.count(separator) < 2:
        return
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    at: int | None = None
    try:
        for cells in rows:
            times = [index for index, cell in enumerate(cells) if _TIMECODE.fullmatch(cell.strip())]
            # The first timecode is where the marker starts; its name comes first in each row.
            at = times[0] if at is None and times and times[0] >= 1 else at
            if at is not None and len(cells) > at and any(cell.strip() for cell in cells):
                comment = cells[1] if at > 1 else ""
                yield _Listed(rows.line_num, cells[at].strip(), cells[0], comment)
    except csv.Error:
        return


def _frame(text: str, rate: FrameRate) -> int:
    """A timecode with any separators: the timeline decides whether it counts drop-frame."""
    if not _TIMECODE.fullmatch(text):
        raise TimecodeError(f"{text[:40]!r} is not a timecode.", fix="show timecode, not frames.")
    digits = re.split("[:;.]", text)
    separator = ";" if rate.drop_frame else ":"
    return rate.parse_timecode(":".join(digits[:3]) + separator + digits[3])


def _bad_line(timeline: Timeline, listed: _Listed, error: TimecodeError) -> Finding:
    return rules.BAD_LINE.at(
        timeline,
        0,
        clip=f"line {listed.line} of the markers",
        expected=f"a timecode of the sequence ({error.what})",
        found=f"{listed.name[:60]} at {listed.at[:40]}",
        fix="export the markers of this sequence again.",
        edits=EXPORT_TIMELINE,
    )
