"""EDLs: what they say, what they do not, and every line that cannot be read."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sizzle.errors import UnreadableTimelineError
from sizzle.ingest import Reading
from sizzle.ingest.read_content import read_content
from sizzle.layout import ItemKind, Marker
from sizzle.timecode import FrameRate, TimeRange

FILM = FrameRate(24000, 1001)
VIDEO = FrameRate(30000, 1001)

EDL = """TITLE: Mega Asset
FCM: NON-DROP FRAME

001  AX       V     C        00:00:01:00 00:00:07:16 01:00:00:00 01:00:06:16
* FROM CLIP NAME: aurora-clip-1
002  AX       V     C        00:00:08:00 00:00:11:08 01:00:06:16 01:00:10:00
* FROM CLIP NAME: aurora-clip-2
"""


def read(text: str, rate: FrameRate | None = FILM) -> Reading:
    """Read a text as an EDL."""
    return read_content(text.encode(), "cuts.edl", rate=rate)


def rules(reading: Reading) -> list[str]:
    """The rules of its findings."""
    return [finding.rule for finding in reading.findings]


def test_events_become_items() -> None:
    """At the rate that was given; the start is the first record timecode."""
    timeline = read(EDL).timeline
    assert (timeline.name, timeline.rate, timeline.start) == ("Mega Asset", FILM, 86400)
    first, second = timeline.items
    assert (first.name, first.record, first.source_in) == ("aurora-clip-1", TimeRange(0, 160), 24)
    assert (second.name, second.record) == ("aurora-clip-2", TimeRange(160, 240))


def test_an_edl_has_no_markers_and_says_so() -> None:
    """With what to do instead."""
    (finding,) = read(EDL).findings
    assert (finding.rule, finding.severity) == ("no-markers", "warning")
    assert '"name"' in finding.fix


def test_locators_are_markers() -> None:
    """Avid and Premiere write them as comments."""
    reading = read(EDL + "* LOC: 01:00:06:16 RED     aurora-clip-2\n")
    assert reading.timeline.markers == (Marker("aurora-clip-2", 160),)
    assert reading.findings == ()


def test_the_rate_must_be_given() -> None:
    """The usual default of 24 misreads 23.976 without a word."""
    with pytest.raises(UnreadableTimelineError, match="does not contain its frame rate") as caught:
        read(EDL, rate=None)
    assert "--rate" in caught.value.fix


@pytest.mark.parametrize(
    "text",
    [
        EDL.replace("NON-DROP", "DROP"),
        EDL.replace("FCM: NON-DROP FRAME\n", "")
        .replace(":00 01:00", ";00 01:00")
        .replace("01:00:00:00 ", "01:00:00;00 "),
        EDL.replace("NON-DROP FRAME", "DROP FRAME")
        .replace(":", ";")
        .replace("TITLE;", "TITLE:")
        .replace("FCM;", "FCM:")
        .replace("NAME;", "NAME:"),
    ],
    ids=["declared, with colons", "undeclared, with semicolons", "all semicolons"],
)
def test_drop_frame_however_it_is_written(text: str) -> None:
    """`FCM: DROP FRAME` with colons counts drop-frame, and so do semicolons without it."""
    timeline = read(text, VIDEO).timeline
    assert timeline.rate.drop_frame
    assert timeline.start == 107_892


def test_non_drop_stays_non_drop() -> None:
    """At 29.97 too, where other readers guess drop-frame."""
    timeline = read(EDL, VIDEO).timeline
    assert not timeline.rate.drop_frame
    assert timeline.start == 108_000


def test_drop_frame_at_a_rate_without_it_is_refused() -> None:
    """Somebody gave the wrong rate."""
    with pytest.raises(UnreadableTimelineError, match="uses drop-frame timecode, which 24000/1001"):
        read(EDL.replace("NON-DROP", "DROP"))


def test_every_bad_line_is_a_finding_and_the_rest_is_read() -> None:
    """The first error does not hide the others."""
    text = EDL + (
        "003  AX  V  C  00:00:00:00 00:00:00:30 01:00:10:00 01:00:11:99\n"
        "nonsense\n"
        "004  AX  V  C  00:00:00:00 00:00:01:00 01:00:12:00 01:00:11:00\n"
        "005  AX  V  C  00:00:00:00 00:00:01:00 01:00:10:00 01:00:11:00\n"
    )
    reading = read(text)
    bad = [finding for finding in reading.findings if finding.rule == "bad-line"]
    assert [finding.clip for finding in bad] == ["line 8", "line 9", "line 10"]
    assert "no field" not in bad[0].expected
    assert [item.record.start for item in reading.timeline.items] == [0, 160, 240]


def test_speeds_black_dissolves_and_sound() -> None:
    """A retime line, a black event, a dissolve's halves, and audio events."""
    text = """TITLE: All kinds
001  AX  V  C        00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00
M2   AX       048.0                00:00:00:00
002  BL  V  C        00:00:00:00 00:00:01:00 01:00:02:00 01:00:03:00
003  AX  V  C        00:00:00:00 00:00:00:00 01:00:03:00 01:00:03:00
003  BX  V  D    012 00:00:00:00 00:00:02:00 01:00:03:00 01:00:05:00
004  AX  A  C        00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00
"""
    reading = read(text)
    kinds = [item.kind for item in reading.timeline.items]
    assert kinds == [ItemKind.CLIP, ItemKind.GENERATOR, ItemKind.TRANSITION, ItemKind.CLIP]
    assert reading.timeline.items[0].speed == Fraction(2)
    assert reading.timeline.items[2].record == TimeRange(72, 84)
    assert rules(reading) == ["no-markers"]


def test_an_edl_without_one_good_event_is_no_timeline() -> None:
    """Nothing of it could be checked."""
    with pytest.raises(UnreadableTimelineError, match="No event"):
        read("TITLE: Empty\n001 AX V C soon later never ever\n")
