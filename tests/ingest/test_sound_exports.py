"""Exports that are written otherwise than most, and are sound."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

import pytest

from fixtures.defects import clean_xml, sequence_of
from sizzle.ingest import inspect_reading
from sizzle.ingest.read_content import read_content
from sizzle.layout import DEFAULT, Finding
from sizzle.timecode import TimeRange

_TICKS = 254_016_000_000 * 1001 // 24000  # of a frame at 24000/1001


def findings(root: Element, sequence: str | None = None) -> tuple[Finding, ...]:
    """What is found in a document."""
    reading = read_content(tostring(root), "export.xml", sequence=sequence)
    return inspect_reading(reading, DEFAULT).findings


def add(parent: Element, tag: str, text: object) -> Element:
    """A child with a text."""
    child = SubElement(parent, tag)
    child.text = str(text)
    return child


def two_sequences(first: str, second: str) -> Element:
    """The clean sequence twice; the second only refers to the files that the first describes."""
    root = Element("xmeml", version="4")
    for number, name in enumerate((first, second), start=1):
        sequence = sequence_of(fromstring(clean_xml()))
        sequence.set("id", f"sequence-{number}")
        sequence.find("./name").text = name  # type: ignore[union-attr]
        root.append(sequence)
    for file in root[1].iter("file"):
        file[:] = []
    return root


@pytest.mark.parametrize("sequence", ["rough", "final", "1", "2", "sequence-2"])
def test_every_sequence_of_a_document_knows_its_files(sequence: str) -> None:
    """A file is described once in the document, in whichever sequence comes first."""
    assert findings(two_sequences("rough", "final"), sequence) == ()


def test_a_file_that_a_bin_describes() -> None:
    """In a project, clips in bins may describe the files of the sequence before or after them."""
    root = Element("xmeml", version="4")
    children = SubElement(SubElement(root, "project"), "children")
    sequence = sequence_of(fromstring(clean_xml()))
    described = {file.get("id", ""): file for file in sequence.iter("file") if len(file)}
    clips = [SubElement(children, "clip") for _ in described]
    for clip, file in zip(clips, described.values(), strict=True):
        clip.append(fromstring(tostring(file)))
        file[:] = []
    children.insert(0, sequence)
    assert findings(root) == ()


def test_sequences_of_one_name_are_told_apart_by_number_and_id() -> None:
    """A name that is a number is a name first."""
    root = two_sequences("same", "same")
    for marker in root[1].findall("./marker"):
        root[1].remove(marker)
    assert findings(root, "1") == ()
    assert [finding.rule for finding in findings(root, "2")] == ["marker-missing"]
    assert [finding.rule for finding in findings(root, "sequence-2")] == ["marker-missing"]
    assert findings(two_sequences("2", "1"), "2") == ()


def test_subclips_of_one_file_with_other_offsets() -> None:
    """Their first frames count from the subclip's own start."""
    root = fromstring(clean_xml())
    items = sequence_of(root).findall("./media/video/track/clipitem")[2:4]
    for item, offset in zip(items, (1000, 5000), strict=True):
        item.find("in").text, item.find("out").text = "0", "80"  # type: ignore[union-attr]
        add(SubElement(item, "subclipinfo"), "startoffset", offset)
    assert findings(root) == ()


def test_a_transition_cuts_where_its_ticks_say() -> None:
    """Dragged to one side, its middle is elsewhere; the source starts before the cut."""
    root = fromstring(clean_xml())
    track = sequence_of(root).find("./media/video/track")
    assert track is not None
    first, second = track.findall("clipitem")[:2]
    first.find("end").text = second.find("start").text = "-1"  # type: ignore[union-attr]
    transition = Element("transitionitem")
    for tag, value in (("start", 158), ("end", 168), ("alignment", "center")):
        add(transition, tag, value)
    add(transition, "cutPointTicks", 2 * _TICKS)
    track.insert(list(track).index(second), transition)
    reading = read_content(tostring(root), "export.xml")
    clips = [item for item in reading.timeline.items if item.kind == "clip"]
    assert [clip.record for clip in clips[:2]] == [TimeRange(0, 160), TimeRange(160, 320)]
    source_in = int(second.findtext("in") or "")
    assert clips[1].source_in == source_in + 2
    assert [finding.rule for finding in findings(root)] == ["transition"]
