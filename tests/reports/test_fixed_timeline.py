"""A timeline with its markers mended: no finding of them is left, and no other byte has changed."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from fixtures.defects import DEFECTS
from fixtures.exports import CLEAN, edl, otio_json
from fixtures.planted_edits import plant
from sizzle.errors import InputError, UnreadableTimelineError
from sizzle.ingest import Inspection, inspect_reading
from sizzle.ingest.marker_list import with_marker_list
from sizzle.ingest.premiere_xml import premiere_xml
from sizzle.ingest.read_content import read_content
from sizzle.layout import DEFAULT, FrameSize, Layout, Timeline
from sizzle.reports import FixedTimeline, fix_timeline, write_fixed

# Kinds of planted edits of markers that have a fix which needs no editor.
OF_MARKERS = (
    "a marker deleted",
    "a marker moved",
    "a marker mistyped",
    "a marker misnumbered",
    "a marker of another title",
    "two markers' names swapped",
    "markers moved together",
    "all keys in comments",
    "a marker copied",
)
_MARKER = re.compile(r"\s*<marker>.*?</marker>", re.DOTALL)


def inspected(content: bytes, layout: Layout = DEFAULT, sequence: str | None = None) -> Inspection:
    """A file, read and checked."""
    reading = read_content(content, "export", sequence=sequence, rate=layout.rate)
    return inspect_reading(reading, layout)


def fixed(content: bytes, layout: Layout = DEFAULT, sequence: str | None = None) -> FixedTimeline:
    """A file with its markers mended."""
    found = inspected(content, layout, sequence)
    return fix_timeline(content, "export", found.reading, found.findings, sequence=sequence)


def broken(name: str) -> bytes:
    """The export with a defect."""
    return next(defect for defect in DEFECTS if defect.name == name).xml()


@pytest.mark.parametrize(
    ("kind", "write"),
    [*((kind, "xml") for kind in OF_MARKERS), *((kind, "otio") for kind in OF_MARKERS[:2])],
)
def test_markers_are_mended_and_nothing_else_is_touched(kind: str, write: str) -> None:
    """In an FCP7 XML and in OTIO: all that is around the markers stays as it is, to the byte."""
    timeline, layout = plant(kind, Random(f"{kind} 0"), most=3)
    content = _exported(timeline, write)
    before = inspected(content, layout)
    assert before.findings
    mended = fixed(content, layout)
    assert (mended.left, len(mended.made)) == ((), len(before.findings))
    assert len(mended.done) >= len(mended.made)
    assert inspected(mended.content, layout).findings == ()
    assert _without_markers(mended.content, write) == _without_markers(content, write)


def _exported(timeline: Timeline, write: str) -> bytes:
    text = premiere_xml(timeline, FrameSize(640, 360)) if write == "xml" else otio_json(timeline)
    return text.encode()


def _without_markers(content: bytes, write: str) -> object:
    if write == "xml":
        return _MARKER.sub("", content.decode())
    document = json.loads(content)
    document["tracks"]["markers"] = None
    return document


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", ""])
def test_encodings_and_line_ends_are_kept(encoding: str, newline: str) -> None:
    """And comments, the doctype, and the order of attributes."""
    declared = encoding.removesuffix("-sig")
    text = broken("late marker").decode().split("\n", 1)[1]
    text = text.replace("<name>Mega Asset</name>", "<name>Méga</name><!-- b='1' a='2' -->")
    text = re.sub(r"\n\t*" if not newline else "\n", newline, text)
    head = f'<?xml version="1.0" encoding="{declared}"?>{newline}<!DOCTYPE xmeml>{newline}'
    content = (head + text).encode(encoding)
    mended = fixed(content).content
    assert inspected(mended).findings == ()
    mark = content[:2] if encoding == "utf-16" else b""
    new, old = (
        f"<in>{frame}</in>".encode("utf-16-le" if mark else encoding.removesuffix("-sig"))
        for frame in (160, 161)
    )
    assert mended == content.replace(old, new)


def test_a_new_marker_is_laid_out_as_the_others() -> None:
    """Behind the last one; a document without line ends gets none."""
    content = broken("marker deleted")
    added = fixed(content).content.decode().replace(content.decode()[: -len("</sequence>\n")], "")
    assert "\n\t\t<marker>\n\t\t\t<comment></comment>\n\t\t\t<name>harbor-clip-1</name>" in added
    flat = re.sub(rb"\n\t*", b"", content)
    assert b"\n" not in fixed(flat).content.partition(b"<xmeml")[2]


def test_a_marker_keeps_its_length_and_its_comment() -> None:
    """When it moves, and when it is named by its comment."""
    content = broken("late marker").replace(
        b"<in>161</in>\n\t\t\t<out>-1</out>", b"<in>161</in>\n\t\t\t<out>171</out>"
    )
    assert b"<in>160</in>\n\t\t\t<out>170</out>" in fixed(content).content
    named = fixed(broken("key in the comment")).content
    assert b"<comment>aurora-clip-3</comment>" in named


def test_the_chosen_sequence_is_mended() -> None:
    """Of two with one name, by number; the other keeps its fault."""
    content = broken("late marker").decode()
    start, end = content.index("<sequence"), content.index("</xmeml>")
    two = (content[:end] + content[start:end] + content[end:]).encode()
    mended = fixed(two, sequence="2").content
    assert inspected(mended, sequence="2").findings == ()
    assert len(inspected(mended, sequence="1").findings) == 1


def test_what_only_an_editor_can_mend_is_left() -> None:
    """And said so: the file is written with the rest mended."""
    content = broken("gap").replace(b"aurora-clip-3<", b"Aurora clip 03<")
    mended = fixed(content)
    assert [finding.rule for finding in mended.left] == ["gap"]
    assert mended.done == ("renamed Aurora clip 03 aurora-clip-3",)
    assert [finding.rule for finding in inspected(mended.content).findings] == ["gap"]


def test_an_edl_gets_a_list_of_markers(tmp_path: Path) -> None:
    """Which `--markers-from` reads: with it the EDL has no findings."""
    late = [
        replace(marker, frame=marker.frame + (at == 3)) for at, marker in enumerate(CLEAN.markers)
    ]
    content = edl(replace(CLEAN, markers=tuple(late))).encode()
    found = inspected(content)
    for as_csv, suffix in ((False, ".edl"), (True, ".csv")):
        mended = fix_timeline(content, "export", found.reading, found.findings, as_csv=as_csv)
        assert mended.suffix == suffix
        path = tmp_path / f"markers{suffix}"
        path.write_bytes(mended.content)
        reading = read_content(edl(replace(CLEAN, markers=())).encode(), "e", rate=DEFAULT.rate)
        again = with_marker_list(reading, path)
        assert inspect_reading(again, DEFAULT).findings == ()


def test_otio_markers_on_clips_and_tracks() -> None:
    """One that moves off its clip is put on the timeline; one that is renamed stays on it."""
    document = json.loads(otio_json(CLEAN))
    tracks = document["tracks"]
    markers, tracks["markers"] = tracks["markers"], []
    clips = tracks["children"][0]["children"]
    for marker, clip in zip(markers, clips, strict=True):
        start = clip["source_range"]["start_time"]
        marker["marked_range"]["start_time"] = dict(start)
        clip["markers"] = [marker]
    clips[2]["markers"][0]["name"] = "Aurora clip 03"
    clips[4]["markers"][0]["marked_range"]["start_time"]["value"] += 5
    content = json.dumps(document, indent=4).encode()
    mended = fixed(content)
    assert inspected(mended.content).findings == ()
    after = json.loads(mended.content)["tracks"]
    own = after["children"][0]["children"]
    assert own[2]["markers"][0]["name"] == "aurora-clip-3"
    assert (own[4]["markers"], len(after["markers"])) == ([], 1)


def test_otio_markers_of_the_timeline_itself() -> None:
    """They are mended where they are; one that was missing is put on the stack."""
    document = json.loads(otio_json(CLEAN))
    markers, document["tracks"]["markers"] = document["tracks"]["markers"], []
    markers[2]["name"] = "Aurora clip 03"
    markers[4]["marked_range"]["start_time"]["value"] += 5
    for marker in markers:
        marker["marked_range"]["start_time"]["value"] += 86_400
    document["markers"] = [*markers[:8], *markers[9:]]
    mended = fixed(json.dumps(document).encode())
    assert inspected(mended.content).findings == ()
    after = json.loads(mended.content)
    assert after["markers"][2]["name"] == "aurora-clip-3"
    assert [marker["name"] for marker in after["tracks"]["markers"]] == ["aurora-clip-9"]


def test_refusals(tmp_path: Path) -> None:
    """A bundle, an EDL without any marker, a file that changed since, and the input itself."""
    found = inspected(broken("late marker"))
    bundle, bare = b"PK\x03\x04", edl(replace(CLEAN, markers=())).encode()
    changed = broken("late marker").replace(b"<in>161</in>", b"<in>162</in>")
    for content, says in ((bundle, "bundle"), (changed, "not those that were checked")):
        with pytest.raises(UnreadableTimelineError, match=says):
            fix_timeline(content, "export", found.reading, found.findings)
    wide = otio_json(CLEAN).encode("utf-16")
    found_wide = inspected(wide)
    with pytest.raises(UnreadableTimelineError, match="not in UTF-8"):
        fix_timeline(wide, "export", found_wide.reading, found_wide.findings)
    nothing = inspected(bare)
    with pytest.raises(UnreadableTimelineError, match="no markers"):
        fix_timeline(bare, "export", nothing.reading, nothing.findings)
    source = tmp_path / "mega.xml"
    source.write_bytes(broken("late marker"))
    (tmp_path / "link.xml").symlink_to(source)
    with pytest.raises(InputError, match="would replace"):
        write_fixed(tmp_path / "link.xml", fixed(source.read_bytes()), source)
    assert source.read_bytes() == broken("late marker")


def test_markers_without_a_name_that_is_known_are_left() -> None:
    """No program can make up which titles there are."""
    mended = fixed(broken("no markers"))
    assert (mended.done, len(mended.left)) == ((), 1)
    assert mended.content == broken("no markers")


def test_a_marker_that_stands_in_two_places_of_an_otio_file() -> None:
    """As some programs write it: both are renamed."""
    document = json.loads(otio_json(CLEAN))
    tracks = document["tracks"]
    tracks["markers"][2]["name"] = "Aurora clip 03"
    tracks["children"][0]["markers"] = [tracks["markers"][2]]
    mended = json.loads(fixed(json.dumps(document).encode()).content)["tracks"]
    names = {mended["markers"][2]["name"], mended["children"][0]["markers"][0]["name"]}
    assert names == {"aurora-clip-3"}
