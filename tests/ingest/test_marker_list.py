"""Lists of markers beside a timeline: Premiere's CSV and DaVinci Resolve's EDL of markers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.exports import CLEAN, edl
from sizzle.errors import UnreadableTimelineError
from sizzle.ingest import inspect_timeline
from sizzle.ingest.marker_list import with_marker_list
from sizzle.ingest.read_content import read_content
from sizzle.ingest.reading import Reading
from sizzle.layout import DEFAULT, Marker, Timeline
from sizzle.timecode import FrameRate

BARE = replace(CLEAN, markers=())
HEADINGS = "Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type\t"
ROW = "{name}\t{comment}\t{at}\t{at}\t00:00:00:00\tComment\t"


def premiere(markers: Sequence[Marker], timeline: Timeline = CLEAN) -> str:
    """As Premiere writes them: the last column ends in a tab too."""
    rows = (
        ROW.format(name=marker.name, comment=marker.comment, at=timeline.timecode(marker.frame))
        for marker in markers
    )
    return "\n".join([HEADINGS, *rows, ""])


def resolve(markers: Sequence[Marker], timeline: Timeline = CLEAN) -> str:
    """As Resolve writes them: the note stands before the colour, on the line behind the event."""
    lines = ["TITLE: Mega", "FCM: NON-DROP FRAME", ""]
    for number, marker in enumerate(markers, start=1):
        start, end = timeline.timecode(marker.frame), timeline.timecode(marker.frame + 1)
        lines += [
            f"{number:03}  001      V     C        {start} {end} {start} {end}  ",
            f"{marker.comment} |C:ResolveColorBlue |M:{marker.name} |D:1",
            "",
        ]
    return "\n".join(lines)


def markers_of(path: Path, content: bytes, timeline: Timeline = BARE) -> tuple[Marker, ...]:
    """The markers that a list gives a timeline."""
    path.write_bytes(content)
    return with_marker_list(Reading(timeline, ()), path).timeline.markers


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_premieres_csv(tmp_path: Path, encoding: str, newline: str) -> None:
    """UTF-16 with tabs as it is exported, and as other programs save it again."""
    text = premiere(CLEAN.markers).replace("\n", newline)
    assert markers_of(tmp_path / "m.csv", text.encode(encoding)) == CLEAN.markers


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_csv_that_a_spreadsheet_has_saved(tmp_path: Path, separator: str) -> None:
    """With other separators, quotes, and headings in another language."""
    text = premiere(CLEAN.markers).replace("\t", separator).replace("Marker Name", '"Markername"')
    assert markers_of(tmp_path / "m.csv", text.encode()) == CLEAN.markers


def test_resolves_edl_of_markers(tmp_path: Path) -> None:
    """Name, note and frame; colours are not used."""
    assert markers_of(tmp_path / "m.edl", resolve(CLEAN.markers).encode()) == CLEAN.markers


def test_drop_frame_counts_as_the_timeline_does(tmp_path: Path) -> None:
    """Whichever separators a list writes."""
    rate = FrameRate(30000, 1001, drop_frame=True)
    timeline = replace(BARE, rate=rate, start=rate.parse_timecode("01:00:00;00"))
    markers = (Marker("aurora-clip-1", 0), Marker("aurora-clip-2", 1800))
    text = premiere(markers, timeline)
    assert "01;01;00;02" in text.replace(":", ";")
    for each in (text, text.replace(":", ";"), text.replace(";", ":")):
        assert markers_of(tmp_path / "m.csv", each.encode("utf-16"), timeline) == markers


def test_an_edl_with_its_list_has_no_findings(tmp_path: Path) -> None:
    """It then has what the format lacks; without the list it says so."""
    timeline, markers = tmp_path / "mega.edl", tmp_path / "mega.csv"
    timeline.write_text(edl(BARE))
    markers.write_bytes(premiere(CLEAN.markers).encode("utf-16"))
    [bare] = inspect_timeline(timeline, DEFAULT, rate="23.976").findings
    assert (bare.rule, bare.severity) == ("no-markers", "error")
    assert "--markers-from" in bare.fix
    with_list = inspect_timeline(timeline, DEFAULT, rate="23.976", markers=markers)
    assert (with_list.findings, len(with_list.checked.clips)) == ((), 28)


def test_a_row_without_a_timecode_is_a_finding(tmp_path: Path) -> None:
    """Such as one of frames; the others are read."""
    path = tmp_path / "m.csv"
    path.write_text(premiere(CLEAN.markers).replace("01:00:13:08", "320", 2))
    reading = read_content(edl(BARE).encode(), "e", rate=DEFAULT.rate)
    again = with_marker_list(reading, path)
    assert len(again.timeline.markers) == 27
    assert [(finding.rule, finding.clip) for finding in again.findings] == [
        ("bad-line", "line 4 of the markers")
    ]


@pytest.mark.parametrize("content", [b"", b"hello", b"a\tb\tc\n", b"\x00\xff" * 9, b"\xff\xfe\x00"])
def test_what_is_no_list_is_refused(tmp_path: Path, content: bytes) -> None:
    """With how to export one."""
    with pytest.raises(UnreadableTimelineError, match="no list of markers") as error:
        markers_of(tmp_path / "m.csv", content)
    assert "File > Export > Markers" in error.value.fix
    with pytest.raises(UnreadableTimelineError, match="cannot be read"):
        with_marker_list(Reading(BARE, ()), tmp_path / "gone.csv")


@given(st.binary(max_size=300), st.booleans())
def test_no_list_breaks_the_reader(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, csv: bool
) -> None:
    """Whatever is in a list comes back as markers, findings, or a message."""
    path = tmp_path_factory.getbasetemp() / "junk"
    text = (premiere if csv else resolve)(CLEAN.markers[:2]).encode()
    path.write_bytes(text[: len(junk)] + junk + text[len(junk) :])
    try:
        reading = with_marker_list(Reading(BARE, ()), path)
    except UnreadableTimelineError:
        return
    assert len(reading.timeline.markers) + len(reading.findings) > 0
