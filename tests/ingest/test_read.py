"""Reading exports: the facts OpenTimelineIO leaves out, and files that are no timeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from xml.etree.ElementTree import Element, fromstring, tostring

import pytest

from fixtures.defects import TITLES, clean_xml, sequence_of
from fixtures.timeline import demo_timeline
from fixtures.titles import demo_clips
from sizzle.errors import UnreadableTimelineError
from sizzle.ingest import Reading
from sizzle.ingest.premiere_xml import premiere_xml
from sizzle.ingest.read_content import read_content
from sizzle.layout import FrameSize
from sizzle.timecode import FrameRate

TIMELINE = demo_timeline(TITLES, demo_clips(TITLES))


def read(content: bytes | str, sequence: str | None = None) -> Reading:
    """Read content as that of a file whose name says nothing of what it is."""
    raw = content if isinstance(content, bytes) else content.encode()
    return read_content(raw, "export.txt", sequence=sequence)


def changed(change: Callable[[Element], None]) -> bytes:
    """The clean export with a change to its sequence."""
    root = fromstring(clean_xml())
    change(sequence_of(root))
    content: bytes = tostring(root, encoding="UTF-8")
    return content


def test_what_is_written_is_what_is_read() -> None:
    """Name, rate, start, every item and every marker."""
    assert read(clean_xml()) == Reading(TIMELINE, ())


@pytest.mark.parametrize(
    "rate",
    [
        FrameRate(25),
        FrameRate(24),
        FrameRate(30000, 1001),
        FrameRate(30000, 1001, drop_frame=True),
        FrameRate(60000, 1001, drop_frame=True),
    ],
    ids=str,
)
def test_every_rate_and_count_survives(rate: FrameRate) -> None:
    """Rates and drop-frame flags are exact, whatever OpenTimelineIO makes of them."""
    timeline = replace(TIMELINE, rate=rate, start=0)
    read_back = read(premiere_xml(timeline, FrameSize(640, 360)))
    assert read_back == Reading(timeline, ())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_byte_order_marks_and_utf_16(encoding: str) -> None:
    """Windows tools write both; some leave the mark of UTF-16 out."""
    text = clean_xml().replace("UTF-8", "UTF-8" if encoding == "utf-8-sig" else "UTF-16")
    assert read(text.encode(encoding)).timeline == TIMELINE


def test_ntsc_left_out_is_taken_from_the_time_display() -> None:
    """CS6 leaves <ntsc> out of the sequence's rate; its display format 110 means 23.976."""

    def strip(sequence: Element) -> None:
        rate = sequence.find("./rate")
        assert rate is not None
        rate.remove(rate[1])

    assert read(changed(strip)).timeline.rate == FrameRate(24000, 1001)


def test_the_time_display_overrules_displayformat() -> None:
    """Premiere's own attribute is right where <displayformat> is not."""
    rate = FrameRate(30000, 1001, drop_frame=True)
    timeline = replace(TIMELINE, rate=rate, start=0, markers=())
    text = premiere_xml(timeline, FrameSize(640, 360)).replace(">DF<", ">NDF<")
    assert read(text).timeline.rate.drop_frame


def test_markers_come_in_order() -> None:
    """Premiere writes them in the order in which they were set."""

    def shuffle(sequence: Element) -> None:
        markers = sequence.findall("./marker")
        for marker in markers:
            sequence.remove(marker)
        sequence.extend(markers[::-1])

    assert read(changed(shuffle)).timeline.markers == TIMELINE.markers


def test_a_clip_is_as_long_as_it_stands_in_the_sequence() -> None:
    """Not as its in and out say, which differ in real exports."""

    def stretch(sequence: Element) -> None:
        out = sequence.find("media/video/track/clipitem/out")
        assert out is not None
        out.text = "999"

    assert read(changed(stretch)).timeline == TIMELINE


def test_markers_of_clips_are_not_the_sequences() -> None:
    """They count from the media's start, so they name nothing in the sequence."""

    def mark(sequence: Element) -> None:
        item = sequence.find("media/video/track/clipitem")
        assert item is not None
        item.append(sequence.findall("marker")[3])

    assert read(changed(mark)).timeline.markers == TIMELINE.markers


@pytest.mark.parametrize("drop_frame", [True, False])
def test_the_zero_point_tells_a_wrong_count(drop_frame: bool) -> None:
    """At 29.97 an hour is 107,892 or 108,000 frames; both said at once is a finding."""
    rate = FrameRate(30000, 1001, drop_frame)
    start = rate.parse_timecode("01:00:00;00" if drop_frame else "01:00:00:00")
    text = premiere_xml(replace(TIMELINE, rate=rate, start=start), FrameSize(640, 360))
    assert read(text).findings == ()
    other = text.replace('"102"', '"103"') if drop_frame else text.replace('"103"', '"102"')
    assert [finding.rule for finding in read(other).findings] == ["start-timecode-conflict"]


def two_sequences(first: str, second: str) -> bytes:
    """A project of two sequences of those names."""
    root = Element("xmeml", version="4")
    for name in (first, second):
        sequence = sequence_of(fromstring(clean_xml()))
        element = sequence.find("./name")
        assert element is not None
        element.text = name
        root.append(sequence)
    return tostring(root)


def test_one_of_several_sequences() -> None:
    """By its name."""
    content = two_sequences("rough", "final")
    assert read(content, "final").timeline.name == "final"


@pytest.mark.parametrize(
    ("names", "asked", "says"),
    [
        (("rough", "final"), None, "2 sequences"),
        (("rough", "final"), "fine", "0 sequences named 'fine'"),
        (("same", "same"), "same", "2 sequences named 'same'"),
    ],
)
def test_an_unclear_choice_lists_the_sequences(
    names: tuple[str, str], asked: str | None, says: str
) -> None:
    """So that one can be named."""
    with pytest.raises(UnreadableTimelineError, match=says) as caught:
        read(two_sequences(*names), asked)
    assert "--sequence" in caught.value.fix
    assert repr(names[1]) in caught.value.fix


def bomb() -> str:
    """Entities that would grow to a billion letters."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE xmeml [<!ENTITY e0 "ha">{levels}]><xmeml>&e9;</xmeml>'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        ("cut here", "not a timeline"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a damaged AAF"),
        (b"\x1f\x8b\x00\x00\x01", "a damaged gzip file"),
        ("<", "not well-formed XML"),
        (b"\xff\xfe<\x00", "not well-formed XML"),
        ('<?xml version="1.0" encoding="klingon"?><xmeml/>', "not well-formed XML"),
        (clean_xml()[:5000], "not well-formed XML"),
        ("<plist/>", "is a <plist>, not a Final Cut"),
        ('<xmeml version="4"/>', "no sequence"),
        ("<xmeml><sequence><name>a</name></sequence></xmeml>", "no <rate>"),
        ("<xmeml><sequence><rate><timebase>0</timebase></rate></sequence></xmeml>", "not positive"),
        ("<xmeml><sequence><rate><timebase>NaN</timebase></rate></sequence></xmeml>", "no <rate>"),
        (bomb(), "declares entities"),
    ],
)
def test_what_is_no_timeline_is_refused(content: str | bytes, says: str) -> None:
    """With the file's name and how to export a better one."""
    with pytest.raises(UnreadableTimelineError, match=says) as caught:
        read(content)
    assert caught.value.where == "export.txt"
    assert caught.value.fix
