"""The editor's own sequence with the findings on it, as coloured markers, to open in Premiere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from xml.sax.saxutils import escape

from sizzle.errors import UnreadableTimelineError
from sizzle.files import write_text
from sizzle.ingest.premiere_xml import premiere_xml
from sizzle.layout import Finding, FrameSize, ItemKind, Timeline
from sizzle.reports.colours import colour_of
from sizzle.reports.rules import ALL_RULES
from sizzle.reports.xmeml import Splice, scan

_EXPECTED = "Expected: "
_USUAL = FrameSize(1920, 1080)
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class FindingMarker:
    """A marker for a finding.

    Attributes:
        name: the rule, and the clip in brackets. A bare key at its end would name a clip.
        comment: what was expected and found, and the fix, a line each.
        frame: of the sequence.
        colour: as `<pproColor>` has it.
    """

    name: str
    comment: str
    frame: int
    colour: int

    @classmethod
    def of(cls, finding: Finding) -> FindingMarker:
        """The marker of a finding."""
        name = f"{finding.rule} ({finding.clip})" if finding.clip else finding.rule
        comment = f"{_EXPECTED}{finding.expected}\nFound: {finding.found}\nFix: {finding.fix}"
        return cls(name, comment, finding.frame, colour_of(finding).premiere)

    def xml(self) -> str:
        """As Premiere writes it; a point has an `out` of -1."""
        fields = (
            ("comment", escape(self.comment)),
            ("name", escape(self.name)),
            ("in", self.frame),
            ("out", -1),
            ("pproColor", self.colour),
        )
        body = "".join(f"\t\t\t<{tag}>{value}</{tag}>\n" for tag, value in fields)
        return f"\t\t<marker>\n{body}\t\t</marker>\n"


def is_finding_marker(name: str, comment: str) -> bool:
    """Whether a marker is a finding of an earlier check of the same sequence."""
    rule, _, _ = name.partition(" (")
    return rule in ALL_RULES and comment.startswith(_EXPECTED)


def write_markers(
    path: Path,
    timeline: Timeline,
    findings: Iterable[Finding],
    export: Path,
    picture: FrameSize | None = None,
) -> None:
    """Write the sequence with its findings as FCP7 XML, whole or not at all.

    Args:
        path: where to.
        timeline: as it was read from the export.
        findings: of it.
        export: the file it was read from. An FCP7 XML is kept as it is, with everything that only
            Premiere understands; another format is converted to FCP7 XML.
        picture: the sequence's size in pixels, where it is converted; by default the one that was
            read, or else 1920 x 1080.

    Raises:
        InputError: the folder cannot be written to.
        UnreadableTimelineError: the export can no longer be read.
    """
    write_text(
        path,
        marked_xml(timeline, findings, read_export(export), picture or timeline.picture or _USUAL),
    )


def marked_xml(
    timeline: Timeline, findings: Iterable[Finding], export: bytes, picture: FrameSize
) -> str:
    """The document of `write_markers`; markers of an earlier check are taken out of it."""
    markers = _legal("".join(FindingMarker.of(finding).xml() for finding in findings))
    own = scan(export, timeline.name, is_finding_marker)
    return (own or _rewritten(timeline, picture)).with_markers(markers)


def _rewritten(timeline: Timeline, picture: FrameSize) -> Splice:
    """The sequence as we write it. Transitions are left out: their items meet at the cut."""
    items = tuple(item for item in timeline.items if item.kind is not ItemKind.TRANSITION)
    text = _legal(premiere_xml(replace(timeline, items=items), picture))
    splice = scan(text.encode(), timeline.name, is_finding_marker)
    assert splice, "we wrote a sequence of that name"
    return splice


def _legal(text: str) -> str:
    """Without the characters that XML cannot hold; names in JSON timelines can hold any."""
    return _ILLEGAL.sub("", text)


def read_export(export: Path) -> bytes:
    """The file that was checked. Raises UnreadableTimelineError: it can no longer be read."""
    try:
        return export.read_bytes()
    except OSError as error:
        raise UnreadableTimelineError(
            f"The file can no longer be read: {error.strerror}.",
            where=str(export),
            fix="check the path and its permissions.",
        ) from error
