"""Read a timeline file, whatever it is called: its content says what it is."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, fromstring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from sizzle.errors import UnreadableTimelineError
from sizzle.ingest import fcp7, otio_reading
from sizzle.layout import Finding, Timeline

_MAXIMUM_BYTES = 512 * 2**20
_HOW_TO_EXPORT = "in Premiere, select the sequence and use File > Export > Final Cut Pro XML."


@dataclass(frozen=True, slots=True)
class Reading:
    """A timeline as it was read, and what is wrong with the document itself."""

    timeline: Timeline
    findings: tuple[Finding, ...]


def read_timeline(path: Path, *, sequence: str | None = None) -> Reading:
    """Read one sequence of an FCP7 XML through OpenTimelineIO and beside it.

    Positions, enabling and speed are taken from the document itself, since OpenTimelineIO's reading
    loses them; where the two readings part is a finding.

    Args:
        path: the file.
        sequence: which sequence, by name, where the file holds several.

    Raises:
        UnreadableTimelineError: the file is absent, no XML, no timeline, or the sequence is not
            in it.
    """
    where = str(path)
    root = _parse(_read_bytes(path), where)
    if root.tag != "xmeml":
        raise UnreadableTimelineError(
            f"This XML is a <{root.tag[:60]}>, not a timeline.", where=where, fix=_HOW_TO_EXPORT
        )
    element = _choose(fcp7.sequences(root), sequence, where)
    document = fcp7.read_sequence(element, where)
    findings = otio_reading.compare(document, where)
    return Reading(document.timeline, (*document.findings, *findings))


def _read_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAXIMUM_BYTES:
            raise UnreadableTimelineError(
                f"The file is over {_MAXIMUM_BYTES >> 20} MiB.",
                where=str(path),
                fix="export the one sequence, not the whole project.",
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreadableTimelineError(
            f"The file cannot be read: {error.strerror}.",
            where=str(path),
            fix="check the path and its permissions.",
        ) from error


def _parse(content: bytes, where: str) -> Element:
    try:
        _refuse_entities(content)
        return fromstring(content)  # noqa: S314 - no entity is declared, so none can grow
    except (ParseError, ValueError, LookupError) as error:
        if isinstance(error, DefusedXmlException):
            raise UnreadableTimelineError(
                "The XML declares entities, which no editing system writes.",
                where=where,
                fix=f"export it again: {_HOW_TO_EXPORT}",
            ) from error
        raise UnreadableTimelineError(
            f"The file is no well-formed XML: {error}.",
            where=where,
            fix=f"export it again: {_HOW_TO_EXPORT}",
        ) from error


def _refuse_entities(content: bytes) -> None:
    """Let defusedxml read up to the root element: entities can be declared only before it.

    Past that point the standard library's parser is as safe, and several times as fast.
    """
    next(iterparse(BytesIO(content), events=("start",)), None)


def _choose(sequences: list[Element], name: str | None, where: str) -> Element:
    names = [sequence.findtext("name") or "" for sequence in sequences]
    if not sequences:
        raise UnreadableTimelineError(
            "The file holds no sequence.", where=where, fix=_HOW_TO_EXPORT
        )
    chosen = [
        sequence
        for sequence, its_name in zip(sequences, names, strict=True)
        if name is None or its_name == name
    ]
    if len(chosen) == 1:
        return chosen[0]
    listed = ", ".join(repr(each) for each in names[:20])
    asked = f"sequences named {name!r}" if name is not None else "sequences"
    raise UnreadableTimelineError(
        f"The file holds {len(chosen)} {asked}.",
        where=where,
        fix=f"say which one with --sequence NAME; it has {listed}.",
    )
