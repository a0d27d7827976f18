"""CMX3600 EDLs, the poorest of the formats: cuts of one track, without markers or a rate.

Only record times place a clip: a source time that cannot be read loses no event. A comment belongs
to the event before it, whatever that is. Each line that cannot be read is a finding; the rest is
still read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from sizzle.errors import TimecodeError, UnreadableTimelineError
from sizzle.ingest.edl_event import BLACK_REELS, Event, is_comment
from sizzle.ingest.edl_rate import count_above, usual_rate
from sizzle.ingest.reading import Reading
from sizzle.ingest.text_start import decode
from sizzle.layout import Finding, Item, ItemKind, Marker, Timeline, rules
from sizzle.layout.edits import EXPORT_TIMELINE
from sizzle.timecode import FrameRate, TimeRange

_TIMECODE = r"\d{2}[:;.]\d{2}[:;.]\d{2}[:;.]\d{2}"
_EVENT = re.compile(
    r"(?P<number>\d{1,6})\s+(?P<reel>\S+)\s+(?P<channels>\S+)\s+(?P<edit>[CDWK]\S*)"
    r"(?:\s+(?P<frames>\d{1,4}))?"
    rf"\s+(?P<source_in>{_TIMECODE})\s+(?P<source_out>{_TIMECODE})"
    rf"\s+(?P<record_in>{_TIMECODE})\s+(?P<record_out>{_TIMECODE})",
    re.ASCII,
)
_VIDEO = re.compile(r"(?:V(?P<track>\d{0,2})|B|A{1,2}/V|VA)\S*", re.IGNORECASE)
_RESOLVE_MARKER = re.compile(r"\|C:\S+\s*\|M:")
_LOCATOR = re.compile(rf"\*\s*LOC:\s*(?P<at>{_TIMECODE})\s+\S+\s*(?P<name>.*)", re.IGNORECASE)
_COUNT = re.compile(r"FCM:\s*(?P<kind>(?:NON[- ]?)?DROP[ -]FRAME)", re.IGNORECASE)
_FIRST_LINES = re.compile(rb"\s*(TITLE:|FCM:|\d{1,6}\s+\S+\s+\S+\s+[CDWK])", re.IGNORECASE)
_IGNORED = (
    *("TITLE:", "FCM:", "*", "FINAL CUT PRO", "SPLIT:", ">>>", "AUD", "M2", "EFFECTS NAME"),
    # As Final Cut Pro 7 and Autodesk's programs write them.
    *("REEL ", "DLEDL:", "GPI ", "TRAILER EDIT", "BLACK AND "),
)
_LINE_END = re.compile("\r\n|[\r\n\u2028\u2029]")
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2007\u2009\u202f"), " ")


def is_edl(content: bytes) -> bool:
    """Whether a text begins as an EDL does."""
    return _FIRST_LINES.match(decode(content[:4096]).encode()) is not None


def read_edl(content: bytes, where: str, rate: FrameRate | None) -> Reading:
    """Read the video events of an EDL at a given rate, since an EDL does not hold its own.

    Its first record timecode is taken for the sequence's start.

    Raises:
        UnreadableTimelineError: no rate is given, drop-frame at a rate that has none, or no event
            can be read.
    """
    if rate is None:
        raise UnreadableTimelineError(
            "An EDL does not contain its frame rate.",
            where=where,
            fix="give the sequence's rate with --rate, such as --rate 23.976.",
        )
    # Text processors put other spaces between words, and line ends of their own.
    lines = _LINE_END.split(decode(content).translate(_SPACES))
    _check_kind(lines, where)
    _check_rate(lines, rate, where)
    reader = _EdlReader(_with_count(lines, rate, where))
    for number, line in enumerate(lines, start=1):
        reader.read(number, line.strip())
    if not reader.events:
        raise UnreadableTimelineError(
            "The EDL has only audio." if reader.has_audio else "No event of the EDL can be read.",
            where=where,
            fix="export it as CMX3600, or better as Final Cut Pro XML.",
        )
    return reader.reading()


def _check_kind(lines: list[str], where: str) -> None:
    """Refuse Resolve's marker list, whose events look like clips of one frame."""
    if any(_RESOLVE_MARKER.match(line.strip()) for line in lines):
        raise UnreadableTimelineError(
            "The EDL is DaVinci Resolve's list of markers, not of clips.",
            where=where,
            fix="export the timeline itself, with File > Export > Timeline, as FCP 7 XML; or as an"
            " EDL, and give this list beside it with --markers-from.",
        )


def _check_rate(lines: list[str], rate: FrameRate, where: str) -> None:
    """Refuse an EDL whose record times count more frames a second than its rate has."""
    times = {
        match[name]
        for line in lines
        if (match := _EVENT.match(line.strip())) and _VIDEO.fullmatch(match["channels"])
        for name in ("record_in", "record_out")
    }
    frames = [int(time[-2:]) for time in times]
    # One such time is a typing error.
    if sum(frame >= rate.timebase for frame in frames) < 2:
        return
    count = count_above(max(frames))
    if count is not None:
        raise UnreadableTimelineError(
            f"The EDL counts {count} frames a second: its record times go up to frame"
            f" {max(frames)}, and {rate} ends at {rate.timebase - 1}.",
            where=where,
            fix=f"give the rate of its sequence, such as --rate {usual_rate(count)}.",
        )


def _counts_drop_frame(lines: list[str], rate: FrameRate) -> bool:
    """Whether record times count drop-frame: they are written so, or declared before the first.

    Later declarations are of the sources that follow them. A reel may be named with a semicolon,
    so only the times of events count.
    """
    declared: bool | None = None
    events = 0
    for line in map(str.strip, lines):
        if match := _EVENT.match(line):
            events += 1
            if ";" in match["record_in"] and (declared is None or rate.timebase % 30 == 0):
                return True
        elif not events and (match := _COUNT.match(line)):
            declared = not match["kind"].upper().startswith("NON")
    return bool(declared)


def _with_count(lines: list[str], rate: FrameRate, where: str) -> FrameRate:
    """The rate with the drop-frame count that the EDL declares or writes."""
    drop_frame = _counts_drop_frame(lines, rate)
    try:
        return FrameRate(rate.numerator, rate.denominator, drop_frame or rate.drop_frame)
    except TimecodeError as error:
        raise UnreadableTimelineError(
            f"The EDL uses drop-frame timecode, which {rate} does not have.",
            where=where,
            fix="give the rate of the sequence it was exported from, such as --rate 29.97.",
        ) from error


@dataclass(slots=True)
class _EdlReader:
    """Collects events line by line; positions are timecodes until all are known."""

    rate: FrameRate
    events: list[Event] = field(default_factory=list)
    title: str = ""
    has_audio: bool = False
    _current: Event | None = None  # whose comments follow; None where it is not of video
    _source_drop_frame: bool = False
    _markers: list[Marker] = field(default_factory=list)
    _bad: list[tuple[int, str, str, int | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._source_drop_frame = self.rate.drop_frame

    def read(self, number: int, line: str) -> None:
        """Take one line in."""
        if match := _EVENT.match(line):
            self._read_event(number, line, match)
        elif match := _LOCATOR.match(line):
            self._read_locator(number, line, match)
        elif match := _COUNT.match(line):
            self._source_drop_frame = not match["kind"].upper().startswith("NON")
        elif line.upper().startswith("TITLE:"):
            self.title = line[len("TITLE:") :].strip()
        elif is_comment(line):
            if self._current:
                self._current.add_comment(line, self.rate)
        elif line and line.upper() != "END" and not line.upper().startswith(_IGNORED):
            self._read_unknown(number, line)

    def _read_unknown(self, number: int, line: str) -> None:
        self._bad.append((number, line, "an event, a comment or a header", None))
        if line[0].isdigit():
            self._current = None  # an event that cannot be read has comments as well

    def reading(self) -> Reading:
        """The timeline, counted from its first event, and what could not be read."""
        self._name_outgoing_clips()
        start = min(event.item.record.start for event in self.events)
        items = [
            replace(item, record=item.record.shifted(-start))
            for event in self.events
            for item in event.items()
        ]
        items.sort(key=lambda item: item.record.start)
        markers = [replace(_marker, frame=_marker.frame - start) for _marker in self._markers]
        timeline = Timeline(
            self.title,
            self.rate,
            start,
            tuple(items),
            tuple(sorted(markers, key=lambda marker: marker.frame)),
        )
        return Reading(timeline, tuple(self._findings(timeline)))

    def _name_outgoing_clips(self) -> None:
        """A transition's FROM CLIP NAME is that of the event before it."""
        for before, event in zip([None, *self.events], self.events, strict=False):
            if not event.outgoing_name:
                continue
            if before is None or before.item.name.upper() in BLACK_REELS:
                event.clip_name = event.clip_name or event.outgoing_name
            else:
                before.clip_name = before.clip_name or event.outgoing_name

    def _read_event(self, number: int, line: str, match: re.Match[str]) -> None:
        self._current = None
        video = _VIDEO.fullmatch(match["channels"])
        if video is None:
            self.has_audio = True
            return
        record_in: int | None = None
        try:
            record_in = self._record_frame(match["record_in"])
            record_out = self._record_frame(match["record_out"], after=record_in)
        except TimecodeError as error:
            self._bad.append((number, line, f"valid record times ({error.what})", record_in))
            return
        if record_out <= record_in:
            if match["edit"] == "C" and record_in == record_out:
                return  # the outgoing half of a transition: it has no frames of its own
            self._bad.append((number, line, "a record out after the record in", record_in))
            return
        record = TimeRange(record_in, record_out)
        source_in, source_out = (
            self._source_frame(match[name]) for name in ("source_in", "source_out")
        )
        item = Item(
            ItemKind.CLIP,
            match["reel"],
            track=int(video["track"] or 1),
            record=record,
            source_in=source_in,
            speed=self._implied_speed(source_in, source_out, record.duration),
        )
        self._current = Event(item, int(match["frames"] or 0))
        self.events.append(self._current)

    def _record_frame(self, text: str, *, after: int | None = None) -> int:
        """A record time; one that is half a day before what it follows is past midnight."""
        frame = self._frame(text, self.rate)
        follows = self.events[0].item.record.start if after is None and self.events else after
        past_midnight = follows is not None and frame + self.rate.frames_a_day // 2 < follows
        return frame + self.rate.frames_a_day if past_midnight else frame

    def _source_frame(self, text: str) -> int | None:
        """A source time, which may count otherwise than the sequence, or None."""
        for drop_frame in (self._source_drop_frame, not self._source_drop_frame):
            try:
                rate = FrameRate(self.rate.numerator, self.rate.denominator, drop_frame)
                return self._frame(text, rate)
            except TimecodeError:
                continue
        return None

    def _read_locator(self, number: int, line: str, match: re.Match[str]) -> None:
        try:
            self._markers.append(Marker(match["name"].strip(), self._record_frame(match["at"])))
        except TimecodeError as error:
            self._bad.append((number, line, f"a valid timecode ({error.what})", None))

    def _implied_speed(self, first: int | None, last: int | None, length: int) -> Fraction:
        """The speed that source and record times show, where no M2 line says it.

        A source that counts another number of frames a second is off by less than half a second.
        """
        if first is None or last is None or abs(last - first - length) <= self.rate.timebase // 2:
            return Fraction(1)
        return Fraction(last - first, length)

    @staticmethod
    def _frame(text: str, rate: FrameRate) -> int:
        """A timecode with any separators; the FCM line decides whether it is drop-frame."""
        digits = re.split("[:;.]", text)
        separator = ";" if rate.drop_frame else ":"
        return rate.parse_timecode(":".join(digits[:3]) + separator + digits[3])

    def _findings(self, timeline: Timeline) -> Iterator[Finding]:
        for number, line, expected, at in self._bad:
            yield rules.BAD_LINE.at(
                timeline,
                0 if at is None else max(0, at - timeline.start),
                clip=f"line {number}",
                expected=expected,
                found=line[:100],
                fix="correct the line, or export the sequence as Final Cut Pro XML.",
                edits=EXPORT_TIMELINE,
            )
        if not self._markers:
            yield rules.NO_MARKERS.at(
                timeline,
                0,
                expected="markers that name the clips",
                found="an EDL, which has no markers",
                fix="give a list of its markers with --markers-from, or export Final Cut Pro XML,"
                ' or set by = "name" in the layout\'s [titles].',
                edits=EXPORT_TIMELINE,
            )
