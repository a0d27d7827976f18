"""The one inspection of a timeline: read it, check it and its media, and collect all findings.

The command line and the editors' job queue both call it, so they cannot come to differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from sizzle.ingest.edl_rate import wrong_rate
from sizzle.ingest.marker_list import with_marker_list
from sizzle.ingest.media_check import check_media
from sizzle.ingest.read import read_timeline
from sizzle.ingest.reading import Reading
from sizzle.layout import Checked, Finding, Layout, Timeline, check, in_order, rules
from sizzle.timecode import FrameRate

Step: TypeAlias = Literal["reading", "checking", "media"]


@dataclass(frozen=True, slots=True)
class Inspection:
    """A timeline as it was read, and its clips with every finding, in timeline order.

    Attributes:
        reading: the document.
        checked: its clips; the findings are those of the document, the layout and the media.
    """

    reading: Reading
    checked: Checked

    @property
    def timeline(self) -> Timeline:
        """The sequence."""
        return self.reading.timeline

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, in timeline order."""
        return self.checked.findings

    def with_findings(self, found: Iterable[Finding]) -> Inspection:
        """The same inspection with more findings, in their places."""
        findings = in_order([*self.findings, *found])
        return replace(self, checked=replace(self.checked, findings=findings))


def inspect_timeline(
    path: Path,
    layout: Layout,
    *,
    sequence: str | None = None,
    rate: str | None = None,
    media: Path | None = None,
    markers: Path | None = None,
    on_step: Callable[[Step], None] = lambda _: None,
) -> Inspection:
    """Read a timeline, check it against its layout, and its exported media against it.

    Nothing is raised for what is wrong with the timeline itself: that comes back as findings.

    Args:
        path: the file; its content decides the format.
        layout: what it must keep to.
        sequence: which sequence, by name, number or id, where the file holds several.
        rate: of an EDL, as people write it, such as "23.976".
        markers: a list of markers, whose take the place of the timeline's own.
        media: the sequence's export; without it only the timeline is checked.
        on_step: called with each step as it begins.

    Raises:
        TimecodeError: `rate` is not a frame rate.
        UnreadableTimelineError: the file is absent, not a timeline, or harmful.
        MediaError: the media cannot be read.
    """
    edl_rate = FrameRate.parse(rate) if rate else None
    on_step("reading")
    reading = read_timeline(path, sequence=sequence, rate=edl_rate)
    on_step("checking")
    inspection = inspect_reading(reading, layout, markers)
    if edl_rate and reading.timeline.picture is None and reading.timeline.drop_frame_known:
        inspection = _with_one_finding_of_rate(inspection, layout)
    if media is None:
        return inspection
    on_step("media")
    timeline = inspection.timeline
    return inspection.with_findings(
        check_media(media, timeline, inspection.checked, timeline.picture)
    )


def inspect_reading(reading: Reading, layout: Layout, markers: Path | None = None) -> Inspection:
    """Check a timeline that was read already, with the markers of a list where one is given.

    Where its format does not hold how timecode counts, the layout's counting holds.

    Raises:
        UnreadableTimelineError: the list of markers cannot be read.
    """
    reading = _counted(reading, layout)
    if markers:
        reading = with_marker_list(reading, markers)
    checked = check(reading.timeline, layout)
    own = [finding for finding in reading.findings if _matters(finding, layout)]
    checked = replace(checked, findings=_as_one(checked.findings, own))
    return Inspection(reading, checked).with_findings(_unexplained(own, checked.findings))


def _matters(finding: Finding, layout: Layout) -> bool:
    """Whether a finding of the document matters to a layout: markers may not be needed."""
    return finding.rule != rules.NO_MARKERS.rule_id or layout.naming.by_marker


def _as_one(checked: Iterable[Finding], own: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings of the check, without what the document's findings say as well."""
    of_document = {finding.rule: finding for finding in own}
    if rules.NO_MARKERS.rule_id in of_document:
        checked = (finding for finding in checked if finding.rule != rules.MARKER_MISSING.rule_id)
    conflict = of_document.get(rules.START_TIMECODE_CONFLICT.rule_id)
    return tuple(
        replace(finding, found=f"{finding.found} ({conflict.found})")
        if conflict and finding.rule == rules.START_TIMECODE.rule_id
        else finding
        for finding in checked
    )


def _unexplained(own: Iterable[Finding], checked: Sequence[Finding]) -> Iterator[Finding]:
    """The document's findings, without those that the check's say as well.

    A start that is wrong is set again, wherever the document holds it. OpenTimelineIO places items
    one after another, so all behind an overlap on the same track are elsewhere for it.
    """
    starts = any(finding.rule == rules.START_TIMECODE.rule_id for finding in checked)
    overlaps = [finding for finding in checked if finding.rule == rules.OVERLAP.rule_id]
    for finding in own:
        if starts and finding.rule == rules.START_TIMECODE_CONFLICT.rule_id:
            continue
        mismatch = finding.rule == rules.OTIO_MISMATCH.rule_id
        if not mismatch or all(
            overlap.track != finding.track or overlap.frame > finding.frame for overlap in overlaps
        ):
            yield finding


def _with_one_finding_of_rate(inspection: Inspection, layout: Layout) -> Inspection:
    """In place of all that follows from the wrong rate of an EDL: one finding."""
    finding = wrong_rate(inspection.timeline, layout)
    if finding is None:
        return inspection
    checked = replace(inspection.checked, findings=(finding,))
    return replace(inspection, checked=checked)


def _counted(reading: Reading, layout: Layout) -> Reading:
    timeline = reading.timeline
    if timeline.drop_frame_known or timeline.rate.fraction != layout.rate.fraction:
        return reading
    counted = replace(timeline, rate=layout.rate)
    findings = (
        replace(finding, timecode=counted.timecode(finding.frame)) for finding in reading.findings
    )
    return replace(reading, timeline=counted, findings=tuple(findings))
