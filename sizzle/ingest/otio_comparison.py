"""Compare OpenTimelineIO's reading of a sequence with the document itself.

The adapter reads a lean copy of the sequence: its items without filters, markers and panel state.
That is the same reading (the rest would only become metadata) in a fraction of the time, and the
copy gives each track the `<rate>` without which the adapter is quadratic.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from xml.etree.ElementTree import Element, SubElement, tostring

import opentimelineio as otio

from sizzle.errors import UnreadableTimelineError
from sizzle.ingest.fcp7 import Document
from sizzle.ingest.premiere_xml import rate_element
from sizzle.layout import Finding, Item, ItemKind, rules
from sizzle.layout.edits import EXPORT_TIMELINE
from sizzle.timecode import FrameRate, TimeRange


def to_otio(document: Document, where: str) -> otio.schema.Timeline:
    """Read a sequence with the FCP7 adapter.

    Raises:
        UnreadableTimelineError: the adapter refuses it.
    """
    lean = Element("xmeml", version="4")
    lean.append(_lean_sequence(document))
    try:
        read = otio.adapters.read_from_string(
            tostring(lean, encoding="unicode"), adapter_name="fcp_xml"
        )
    except Exception as error:  # the adapter raises whatever its code trips over
        raise UnreadableTimelineError(
            f"OpenTimelineIO cannot read the sequence: {type(error).__name__}: {error}.",
            where=where,
            fix="export it again; if that does not help, copy the items into a new sequence.",
        ) from error
    assert isinstance(read, otio.schema.Timeline)
    return read


def compare(document: Document, where: str) -> list[Finding]:
    """Find the first item of each track that OpenTimelineIO places elsewhere than the document."""
    read = to_otio(document, where)
    rate = document.timeline.rate
    video = [track for track in read.tracks if track.kind == otio.schema.TrackKind.Video]
    findings = []
    for track, pairs in zip(video, document.tracks, strict=True):
        items = [item for _, item in pairs if item.kind is not ItemKind.TRANSITION]
        for item, record in zip(items, _records(track, rate), strict=True):
            if item.record != record:
                findings.append(_mismatch(document, item, record))
                break  # every later item of the track is moved by the same amount
    return findings


def _records(track: otio.schema.Track, rate: FrameRate) -> Iterator[TimeRange]:
    """Where OpenTimelineIO places each item, summed up as exact frames.

    Its own `range_of_child` walks the track again for every child, and sums rounded numbers.
    """
    at = Fraction(0)
    for child in track:
        if isinstance(child, otio.schema.Transition):
            continue
        duration = child.source_range.duration
        seconds = Fraction(duration.value) / FrameRate.snapped(duration.rate).fraction
        frames = seconds * rate.fraction
        if not isinstance(child, otio.schema.Gap):
            yield TimeRange(round(at), round(at + frames))
        at += frames


def _mismatch(document: Document, item: Item, record: TimeRange) -> Finding:
    timeline = document.timeline
    return rules.OTIO_MISMATCH.on(
        timeline,
        item,
        expected=f"{timeline.timecode(item.record.start)}, {item.record.duration} frames",
        found=f"{timeline.timecode(record.start)}, {record.duration} frames",
        fix="correct the overlap or order of this item and those before it.",
        edits=EXPORT_TIMELINE,
    )


def _lean_sequence(document: Document) -> Element:
    sequence = Element("sequence")
    SubElement(sequence, "name").text = document.timeline.name
    sequence.append(rate_element(document.timeline.rate))
    video = SubElement(SubElement(sequence, "media"), "video")
    for pairs in document.tracks:
        track = SubElement(video, "track")
        track.append(rate_element(document.timeline.rate))
        track.extend(_lean_item(element, item, document.timeline.rate) for element, item in pairs)
    return sequence


def _lean_item(element: Element, item: Item, rate: FrameRate) -> Element:
    lean = Element(element.tag)
    # Values as they were read, since the adapter fails on text, and on -1 without a neighbouring
    # transition.
    SubElement(lean, "start").text = str(item.record.start)
    SubElement(lean, "end").text = str(item.record.end)
    if item.kind is ItemKind.TRANSITION:
        SubElement(lean, "alignment").text = element.findtext("alignment") or "center"
        SubElement(SubElement(lean, "effect"), "name").text = item.name
        return lean
    SubElement(lean, "name").text = item.name
    SubElement(lean, "in").text = str(item.source_in or 0)
    lean.append(rate_element(item.rate or rate))
    # The adapter fails on items without a file, such as multicam clips and nested sequences.
    SubElement(SubElement(lean, "file"), "pathurl").text = item.media or ""
    return lean
