"""Findings: what a check has to say, each with where it is and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How bad a finding is: an error stops publication, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a timeline, in place.

    Attributes:
        rule: the id of the rule it breaks, such as `gap`.
        severity: whether it stops publication.
        frame: of the sequence, where it is.
        timecode: the same, as the editor sees it.
        track: of video, 1 for V1; 0 where it concerns the sequence.
        clip: the clip's key or name, or empty.
        expected: what should be there.
        found: what is there.
        fix: what to do about it.
    """

    rule: str
    severity: Severity
    frame: int
    timecode: str
    track: int
    clip: str
    expected: str
    found: str
    fix: str

    def to_json(self) -> dict[str, Any]:
        """As a program reads it."""
        return asdict(self)


def failed(findings: Iterable[Finding]) -> bool:
    """Whether any of them stops publication."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in timeline order."""
    return tuple(sorted(findings, key=lambda finding: (finding.frame, finding.track, finding.rule)))
