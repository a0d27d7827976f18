"""EDLs: what they say, what they do not, and every line that cannot be read."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from fixtures.exports import CLEAN, edl
from sizzle.errors import UnreadableTimelineError
from sizzle.ingest import Reading, inspect_timeline
from sizzle.ingest.read_content import read_content
from sizzle.layout import DEFAULT, ItemKind, Marker
from sizzle.layout.naming import NamedBy, Naming
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
    assert (finding.rule, finding.severity) == ("no-markers", "error")
    assert '"name"' in finding.fix


def test_where_names_identify_titles_an_edl_needs_no_markers(tmp_path: Path) -> None:
    """Nothing is said of what nothing needs; by markers it is one error, however many clips."""
    path = tmp_path / "mega.edl"
    path.write_text(EDL)
    by_name = replace(DEFAULT, naming=Naming(by=NamedBy.NAME))
    rules_of = {
        layout.naming.by: [
            finding.rule for finding in inspect_timeline(path, layout, rate="24").findings
        ]
        for layout in (DEFAULT, by_name)
    }
    assert "no-markers" in rules_of[NamedBy.MARKER]
    assert "marker-missing" not in rules_of[NamedBy.MARKER]
    assert "no-markers" not in rules_of[NamedBy.NAME]


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


def test_lines_that_programs_add_are_no_bad_lines() -> None:
    """Colour decisions, reels by clip, Autodesk's extensions, and an end."""
    more = (
        "* ASC_SOP: (1 1 1)(0 0 0)(1 1 1)\n*ASC_SAT 1.0\nREEL AX IS CLIP Aurora.mov\n"
        "FINAL CUT PRO REEL: X REPLACED BY: Y\nDLEDL: START TC: 01:00:00:00\nEND\n"
    )
    assert rules(read(EDL + more)) == ["no-markers"]


def test_an_edl_without_one_good_event_is_no_timeline() -> None:
    """Nothing of it could be checked."""
    with pytest.raises(UnreadableTimelineError, match="No event"):
        read("TITLE: Empty\n001 AX V C soon later never ever\n")


def test_a_comment_belongs_to_its_own_event() -> None:
    """Also where that event is of audio, or cannot be read."""
    text = EDL + (
        "003  AX  AA  C  00:00:00:00 00:00:04:00 01:00:00:00 01:00:04:00\n"
        "* FROM CLIP NAME: music bed.wav\n"
        "004  AX  V  C  soon\n"
        "* FROM CLIP NAME: unreadable\n"
        "M2   AX       048.0                00:00:00:00\n"
    )
    items = read(text).timeline.items
    assert [item.name for item in items] == ["aurora-clip-1", "aurora-clip-2"]
    assert [item.speed for item in items] == [1, 1]


@pytest.mark.parametrize("star", ["* ", ""])
def test_a_dissolve_names_both_its_clips(star: str) -> None:
    """FROM is the outgoing clip, TO the incoming one; other comments are no bad lines."""
    text = (
        "TITLE: A dissolve\n"
        "001  AX  V  C        00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00\n"
        "002  AX  V  C        00:00:02:00 00:00:02:00 01:00:02:00 01:00:02:00\n"
        "002  AX  V  D    024 00:00:05:00 00:00:07:00 01:00:02:00 01:00:04:00\n"
        f"{star}EFFECTS NAME IS CROSS DISSOLVE\n"
        f"{star}FROM CLIP NAME: aurora-clip-1\n"
        f"{star}TO CLIP NAME: aurora-clip-2\n"
    )
    reading = read(text)
    clips = [item.name for item in reading.timeline.items if item.kind is ItemKind.CLIP]
    assert clips == ["aurora-clip-1", "aurora-clip-2"]
    assert rules(reading) == ["no-markers"]


def test_source_times_that_count_otherwise_lose_no_event() -> None:
    """Drop-frame beside non-drop, and what no count has: only record times place a clip."""
    text = """TITLE: Counts
FCM: DROP FRAME
001  AX  V  C  00:00:59:00 00:01:01:00 00:59:58;00 01:00:00;00
FCM: NON-DROP FRAME
002  AX  V  C  00:01:00:00 00:01:02:00 01:00:00;00 01:00:02;00
003  AX  V  C  00:00:00:77 00:00:02:00 01:00:02;00 01:00:04;00
"""
    reading = read(text, VIDEO)
    assert [item.source_in for item in reading.timeline.items] == [59 * 30, 1800, None]
    assert reading.timeline.duration == 180
    assert rules(reading) == ["no-markers"]


def test_reel_ax_is_many_files() -> None:
    """What a comment says of the file, or else the clip's name, tells them apart."""
    event = "00{0}  {1}  V  C  00:00:00:00 00:00:02:00 01:00:0{2}:00 01:00:0{3}:00\n"
    text = (
        "TITLE: Reels\n"
        + event.format(1, "AX", 0, 2)
        + "* FROM CLIP NAME: a\n* SOURCE FILE: a.mov\n"
        + event.format(2, "AX", 2, 4)
        + "* FROM CLIP NAME: b\n"
        + event.format(3, "TAPE7", 4, 6)
        + "* FROM CLIP NAME: c\n"
    )
    assert [item.media for item in read(text).timeline.items] == ["a.mov", "b", "TAPE7"]


def test_a_wrong_rate_is_one_error_that_names_the_right_one() -> None:
    """Times that count to 29 are not of 24 frames a second."""
    text = EDL.replace("01:00:06:16", "01:00:06:29").replace("01:00:10:00", "01:00:10:27")
    with pytest.raises(UnreadableTimelineError, match="counts 30 frames a second") as caught:
        read(text)
    assert "--rate 29.97" in caught.value.fix


def test_a_list_of_markers_is_not_a_timeline() -> None:
    """DaVinci Resolve writes one as an EDL with events of one frame."""
    text = """TITLE: Timeline 1
FCM: NON-DROP FRAME

001  001      V     C        01:00:00:00 01:00:00:01 01:00:00:00 01:00:00:01
 |C:ResolveColorBlue |M:aurora-clip-1 |D:1
"""
    with pytest.raises(UnreadableTimelineError, match="list of markers"):
        read(text)


def test_tracks_black_video_midnight_and_audio_alone() -> None:
    """V2 is another track; what is generated is no clip; a sequence may run past midnight."""
    text = """TITLE: Late
001  AX  V   C  00:00:00:00 00:00:02:00 23:59:59:00 00:00:01:00
* FROM CLIP NAME: Black Video
002  AX  V2  C  00:00:00:00 00:00:02:00 00:00:01:00 00:00:03:00
"""
    first, second = read(text).timeline.items
    assert (first.kind, first.record) == (ItemKind.GENERATOR, TimeRange(0, 48))
    assert (second.track, second.record) == (2, TimeRange(48, 96))
    with pytest.raises(UnreadableTimelineError, match="only audio"):
        read("TITLE: Sound\n001  AX  A  C  00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00\n")


def test_a_bad_line_stands_at_its_record_time() -> None:
    """Where it can be read."""
    bad = "003  AX  V  C  00:00:00:00 00:00:01:00 01:00:12:00 01:00:11:00\n"
    (finding,) = (finding for finding in read(EDL + bad).findings if finding.rule == "bad-line")
    assert finding.timecode == "01:00:12:00"


@pytest.mark.parametrize(
    ("source_out", "speed"),
    [("00:00:05:00", 2), ("00:00:01:01", Fraction(1, 96)), ("00:00:01:00", 0)],
    ids=["twice as fast", "one frame held", "frozen"],
)
def test_a_retime_that_only_the_times_show(source_out: str, speed: Fraction) -> None:
    """Without an M2 line; black has no source times, and so no speed."""
    text = f"""TITLE: Retimed
001  AX  V  C  00:00:01:00 {source_out} 01:00:00:00 01:00:0{4 if speed != 2 else 2}:00
"""
    assert read(text).timeline.items[0].speed == speed
    assert read(text.replace("AX", "BL")).timeline.items[0].speed == 1


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "utf-8-sig"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_an_edl_in_any_usual_encoding(encoding: str, line_end: str) -> None:
    """As older systems and Windows write them."""
    content = EDL.replace("aurora-clip-1", "Über").replace("\n", line_end).encode(encoding)
    items = read_content(content, "cuts.edl", rate=FILM).timeline.items
    assert [item.name for item in items] == ["Über", "aurora-clip-2"]


@pytest.mark.parametrize(
    ("first", "record", "start"),
    [
        ("FCM: NON-DROP FRAME\nFCM: DROP FRAME\n", ":", 107_892),
        ("FCM: DROP FRAME\nFCM: NON-DROP FRAME\n", ":", 108_000),
        ("FCM: NON-DROP FRAME\n", ";", 107_892),
    ],
    ids=["the last before the first event", "the other way round", "as record times are written"],
)
def test_how_record_times_count_where_fcm_changes(first: str, record: str, start: int) -> None:
    """Declarations between events are of the sources; a sequence counts in one way throughout."""
    text = f"""TITLE: Counts
{first}001  AX  V  C  00:00:00:00 00:00:02:00 01:00:00{record}00 01:00:02{record}00
FCM: NON-DROP FRAME
002  AX  V  C  00:00:00:00 00:00:02:00 01:00:02{record}00 01:00:04{record}00
FCM: DROP FRAME
003  AX  V  C  00:00:00:00 00:00:02:00 01:00:04{record}00 01:00:06{record}00
"""
    timeline = read(text, VIDEO).timeline
    assert timeline.start == start
    assert [item.record.start for item in timeline.items] == [0, 60, 120]


def test_a_wrong_rate_that_only_lengths_show(tmp_path: Path) -> None:
    """Each frame number is valid at 25 as well, but 6 seconds and 16 frames would be 166."""
    path = tmp_path / "cuts.edl"
    path.write_text(edl(CLEAN))
    (finding,) = inspect_timeline(path, DEFAULT, rate="25").findings
    assert (finding.rule, finding.frame) == ("rate", 0)
    assert "at 24 frames a second" in finding.found
    assert "--rate 23.976" in finding.fix
    assert inspect_timeline(path, DEFAULT, rate="23.976").findings == ()


@pytest.mark.parametrize(
    ("line", "speed"),
    [
        ("M2   AX       024.0                00:00:00:00", 1),
        ("M2   AX       023.976              00:00:00:00", 1),
        ("M2   AX       023.98               00:00:00:00", 1),
        ("M2   AX       -024.0               00:00:00:00", -1),
        ("M2   AX       000.0                00:00:00:00", 0),
        ("M2   AX       025.0                00:00:00:00", Fraction(25, 24)),
    ],
)
def test_speeds_as_programs_round_them(line: str, speed: Fraction) -> None:
    """100 % of 23.976 is written as 24, 23.976 or 23.98."""
    event = "001  AX  V  C  00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00\n"
    assert read(f"TITLE: Speed\n{event}{line}\n").timeline.items[0].speed == speed


def test_after_a_dissolve_each_speed_is_of_its_own_reel() -> None:
    """There may be one for the outgoing clip as well."""
    text = """TITLE: A dissolve
001  AX  V  C        00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00
002  AX  V  C        00:00:02:00 00:00:02:00 01:00:02:00 01:00:02:00
002  BX  V  D    024 00:00:05:00 00:00:07:00 01:00:02:00 01:00:04:00
M2   BX       048.0                00:00:05:00
M2   AX       012.0                00:00:02:00
"""
    clips = [item for item in read(text).timeline.items if item.kind is ItemKind.CLIP]
    assert [item.speed for item in clips] == [1, 2]


def test_a_locator_past_midnight() -> None:
    """It is where the events are."""
    text = """TITLE: Late
001  AX  V  C  00:00:00:00 00:00:04:00 23:59:58:00 00:00:02:00
* LOC: 00:00:01:00 RED     aurora-clip-2
"""
    assert read(text).timeline.markers == (Marker("aurora-clip-2", 72),)


@pytest.mark.parametrize("end", ["\u2028", "\u2029"])
def test_an_edl_that_a_text_processor_saved_as_text(end: str) -> None:
    """With line ends and spaces of its own, and a name with an ellipsis in Windows' encoding."""
    text = EDL.replace("\n", end).replace("  V", "\u00a0 V")
    names = [item.name for item in read(text).timeline.items]
    assert names == ["aurora-clip-1", "aurora-clip-2"]
    windows = EDL.replace("aurora-clip-1", "Nacht\u2026").encode("cp1252")
    timeline = read_content(windows, "cuts.edl", rate=FILM)
    assert [finding.rule for finding in timeline.findings] == ["no-markers"]
    assert timeline.timeline.items[0].name == "Nacht\u2026"
