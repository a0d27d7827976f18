"""Findings as markers: the editor's own sequence, with each finding in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import opentimelineio as otio
import pytest

from fixtures.defects import DEFECTS, clean_xml
from fixtures.exports import edl, otio_json
from fixtures.rules_page import examples
from sizzle.clips import ClipKey
from sizzle.errors import UnreadableTimelineError
from sizzle.layout import Checked, FrameSize, Marker, Timeline
from sizzle.reports import write_markers
from sizzle.reports.colours import COLOURS, EDIT, MEDIA, NAMING, WARNING, colour_of
from sizzle.reports.markers import FindingMarker, is_finding_marker, marked_xml
from tests.reports.checked_timelines import checked, defect

FORMAT = FrameSize(640, 360)
# The adapter refuses these documents even without our markers.
NOT_FOR_OTIO = {"multicam", "unreadable end"}


def marked(content: bytes) -> tuple[Timeline, Checked, bytes]:
    """A timeline, its check, and the document with the findings on it."""
    timeline, result = checked(content)
    return timeline, result, marked_xml(timeline, result.findings, content, FORMAT).encode()


def ours(timeline: Timeline) -> list[Marker]:
    """The markers that say findings."""
    return [marker for marker in timeline.markers if is_finding_marker(marker.name, marker.comment)]


@pytest.mark.parametrize("name", [defect.name for defect in DEFECTS])
def test_our_reader_reads_the_markers_back(name: str) -> None:
    """Each in its place; the timeline, its own markers and its findings are what they were."""
    timeline, result, document = marked(defect(name))
    again, result_again = checked(document)
    assert [(our.frame, our.name, our.comment) for our in ours(again)] == [
        (marker.frame, marker.name, marker.comment)
        for marker in map(FindingMarker.of, result.findings)
    ]
    own = tuple(marker for marker in again.markers if marker not in ours(again))
    assert replace(again, markers=own) == timeline
    assert result_again.findings == result.findings


@pytest.mark.parametrize(
    "name", [defect.name for defect in DEFECTS if defect.name not in NOT_FOR_OTIO]
)
def test_opentimelineio_reads_the_markers(name: str) -> None:
    """With their colours, which it keeps among its metadata."""
    _, result, document = marked(defect(name))
    read = otio.adapters.read_from_string(document.decode(), adapter_name="fcp_xml")
    assert isinstance(read, otio.schema.Timeline)
    said = [
        (marker.name, int(marker.metadata["fcp_xml"]["pproColor"]))
        for marker in read.tracks.markers
        if "pproColor" in marker.metadata.get("fcp_xml", {})
    ]
    expected = [FindingMarker.of(finding) for finding in result.findings]
    assert said == [(marker.name, marker.colour) for marker in expected]


def test_what_a_marker_says() -> None:
    """Rule and clip, then expected, found and fix, a line each; a point in the finding's colour."""
    _, result = checked(defect("79 frames, rippled"))
    marker = FindingMarker.of(result.findings[0])
    assert marker == FindingMarker(
        name="wrong-length (aurora-clip-3)",
        comment="Expected: 80 frames\nFound: 79 frames\nFix: extend it by 1 frame.",
        frame=320,
        colour=4281740498,
    )
    assert "<out>-1</out>" in marker.xml()


def test_no_marker_of_ours_names_a_clip() -> None:
    """Else the next check would take it for the editor's."""
    for finding in examples().values():
        assert ClipKey.parse(FindingMarker.of(finding).name) is None


def test_an_export_is_kept_to_the_byte() -> None:
    """All that only Premiere understands stays: just our markers are added."""
    content = defect("gap")
    _, result, document = marked(content)
    added = "".join(FindingMarker.of(finding).xml() for finding in result.findings)
    body = content.split(b"\n", 1)[1]  # without the declaration, which is written anew
    assert document.decode().replace(added, "") == (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{body.decode()}'
    )


def test_markers_of_an_earlier_check_are_replaced() -> None:
    """The editor works on in the marked sequence, and checks its next export."""
    _, _, once = marked(defect("overlap"))
    _, _, twice = marked(once)
    assert twice.count(b"<marker>") == once.count(b"<marker>")
    timeline, _ = checked(once)
    mended = marked_xml(timeline, [], once, FORMAT).encode()
    assert ours(checked(mended)[0]) == []
    assert len(checked(mended)[0].markers) == 28


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings(encoding: str) -> None:
    """Byte order marks and UTF-16 come out as UTF-8."""
    text = defect("gap").decode().replace("UTF-8", "UTF-16" if "16" in encoding else "UTF-8")
    _, result, document = marked(text.encode(encoding))
    assert len(ours(checked(document)[0])) == len(result.findings) == 1


def test_only_the_checked_sequence_is_marked() -> None:
    """Of several, in bins or not; one nested in an item is not one of them."""
    timeline, result = checked(defect("gap"))
    checked_one = clean_xml()[clean_xml().index("<sequence") : clean_xml().index("</xmeml>")]
    other = checked_one.replace("<name>Mega Asset</name>", "<name>Rough cut</name>")
    nested = "<clipitem><sequence><name>Mega Asset</name></sequence></clipitem>"
    other = other.replace("</track>", f"{nested}</track>", 1)
    project = f"<xmeml><project><children>{other}{checked_one}</children></project></xmeml>"
    document = marked_xml(timeline, result.findings, project.encode(), FORMAT)
    at = document.index(FindingMarker.of(result.findings[0]).xml())
    assert at > document.index("<name>Rough cut</name>")
    assert document[at:].count("</sequence>") == 1


@pytest.mark.parametrize("write", [edl, otio_json])
def test_other_formats_are_written_as_fcp7_xml(
    write: Callable[[Timeline], str], tmp_path: Path
) -> None:
    """Their items and markers as they were read, for Premiere to open."""
    timeline, result = checked(defect("gap"))
    export, out = tmp_path / "export", tmp_path / "marked.xml"
    export.write_text(write(timeline))
    write_markers(out, timeline, result.findings, export, FORMAT)
    again, _ = checked(out.read_bytes())
    assert again.items == timeline.items
    assert [marker.frame for marker in ours(again)] == [640]
    assert len(again.markers) == len(timeline.markers) + 1


def test_names_that_xml_cannot_hold() -> None:
    """JSON timelines can name clips anything."""
    timeline, result = checked(defect("gap"))
    items = [replace(item, name="\0\ud800<b>&") for item in timeline.items]
    odd = replace(timeline, items=tuple(items))
    finding = replace(result.findings[0], clip="\0\ud800<b>&")
    again, _ = checked(marked_xml(odd, [finding], b"{}", FORMAT).encode())
    assert again.items[0].name == "<b>&"
    assert ours(again)[0].name == "gap (<b>&)"


def test_documents_that_are_not_followed() -> None:
    """Entities, another root and no XML at all: then the sequence is written anew."""
    timeline, result = checked(defect("gap"))
    bomb = b'<!DOCTYPE xmeml [<!ENTITY a "b">]><xmeml><sequence/></xmeml>'
    for content in (bomb, b"<html><sequence/></html>", b"not XML", b"\xff\xff", b"<xmeml/>"):
        document = marked_xml(timeline, result.findings, content, FORMAT)
        assert checked(document.encode())[0].items == timeline.items


def test_deep_documents_are_followed() -> None:
    """Nothing is built, so depth costs nothing."""
    deep = f"<effect>{'<a>' * 5000}{'</a>' * 5000}</effect></sequence>"
    content = clean_xml().replace("</sequence>", deep).encode()
    timeline, result = checked(defect("gap"))
    document = marked_xml(timeline, result.findings, content, FORMAT)
    assert document.index("</effect>") < document.index("gap (Aurora Rising)")


def test_an_export_that_is_gone(tmp_path: Path) -> None:
    """Is said so, and nothing is written."""
    timeline, result = checked(defect("gap"))
    with pytest.raises(UnreadableTimelineError, match="no longer"):
        write_markers(tmp_path / "out.xml", timeline, result.findings, tmp_path / "gone.xml")
    assert list(tmp_path.iterdir()) == []


def test_colours_say_where_to_mend() -> None:
    """In the export, in the names, in the edit; a warning may be meant."""
    colours = {rule: colour_of(finding) for rule, finding in examples().items()}
    assert colours["gap"] == colours["wrong-length"] == EDIT
    assert colours["marker-off-cut"] == colours["clip-number"] == NAMING
    assert colours["media-rate"] == colours["media-flash-frame"] == MEDIA
    assert colours["otio-mismatch"] == WARNING


def test_colours_are_those_that_premiere_writes() -> None:
    """Its own numbers for red, orange, magenta and yellow, as in its exports."""
    assert [colour.premiere for colour in COLOURS] == [
        4281740498,
        4280578025,
        4289825711,
        4281049552,
    ]
