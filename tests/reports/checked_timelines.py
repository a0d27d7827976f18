"""Timelines read and checked as the command line does it, for the reports to tell of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from fixtures.defects import DEFECTS
from fixtures.timeline import demo_timeline
from fixtures.titles import demo_clips
from sizzle.clips import Title
from sizzle.ingest.read_content import read_content
from sizzle.layout import DEFAULT, Checked, Finding, Timeline, check, in_order


@cache
def checked(content: bytes) -> tuple[Timeline, Checked]:
    """A timeline and its check; findings of the document itself are among those of the check."""
    reading = read_content(content, "export", rate=DEFAULT.rate)
    result = check(reading.timeline, DEFAULT)
    return reading.timeline, with_findings(result, (*reading.findings, *result.findings))


def with_findings(result: Checked, findings: Sequence[Finding]) -> Checked:
    """A check with other findings, in timeline order."""
    return replace(result, findings=in_order(findings))


def defect(name: str) -> bytes:
    """The export with that defect."""
    return next(defect.xml() for defect in DEFECTS if defect.name == name)


def long_timeline(titles: int) -> Timeline:
    """A clean timeline of 14 clips a title."""
    made = [Title(f"t{number:04}", f"Title {number}") for number in range(titles)]
    return demo_timeline(made, demo_clips(made))
