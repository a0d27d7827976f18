"""Recognise a timeline file by its content, never by its name, and read it."""

from __future__ import annotations

import re
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError, fromstring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from sizzle.errors import UnreadableTimelineError
from sizzle.ingest import edl, fcp7, otio_comparison, otio_file
from sizzle.ingest.choose_sequence import choose
from sizzle.ingest.fcp7_files import FileTable
from sizzle.ingest.reading import Reading
from sizzle.timecode import FrameRate

_HOW_TO_EXPORT = "in Premiere, select the sequence and use File > Export > Final Cut Pro XML."

# The first bytes of formats that are recognised but not read, and their names.
_UNSUPPORTED = (
    (b"\xd0\xcf\x11\xe0", "an AAF or another compound document"),
    (b"\x1f\x8b", "a Premiere project (.prproj) or another gzip file"),
    (b"RIFF", "a media file"),
    (b"%PDF", "a PDF"),
)
_XML_START = re.compile(rb"\s*<")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_content(
    content: bytes, where: str, *, sequence: str | None = None, rate: FrameRate | None = None
) -> Reading:
    """Read one sequence of a timeline file's content.

    Args:
        content: of the file.
        where: the file's name, for messages.
        sequence: which sequence, by name, number or id, where the file holds several.
        rate: of an EDL, which does not hold its own.

    Raises:
        UnreadableTimelineError: it is not a supported timeline, or has no such sequence.
    """
    for start, name in _UNSUPPORTED:
        if content.startswith(start):
            raise UnreadableTimelineError(
                f"The file is {name}, which is not supported.", where=where, fix=_HOW_TO_EXPORT
            )
    if content.startswith(b"PK\x03\x04"):
        return otio_file.read_otioz(content, where, sequence)
    text = content.removeprefix(b"\xef\xbb\xbf")
    if text.lstrip()[:1] == b"{":
        return otio_file.read_otio(text, where, sequence)
    if edl.is_edl(text):
        return edl.read_edl(text, where, rate)
    if _XML_START.match(text) or content.startswith(_UTF16_MARKS):
        return _read_xml(content, where, sequence)
    raise UnreadableTimelineError(
        "The file is not a timeline: neither XML, OTIO nor an EDL.", where=where, fix=_HOW_TO_EXPORT
    )


def _read_xml(content: bytes, where: str, sequence: str | None) -> Reading:
    root = _parse(content, where)
    if root.tag != "xmeml":
        raise UnreadableTimelineError(
            f"The XML is a <{root.tag[:60]}>, not a Final Cut Pro 7 timeline.",
            where=where,
            fix=_HOW_TO_EXPORT,
        )
    chosen = _choose(fcp7.sequences(root), sequence, where)
    document = fcp7.read_sequence(chosen, FileTable(root), where)
    mismatches = otio_comparison.compare(document, where)
    return Reading(document.timeline, (*document.findings, *mismatches))


def _parse(content: bytes, where: str) -> Element:
    try:
        _refuse_entities(content)
        return fromstring(content)  # noqa: S314 - no entity is declared, so none can grow
    except DefusedXmlException as error:
        raise UnreadableTimelineError(
            "The XML declares entities, which editing systems never do.",
            where=where,
            fix=f"export it again: {_HOW_TO_EXPORT}",
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise UnreadableTimelineError(
            f"The file is not well-formed XML: {error}.",
            where=where,
            fix=f"export it again: {_HOW_TO_EXPORT}",
        ) from error


def _refuse_entities(content: bytes) -> None:
    """Let defusedxml read up to the root element: entities can be declared only before it.

    Past that point the standard library's parser is as safe, and several times as fast.
    """
    next(iterparse(BytesIO(content), events=("start",)), None)


def _choose(sequences: list[Element], name: str | None, where: str) -> Element:
    names = [(each.findtext("name") or "", each.get("id", "")) for each in sequences]
    return sequences[choose(names, name, where)]
