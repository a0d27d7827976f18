"""Findings: what the checks of a text have to say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a text with this finding may be approved."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a text.

    Attributes:
        rule: the id of the rule, such as `number-not-a-fact`.
        where: `subject`, `text`, `html`, or another field.
        message: one sentence that says what is wrong, with the offending words.
        fix: one sentence that says how to correct it.
    """

    rule: str
    severity: Severity
    where: str
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.where}: {self.rule}: {self.message} Fix: {self.fix}"


def error(rule: str, where: str, message: str, fix: str) -> Finding:
    """A finding with which a text may not be approved."""
    return Finding(rule, Severity.ERROR, where, message, fix)


def warning(rule: str, where: str, message: str, fix: str) -> Finding:
    """A finding that a person should see."""
    return Finding(rule, Severity.WARNING, where, message, fix)


def refused(findings: Iterable[Finding]) -> bool:
    """Whether a text with these findings may not be approved."""
    return any(finding.severity is Severity.ERROR for finding in findings)
