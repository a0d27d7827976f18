"""Final Cut Pro 7 XML (xmeml) as Premiere writes it, read for what OpenTimelineIO leaves out.

Format: Apple's Final Cut Pro XML Interchange Format, version 4 and 5. Premiere adds attributes of
its own to `<sequence>`. `MZ.Sequence.VideoTimeDisplayFormat` is how timecode is displayed; it is
right where `<displayformat>` is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from xml.etree.ElementTree import Element

from sizzle.errors import TimecodeError, UnreadableTimelineError
from sizzle.ingest.fcp7_files import FileTable
from sizzle.ingest.fcp7_retime import read_retime
from sizzle.ingest.fcp7_visibility import is_visible
from sizzle.ingest.generated import is_generated_name
from sizzle.ingest.premiere_xml import TICKS_A_SECOND
from sizzle.ingest.xml_values import integer, integer_text, truth
from sizzle.layout import Finding, FrameSize, Item, ItemKind, Marker, Timeline, rules
from sizzle.layout.edits import EXPORT_TIMELINE, Edit, Operation
from sizzle.timecode import FrameRate, TimeRange

ITEM_TAGS = ("clipitem", "generatoritem", "transitionitem")

# Premiere's time display formats that say more than <rate> and <displayformat> do.
_DISPLAY_NTSC = {"102", "103", "106", "107", "110"}
_DISPLAY_DROP_FRAME = {"102", "106"}
_DISPLAY_KNOWN = {str(code) for code in range(100, 109)} | {"110"}


@dataclass(frozen=True, slots=True)
class Document:
    """A sequence as its document describes it.

    Attributes:
        element: the `<sequence>`.
        timeline: what was read of it.
        tracks: the items of each video track in document order, with their elements.
        findings: what is wrong with the document itself.
    """

    element: Element
    timeline: Timeline
    tracks: tuple[tuple[tuple[Element, Item], ...], ...]
    findings: tuple[Finding, ...]


def sequences(root: Element) -> list[Element]:
    """The sequences of a document that are not nested in another, in document order."""
    return [*root.findall("sequence"), *root.findall(".//children/sequence")]


def is_display_format(display_format: str) -> bool:
    """Whether it is one of Premiere's time display formats, which say how timecode counts."""
    return display_format in _DISPLAY_KNOWN


def shows_drop_frame(display_format: str) -> bool:
    """Whether Premiere's time display format is a drop-frame one."""
    return display_format in _DISPLAY_DROP_FRAME


def read_sequence(element: Element, files: FileTable, where: str) -> Document:
    """Read one `<sequence>`.

    Args:
        element: the sequence.
        files: of the whole document.
        where: the file's name, for messages.

    Raises:
        UnreadableTimelineError: it has no rate or no usable start.
    """
    rate = _sequence_rate(element, where)
    bare = Timeline(element.findtext("name") or "", rate, _start(element, rate), (), ())
    tracks, findings = [], [*_strays(element, bare), *_check_start(element, bare)]
    for number, track in enumerate(element.findall("./media/video/track"), start=1):
        reader = _TrackReader(bare, number, files)
        tracks.append(tuple(reader.read(track)))
        findings += reader.findings
    items = sorted(
        (item for track in tracks for _, item in track),
        key=lambda item: (item.record.start, item.track),
    )
    markers = sorted(_markers(element), key=lambda marker: marker.frame)
    timeline = replace(
        bare,
        items=tuple(items),
        markers=tuple(markers),
        picture=_picture(element),
        disabled_tracks=_disabled_tracks(element),
    )
    return Document(element, timeline, tuple(tracks), tuple(findings))


def _sequence_rate(element: Element, where: str) -> FrameRate:
    rate = element.find("rate")
    timebase = integer(rate, "timebase")
    if rate is None or timebase is None:
        raise UnreadableTimelineError(
            "The sequence has no <rate> with a whole <timebase>.",
            where=where,
            fix="export it again; Premiere's own exports always have one.",
        )
    shown = element.get("MZ.Sequence.VideoTimeDisplayFormat", "")
    # CS6 leaves <ntsc> out; the display format decides then.
    ntsc = truth(rate, "ntsc", default=shown in _DISPLAY_NTSC)
    if shown in _DISPLAY_KNOWN:
        drop_frame = shows_drop_frame(shown)
    else:
        drop_frame = element.findtext("./timecode/displayformat", "").strip() == "DF"
    try:
        return _rate(timebase, ntsc, drop_frame)
    except TimecodeError as error:
        raise UnreadableTimelineError(error.what, where=where, fix=error.fix) from error


def _rate(timebase: int, ntsc: bool, drop_frame: bool = False) -> FrameRate:
    return FrameRate(timebase * 1000, 1001, drop_frame) if ntsc else FrameRate(timebase)


def _item_rate(element: Element) -> FrameRate | None:
    """The rate of an item that has one of its own, where it is readable."""
    rate = element.find("rate")
    timebase = integer(rate, "timebase")
    if rate is None or timebase is None:
        return None
    try:
        return _rate(timebase, truth(rate, "ntsc", default=False))
    except TimecodeError:
        return None


def _start(element: Element, rate: FrameRate) -> int:
    """The start timecode's frame: from `<frame>`, else Premiere's zero point, else the text."""
    starts = _starts(element, rate)
    return next((frame for _, frame in starts), 0)


def _starts(element: Element, rate: FrameRate) -> list[tuple[str, int]]:
    """Every place in the document that holds the start, the most trusted first."""
    ticks, text = element.get("MZ.ZeroPoint", ""), element.findtext("timecode/string") or ""
    places = (
        ("<frame>", integer(element.find("timecode"), "frame")),
        ("MZ.ZeroPoint", _frames_of_ticks(ticks, rate)),
        ("<string>", _frames_of_text(text, rate)),
    )
    return [(name, frame) for name, frame in places if frame is not None]


def _frames_of_ticks(text: str, rate: FrameRate) -> int | None:
    ticks = integer_text(text)
    # Premiere rounds to ticks, so half a frame is more than enough to tell frames apart.
    return None if ticks is None else _frames(ticks, rate)


def _frames(ticks: int, rate: FrameRate) -> int:
    return round(Fraction(ticks, TICKS_A_SECOND) * rate.fraction)


def _frames_of_text(text: str, rate: FrameRate) -> int | None:
    """The text's frame by the rate's own count, whichever separator it is written with."""
    digits = re.split("[:;.]", text.strip())
    separator = ";" if rate.drop_frame else ":"
    try:
        return rate.parse_timecode(":".join(digits[:3]) + separator + "".join(digits[3:]))
    except TimecodeError:
        return None


def _check_start(element: Element, timeline: Timeline) -> Iterator[Finding]:
    """The document holds the start several times; all must agree."""
    starts = _starts(element, timeline.rate)
    if len({frame for _, frame in starts}) > 1:
        yield rules.START_TIMECODE_CONFLICT.at(
            timeline,
            0,
            expected="one start timecode",
            found=", ".join(
                f"{name} {timeline.timecode(frame - timeline.start)}" for name, frame in starts
            ),
            fix="set Start Time again in the sequence's panel menu, and export again.",
            edits=(Edit(Operation.SET_START, after=timeline.timecode(0)), *EXPORT_TIMELINE),
        )


def _picture(element: Element) -> FrameSize | None:
    found = element.find("media/video/format/samplecharacteristics")
    width, height = integer(found, "width"), integer(found, "height")
    return FrameSize(width, height) if width and height else None


def _disabled_tracks(element: Element) -> tuple[int, ...]:
    tracks = enumerate(element.findall("./media/video/track"), start=1)
    return tuple(number for number, track in tracks if not truth(track, "enabled", default=True))


def _strays(element: Element, timeline: Timeline) -> Iterator[Finding]:
    """Report clip items outside of any track, which would otherwise be ignored silently."""
    on_tracks = sum(
        len(track.findall("clipitem"))
        for media in element.iter("media")
        for kind in media
        for track in kind.findall("track")
    )
    strays = sum(1 for _ in element.iter("clipitem")) - on_tracks
    if strays:
        yield rules.ITEM_POSITION.at(
            timeline,
            0,
            expected="all clip items in a track",
            found=f"{strays} elsewhere in the document",
            fix="export the sequence again; the document was edited since.",
            edits=EXPORT_TIMELINE,
        )


def _markers(element: Element) -> Iterator[Marker]:
    for marker in element.findall("marker"):
        frame = integer(marker, "in")
        if frame is not None:
            name, comment = marker.findtext("name") or "", marker.findtext("comment") or ""
            yield Marker(name.strip(), frame, comment.strip())


class _TrackReader:
    """Reads the items of one track; an item without a position becomes a finding."""

    def __init__(self, timeline: Timeline, number: int, files: FileTable) -> None:
        self._timeline = timeline
        self._number = number
        self._files = files
        self.findings: list[Finding] = []

    def read(self, track: Element) -> Iterator[tuple[Element, Item]]:
        """Its items in document order."""
        elements = [element for element in track if element.tag in ITEM_TAGS]
        padded = [None, *elements, None]
        for (before, element), (_, after) in pairwise(pairwise(padded)):
            assert element is not None
            record, guessed = _record(element, before, after, self._timeline.rate)
            if guessed or record is None or record.start < 0:
                self.findings.append(self._without_position(element, record))
            if record is not None and record.start >= 0:
                yield element, self._item(element, record, before)

    def _item(self, element: Element, record: TimeRange, before: Element | None) -> Item:
        media = self._files.media(element.find("file"))
        retime = read_retime(element, media)
        name = (element.findtext("name") or element.findtext("./effect/name") or "").strip()
        return Item(
            kind=self._kind(element, name),
            name=name,
            track=self._number,
            record=record,
            source_in=_source_in(element, record, before),
            enabled=truth(element, "enabled", default=True),
            speed=retime.speed,
            rate=self._own_rate(element),
            media=media,
            variable_speed=retime.variable,
            visible=is_visible(element),
        )

    def _kind(self, element: Element, name: str) -> ItemKind:
        if element.tag == "transitionitem":
            return ItemKind.TRANSITION
        file = element.find("file")
        if element.tag == "generatoritem" or self._files.is_generated(file):
            return ItemKind.GENERATOR
        if element.find("sequence") is not None:
            return ItemKind.NESTED
        if is_generated_name(name) and self._files.media(file) is None:
            return ItemKind.GENERATOR
        return ItemKind.CLIP if file is not None else ItemKind.MULTICAM

    def _own_rate(self, element: Element) -> FrameRate | None:
        """The item's rate where it has another than the sequence."""
        rate = _item_rate(element)
        same = rate is None or rate.fraction == self._timeline.rate.fraction
        return None if same or element.tag == "transitionitem" else rate

    def _without_position(self, element: Element, guess: TimeRange | None) -> Finding:
        position = ", ".join(f"{tag} {element.findtext(tag)}" for tag in ("start", "end"))
        frame = guess.start if guess and guess.start >= 0 else 0
        name = (element.findtext("name") or element.get("id") or element.tag).strip()
        return rules.ITEM_POSITION.at(
            self._timeline,
            frame,
            track=self._number,
            clip=name,
            expected="a start and a later end, in whole frames",
            found=position,
            fix="delete it from the sequence and edit it in again.",
            edits=(Edit(Operation.REPLACE_CLIP, frame, self._number, name, position),),
        )


def _record(
    element: Element, before: Element | None, after: Element | None, rate: FrameRate
) -> tuple[TimeRange | None, bool]:
    """An item's range, and whether that is a guess.

    -1 means that a neighbouring transition decides; without one the source's length is a guess.
    """
    start, end = integer(element, "start"), integer(element, "end")
    length = _source_length(element)
    guessed = False
    if start == -1:
        start = _cut_point(before, rate)
        if start is None and end not in (None, -1) and length is not None:
            start, guessed = (end or 0) - length, True
    if end == -1:
        end = _cut_point(after, rate)
        if end is None and start is not None and length is not None:
            end, guessed = start + length, True
    if start is None or end is None or end <= start:
        return None, guessed
    return TimeRange(start, end), guessed


def _source_in(element: Element, record: TimeRange, before: Element | None) -> int | None:
    """The first frame of the file that is shown from the cut on.

    `<in>` counts from a subclip's first frame, and after a transition it is the frame at the
    transition's start, not at the cut.
    """
    first = integer(element, "in")
    if first is None:
        return None
    first += integer(element.find("subclipinfo"), "startoffset") or 0
    transition = integer(before, "start") if integer(element, "start") == -1 else None
    return first if transition is None else first + max(0, record.start - transition)


def _source_length(element: Element) -> int | None:
    first, last = integer(element, "in"), integer(element, "out")
    return None if first is None or last is None else last - first


def _cut_point(transition: Element | None, rate: FrameRate) -> int | None:
    """Where a transition cuts from one item to the next: as its ticks say, else its alignment."""
    if transition is None or transition.tag != "transitionitem":
        return None
    start, end = integer(transition, "start"), integer(transition, "end")
    if start is None or end is None:
        return None
    ticks = integer(transition, "cutPointTicks")
    if ticks is not None and 0 <= (cut := _frames(ticks, rate)) <= end - start:
        return start + cut
    alignment = (transition.findtext("alignment") or "").strip()
    if alignment.startswith("start"):
        return start
    return end if alignment.startswith("end") else (start + end) // 2
