"""Findings: what is wrong with a timeline, each with its position and its fix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from sizzle.layout.edits import Edit


class Severity(StrEnum):
    """How severe a finding is: an error stops publication, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a timeline, and where.

    Attributes:
        rule: the id of the rule it breaks, such as `gap`.
        severity: whether it stops publication.
        frame: its position, in frames from the start of the sequence.
        timecode: the same position, as the editor sees it.
        track: the video track, 1 for V1; 0 where it concerns the whole sequence.
        clip: the clip's key or name, or empty.
        expected: what should be there.
        found: what is there.
        fix: what to do about it.
        edits: the same as a program can do it.
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
    edits: tuple[Edit, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As a program reads it."""
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "frame": self.frame,
            "timecode": self.timecode,
            "track": self.track,
            "clip": self.clip,
            "expected": self.expected,
            "found": self.found,
            "fix": self.fix,
            "edits": [edit.to_json() for edit in self.edits],
        }

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Self:
        """The finding that `to_json` was called on; those of earlier versions have no edits."""
        edits = tuple(map(Edit.from_json, fields.get("edits", ())))
        return cls(**{**fields, "severity": Severity(fields["severity"]), "edits": edits})


def failed(findings: Iterable[Finding]) -> bool:
    """Whether any of them stops publication."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def count_frames(count: int) -> str:
    """`1 frame`, `2 frames`."""
    return f"{count} frame{'' if count == 1 else 's'}"


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in timeline order."""
    return tuple(sorted(findings, key=lambda finding: (finding.frame, finding.track, finding.rule)))
