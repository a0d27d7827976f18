"""CMX3600 EDLs, the poorest of the formats: cuts of one track, without markers or a rate.

Each line that cannot be read is a finding; the rest is still read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from sizzle.errors import TimecodeError, UnreadableTimelineError
from sizzle.ingest.reading import Reading
from sizzle.layout import Finding, Item, ItemKind, Marker, Timeline, rules
from sizzle.timecode import FrameRate, TimeRange

_TIMECODE = r"\d{2}[:;.]\d{2}[:;.]\d{2}[:;.]\d{2}"
_EVENT = re.compile(
    r"(?P<number>\d{1,6})\s+(?P<reel>\S+)\s+(?P<channels>\S+)\s+(?P<edit>[CDWK]\S*)"
    r"(?:\s+(?P<frames>\d{1,4}))?"
    rf"\s+(?P<source_in>{_TIMECODE})\s+(?P<source_out>{_TIMECODE})"
    rf"\s+(?P<record_in>{_TIMECODE})\s+(?P<record_out>{_TIMECODE})",
    re.ASCII,
)
_SPEED = re.compile(r"M2\s+\S.*?\s+(?P<speed>-?\d{1,5}(?:\.\d{1,6})?)\s+\S+", re.ASCII)
_NAME = re.compile(r"\*\s*FROM CLIP NAME:\s*(?P<name>.*)", re.IGNORECASE)
_LOCATOR = re.compile(rf"\*\s*LOC:\s*(?P<at>{_TIMECODE})\s+\S+\s*(?P<name>.*)", re.IGNORECASE)
_COUNT = re.compile(r"FCM:\s*(?P<kind>(?:NON[- ]?)?DROP[ -]FRAME)", re.IGNORECASE)
_FIRST_LINES = re.compile(rb"\s*(TITLE:|FCM:|\d{1,6}\s+\S+\s+\S+\s+[CDWK])", re.IGNORECASE)
_IGNORED = ("TITLE:", "FCM:", "*", "FINAL CUT PRO", "SPLIT:", ">>>", "AUD", "M2")


def is_edl(content: bytes) -> bool:
    """Whether a text begins as an EDL does."""
    return _FIRST_LINES.match(content) is not None


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
    lines = content.decode("utf-8", errors="replace").splitlines()
    reader = _EdlReader(_with_count(lines, rate, where))
    for number, line in enumerate(lines, start=1):
        reader.read(number, line.strip())
    if not reader.events:
        raise UnreadableTimelineError(
            "No event of the EDL can be read.",
            where=where,
            fix="export it as CMX3600, or better as Final Cut Pro XML.",
        )
    return reader.reading()


def _with_count(lines: list[str], rate: FrameRate, where: str) -> FrameRate:
    """The rate with the drop-frame count that the EDL declares or writes."""
    declared = next((match for line in lines if (match := _COUNT.match(line.strip()))), None)
    if declared:
        drop_frame = not declared["kind"].upper().startswith("NON")
    else:
        # A reel may be named with a semicolon, so only events count.
        drop_frame = any(
            ";" in match["record_in"] for line in lines if (match := _EVENT.match(line.strip()))
        )
    try:
        return FrameRate(rate.numerator, rate.denominator, drop_frame or rate.drop_frame)
    except TimecodeError as error:
        raise UnreadableTimelineError(
            f"The EDL uses drop-frame timecode, which {rate} does not have.",
            where=where,
            fix="give the rate of the sequence it was exported from, such as --rate 29.97.",
        ) from error


@dataclass(slots=True)
class _Event:
    item: Item
    transition: int = 0


@dataclass(slots=True)
class _EdlReader:
    """Collects events line by line; positions are timecodes until all are known."""

    rate: FrameRate
    events: list[_Event] = field(default_factory=list)
    title: str = ""
    _markers: list[Marker] = field(default_factory=list)
    _bad: list[tuple[int, str, str]] = field(default_factory=list)

    def read(self, number: int, line: str) -> None:
        """Take one line in."""
        if match := _EVENT.match(line):
            self._read_event(number, line, match)
        elif match := _SPEED.match(line):
            self._change_last(speed=Fraction(match["speed"]) / self.rate.timebase)
        elif match := _NAME.match(line):
            self._change_last(name=match["name"].strip())
        elif match := _LOCATOR.match(line):
            self._read_locator(number, line, match)
        elif line.upper().startswith("TITLE:"):
            self.title = line[len("TITLE:") :].strip()
        elif line and not line.upper().startswith(_IGNORED):
            self._bad.append((number, line, "an event, a comment or a header"))

    def reading(self) -> Reading:
        """The timeline, counted from its first event, and what could not be read."""
        start = min(event.item.record.start for event in self.events)
        shifted = [
            _Event(replace(each.item, record=each.item.record.shifted(-start)), each.transition)
            for each in self.events
        ]
        items = [item for event in shifted for item in _with_transition(event)]
        items.sort(key=lambda item: item.record.start)
        markers = [replace(each, frame=each.frame - start) for each in self._markers]
        timeline = Timeline(
            self.title,
            self.rate,
            start,
            tuple(items),
            tuple(sorted(markers, key=lambda marker: marker.frame)),
        )
        return Reading(timeline, tuple(self._findings(timeline)))

    def _read_event(self, number: int, line: str, match: re.Match[str]) -> None:
        if not match["channels"].upper().startswith(("V", "B", "AA/V", "A/V", "VA")):
            return
        try:
            source_in, record_in, record_out = (
                self._frame(match[name]) for name in ("source_in", "record_in", "record_out")
            )
        except TimecodeError as error:
            self._bad.append((number, line, f"valid timecodes ({error.what})"))
            return
        if record_out <= record_in:
            if match["edit"] == "C" and record_in == record_out:
                return  # the outgoing half of a transition: it has no frames of its own
            self._bad.append((number, line, "a record out after the record in"))
            return
        black = match["reel"].upper() == "BL"
        item = Item(
            ItemKind.GENERATOR if black else ItemKind.CLIP,
            match["reel"],
            track=1,
            record=TimeRange(record_in, record_out),
            source_in=source_in,
            media=match["reel"],
        )
        self.events.append(_Event(item, int(match["frames"] or 0)))

    def _read_locator(self, number: int, line: str, match: re.Match[str]) -> None:
        try:
            self._markers.append(Marker(match["name"].strip(), self._frame(match["at"])))
        except TimecodeError as error:
            self._bad.append((number, line, f"a valid timecode ({error.what})"))

    def _frame(self, text: str) -> int:
        """A timecode with any separators; the FCM line decides whether it is drop-frame."""
        digits = re.split("[:;.]", text)
        separator = ";" if self.rate.drop_frame else ":"
        return self.rate.parse_timecode(":".join(digits[:3]) + separator + digits[3])

    def _change_last(self, *, name: str | None = None, speed: Fraction | None = None) -> None:
        """A comment or speed belongs to the event before it."""
        if not self.events:
            return
        event = self.events[-1]
        if name is not None:
            event.item = replace(event.item, name=name)
        if speed is not None:
            event.item = replace(event.item, speed=speed)

    def _findings(self, timeline: Timeline) -> Iterator[Finding]:
        for number, line, expected in self._bad:
            yield rules.BAD_LINE.at(
                timeline,
                0,
                clip=f"line {number}",
                expected=expected,
                found=line[:100],
                fix="correct the line, or export the sequence as Final Cut Pro XML.",
            )
        if not self._markers:
            yield rules.NO_MARKERS.at(
                timeline,
                0,
                expected="markers that name the clips",
                found="an EDL, which has no markers",
                fix='export Final Cut Pro XML, or set by = "name" in the layout\'s [titles].',
            )


def _with_transition(event: _Event) -> Iterator[Item]:
    if event.transition:
        record = TimeRange.of(event.item.record.start, event.transition)
        yield Item(ItemKind.TRANSITION, "transition", event.item.track, record)
    yield event.item
