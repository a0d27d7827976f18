"""What the author of a journey should know, by what the database has of what it names."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from sizzle.errors import SizzleError
from sizzle.outbox.lines import Lines
from sizzle.outbox.promoted import digest_of
from sizzle.outbox.segments import found_segment, sources_of
from sizzle.outreach.journeys.check import check_journey
from sizzle.outreach.journeys.findings import JourneyFinding, error, warning
from sizzle.outreach.journeys.model import (
    Condition,
    Journey,
    ScheduleTrigger,
    SegmentTrigger,
    SendStep,
)


def check_stored(
    connection: Connection, lines: Lines, journey: Journey, now: int
) -> list[JourneyFinding]:
    """What is wrong with a journey, also by what it names, errors first.

    Args:
        connection: to the database.
        lines: of the database.
        journey: of which.
        now: milliseconds since 1970.
    """
    found = [
        *check_journey(journey, now),
        *_segments(connection, journey),
        *_promoted(connection, lines, journey),
    ]
    return sorted(found, key=lambda one: str(one.severity))


def _segments(connection: Connection, journey: Journey) -> Iterator[JourneyFinding]:
    for step, segment_id in _named_segments(journey):
        try:
            sources_of(connection, found_segment(connection, segment_id, None).rule)
        except SizzleError as problem:
            yield error("unknown-segment", step, problem.what, problem.fix)


def _named_segments(journey: Journey) -> Iterator[tuple[str, str]]:
    """The segments that are named, each with the step that names it; empty for the journey."""
    if isinstance(journey.trigger, SegmentTrigger | ScheduleTrigger):
        yield "", journey.trigger.segment_id
    if journey.segment_id:
        yield "", journey.segment_id
    for step in journey.steps:
        if isinstance(step, Condition) and step.test.segment_id:
            yield step.id, step.test.segment_id


def _promoted(connection: Connection, lines: Lines, journey: Journey) -> Iterator[JourneyFinding]:
    for step in journey.steps:
        if not isinstance(step, SendStep):
            continue
        thing = f"{step.kind.value}:{step.promoted_id}"
        if not digest_of(connection, step.kind, step.promoted_id):
            yield error(
                "unknown-promoted",
                step.id,
                f"There is no {thing} to promote.",
                "add it: sizzle outreach promoted add FILE.",
            )
        elif missing := _without_line(connection, lines, step):
            yield warning(
                "no-approved-line",
                step.id,
                f"No line of {thing} is approved for {', '.join(missing)}.",
                "draft and approve one, or messages there are skipped.",
            )


def _without_line(connection: Connection, lines: Lines, step: SendStep) -> list[str]:
    """The channels on which nobody whose language nobody knows would get a line."""
    found = []
    for channel in step.channels:
        try:
            line = lines.approved_within(connection, step.kind, step.promoted_id, "", "", channel)
        except SizzleError:  # what is stored is not what was approved
            line = None
        if line is None:
            found.append(channel.value)
    return found
