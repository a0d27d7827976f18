"""Findings: what the checks of a journey have to say, by the ids of their rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sizzle.outreach.policy import Severity

RULES: Final = {
    "not-a-journey": "It is not JSON, or a field is missing, unknown or of the wrong form.",
    "unknown-step-type": "A step is of a type that there is not.",
    "too-many-steps": "There are more than 40 steps.",
    "repeated-step": "Two steps have one id.",
    "repeated-branch": "Two branches of a split have one name.",
    "unknown-step": "A way leads to a step that there is not.",
    "unreachable-step": "Nobody reaches a step.",
    "cycle-without-wait": "Steps lead back to themselves, and none of them waits for some time.",
    "cycle": "Steps lead back to themselves; only the end for all ends it.",
    "repeated-send": "A message lies on a cycle; a run sends it once all the same.",
    "wait-without-end": "A wait for an event has no limit, or a wait for an hour no day.",
    "wait-too-long": "A wait is longer than a run may take.",
    "unclear-wait": "A wait until something names both a time and an hour, or neither.",
    "wait-in-the-past": "A wait is until a time that has passed.",
    "unclear-condition": "A condition asks not exactly one thing.",
    "idle-condition": "Both ways of a condition or of a wait lead to the same step.",
    "unknown-branch": "A condition asks for a branch that no split has.",
    "branch-not-given": "A condition that asks for a split's branch is reached without the split.",
    "send-without-topic": "A message has no topic of consent.",
    "sends-nothing": "Nobody gets a message.",
    "sends-without-wait": "Two messages follow each other without a wait.",
    "no-goal": "There is no goal: nobody leaves because it was reached.",
    "goal-is-trigger": "The goal is the event that starts the journey.",
    "too-long": "A run may take longer than two years.",
    "unclear-schedule": "The times of the schedule, or its time zone, cannot be meant.",
    "schedule-is-over": "All times of the schedule have passed.",
    "enters-once": "A journey that recurs lets nobody enter again.",
    "unknown-segment": "A segment that is named does not exist.",
    "unknown-promoted": "What a message promotes does not exist.",
    "no-approved-line": "No line is approved for a message on one of its channels.",
}
"""What each rule finds."""


@dataclass(frozen=True, slots=True)
class JourneyFinding:
    """One thing about a journey.

    Attributes:
        rule: one of `RULES`.
        severity: with an error, the journey cannot be approved.
        step: the id of the step that it is about; empty for the whole journey.
        message: what is wrong, in one sentence.
        fix: how to mend it.
    """

    rule: str
    severity: Severity
    step: str
    message: str
    fix: str

    def __str__(self) -> str:
        where = f"{self.step}: " if self.step else ""
        return f"{where}{self.rule}: {self.message} Fix: {self.fix}"


def error(rule: str, step: str, message: str, fix: str) -> JourneyFinding:
    """A finding with which a journey cannot be approved."""
    assert rule in RULES
    return JourneyFinding(rule, Severity.ERROR, step, message, fix)


def warning(rule: str, step: str, message: str, fix: str) -> JourneyFinding:
    """A finding that a person should see."""
    assert rule in RULES
    return JourneyFinding(rule, Severity.WARNING, step, message, fix)


def refused(findings: Iterable[JourneyFinding]) -> bool:
    """Whether a journey with these findings cannot be approved."""
    return any(finding.severity is Severity.ERROR for finding in findings)
