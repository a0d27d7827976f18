"""What came of an import."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Final

MAX_FINDINGS: Final = 1000
"""Findings that are kept word for word; of the others only how many there were of each rule."""


@dataclass(frozen=True, slots=True)
class ImportFinding:
    """Something about a row of a file.

    Attributes:
        row: counted from 1, the row of headers included.
        rule: its id, such as `row-length`.
        refused: whether nothing of the row was kept.
        about: the member, or the endpoint, that the row names, if it could be read: whoever is
            erased takes along what is quoted of them.
    """

    row: int
    rule: str
    what: str
    fix: str
    refused: bool
    about: str = ""

    def __str__(self) -> str:
        return f"row {self.row}: {self.what}" + (f" Fix: {self.fix}" if self.fix else "")


@dataclass(slots=True)
class ImportReport:
    """What came of a file, or of several.

    Attributes:
        rows: that had something in them.
        added: rows of members or endpoints that are new.
        changed: rows that changed what was known.
        unchanged: rows that said nothing new.
        refused: rows of which nothing was kept.
        findings: the first of them.
        by_rule: how many findings there were of each rule.
    """

    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    findings: list[ImportFinding] = field(default_factory=list)
    by_rule: Counter[str] = field(default_factory=Counter)

    def add(self, finding: ImportFinding) -> None:
        """Keep a finding, or count it where there are too many."""
        self.by_rule[finding.rule] += 1
        if finding.refused:
            self.refused += 1
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(finding)

    @property
    def kept(self) -> int:
        """Rows of which something was kept."""
        return self.added + self.changed + self.unchanged

    def summary(self) -> str:
        """One sentence for people."""
        if self.unchanged and self.kept == self.unchanged:
            refused = f", {self.refused} refused" if self.refused else ""
            return f"Nothing changed: {self.unchanged} of {self.rows} rows were known{refused}."
        return (
            f"{self.kept} of {self.rows} rows kept: {self.added} new, {self.changed} changed, "
            f"{self.unchanged} known; {self.refused} refused."
        )

    def to_json(self) -> dict[str, Any]:
        """For the wire, and for files."""
        counts = {name: getattr(self, name) for name in _COUNTS}
        return {
            **counts,
            "summary": self.summary(),
            "by_rule": dict(sorted(self.by_rule.items())),
            "findings": [asdict(finding) for finding in self.findings],
        }


_COUNTS: Final = ("rows", "added", "changed", "unchanged", "refused")
