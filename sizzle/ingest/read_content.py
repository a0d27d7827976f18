"""Recognise a timeline file by its content, never by its name, and read it."""

from __future__ import annotations

from io import BytesIO
from xml.etree.ElementTree import Element, ParseError, fromstring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from sizzle.errors import UnreadableTimelineError
from sizzle.ingest import edl, fcp7, otio_comparison, otio_file, unsupported
from sizzle.ingest.choose_sequence import choose
from sizzle.ingest.fcp7_files import FileTable
from sizzle.ingest.reading import Reading
from sizzle.ingest.text_start import text_head
from sizzle.ingest.unsupported import PREMIERE, Unsupported
from sizzle.timecode import FrameRate


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
    _refuse(unsupported.recognise_bytes(content), where)
    if content.startswith(b"PK\x03\x04"):
        return otio_file.read_otioz(content, where, sequence)
    text = content.removeprefix(b"\xef\xbb\xbf")
    head = text_head(content)
    if head.startswith("{"):
        return otio_file.read_otio(text, where, sequence)
    if edl.is_edl(text):
        return edl.read_edl(text, where, rate)
    _refuse(unsupported.recognise_text(head), where)
    if head.startswith("<"):
        return _read_xml(content, where, sequence)
    raise UnreadableTimelineError(
        "The file is not a timeline: neither XML, OTIO nor an EDL.", where=where, fix=PREMIERE
    )


def _refuse(kind: Unsupported | None, where: str) -> None:
    if kind is not None:
        raise UnreadableTimelineError(
            f"The file is {kind.what}, which is not read.", where=where, fix=kind.fix
        )


def _read_xml(content: bytes, where: str, sequence: str | None) -> Reading:
    root = _parse(content, where)
    if root.tag != "xmeml":
        _refuse(unsupported.recognise_root(root.tag), where)
        raise UnreadableTimelineError(
            f"The XML is a <{root.tag[:60]}>, not a Final Cut Pro 7 timeline.",
            where=where,
            fix=PREMIERE,
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
            fix=f"export it again: {PREMIERE}",
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise UnreadableTimelineError(
            f"The file is not well-formed XML: {error}.",
            where=where,
            fix=f"export it again: {PREMIERE}",
        ) from error


def _refuse_entities(content: bytes) -> None:
    """Let defusedxml read up to the root element: entities can be declared only before it.

    Past that point the standard library's parser is as safe, and several times as fast.
    """
    next(iterparse(BytesIO(content), events=("start",)), None)


def _choose(sequences: list[Element], name: str | None, where: str) -> Element:
    names = [(sequence.findtext("name") or "", sequence.get("id", "")) for sequence in sequences]
    return sequences[choose(names, name, where)]
