"""The editor's own timeline with the fixes made that a program can make: those of markers alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sizzle.errors import InputError, UnreadableTimelineError
from sizzle.files import write_bytes
from sizzle.ingest.reading import Reading
from sizzle.ingest.text_start import text_head
from sizzle.layout import Finding, Timeline
from sizzle.reports.marker_changes import MarkerChanges, describe, make_changes
from sizzle.reports.marker_list import premiere_csv, resolve_edl
from sizzle.reports.otio_markers import with_otio_changes
from sizzle.reports.xmeml_markers import with_changes


@dataclass(frozen=True, slots=True)
class FixedTimeline:
    """A timeline with its markers mended.

    Attributes:
        content: of the file to write.
        suffix: of its name.
        done: each change, in words.
        made: the findings that are mended.
        left: the findings that need an editor.
    """

    content: bytes
    suffix: str
    done: tuple[str, ...]
    made: tuple[Finding, ...]
    left: tuple[Finding, ...]


def fix_timeline(
    content: bytes,
    where: str,
    reading: Reading,
    findings: Sequence[Finding],
    *,
    sequence: str | None = None,
    as_list: bool = False,
    as_csv: bool = False,
) -> FixedTimeline:
    """Mend the markers of a timeline.

    An FCP7 XML and an OTIO file stay the editor's own to the byte, but for the markers that change.
    For an EDL, which has no markers, the result is a list of markers.

    Args:
        content: of the file.
        where: its name, for messages.
        reading: of it.
        findings: of it, in timeline order.
        sequence: which one of the file, as it was chosen when it was read.
        as_list: whether its markers are those of a list beside it.
        as_csv: whether a list of markers is Premiere's CSV rather than DaVinci Resolve's EDL.

    Raises:
        UnreadableTimelineError: the file is not the one that was read, or of a kind that cannot be
            written.
    """
    timeline = reading.timeline
    changes = make_changes(timeline.markers, findings)
    listed = as_list or not _has_markers(content)
    fixed, suffix = (
        _listed(timeline, changes, where, as_csv)
        if listed
        else _written(content, where, reading, changes, sequence)
    )
    done = (describe(edit, timeline) for finding in changes.made for edit in finding.edits)
    return FixedTimeline(fixed, suffix, tuple(done), changes.made, changes.left)


def _has_markers(content: bytes) -> bool:
    """Whether the file is of a format that has markers: anything but an EDL."""
    return content.startswith(b"PK\x03\x04") or text_head(content).startswith(("{", "<"))


def _written(
    content: bytes, where: str, reading: Reading, changes: MarkerChanges, sequence: str | None
) -> tuple[bytes, str]:
    """The new content, and the suffix of its file's name."""
    if content.startswith(b"PK\x03\x04"):
        raise UnreadableTimelineError(
            "A bundle (.otioz) cannot be fixed.",
            where=where,
            fix="unpack it, and give the content.otio in it.",
        )
    if text_head(content).startswith("{"):
        return with_otio_changes(content, where, reading, changes), ".otio"
    markers = reading.timeline.markers
    return with_changes(content, where, sequence, markers, changes), ".xml"


def _listed(
    timeline: Timeline, changes: MarkerChanges, where: str, as_csv: bool
) -> tuple[bytes, str]:
    markers = sorted(changes.states, key=lambda state: state.frame)
    if not markers:
        raise UnreadableTimelineError(
            "An EDL has no markers that could be fixed.",
            where=where,
            fix="give the list of its markers with --markers-from, or export Final Cut Pro XML.",
        )
    if as_csv:
        return premiere_csv(timeline, markers), ".csv"
    return resolve_edl(timeline, markers), ".edl"


def write_fixed(path: Path, fixed: FixedTimeline, source: Path) -> None:
    """Write it whole or not at all. Raises InputError: it would replace the file it comes from."""
    if path.exists() and path.samefile(source):
        raise InputError(
            "The fixed timeline would replace the file that was checked.",
            where=str(path),
            fix="give --fix another name.",
        )
    write_bytes(path, fixed.content)
