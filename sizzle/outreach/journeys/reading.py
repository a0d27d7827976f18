"""Reads journeys from JSON; what cannot be read becomes findings, each step on its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from sizzle.errors import InputError
from sizzle.events.explained import explained
from sizzle.outreach.journeys.findings import JourneyFinding, error
from sizzle.outreach.journeys.model import MAX_STEPS, Journey, Step

_MOST_FINDINGS: Final = 50
_UNKNOWN_TAG: Final = "Invalid value"
_STEPS: Final = msgspec.json.Decoder(Step)
_TYPES: Final = "wait, wait_until, wait_for_event, condition, send, split, exit"


class InvalidJourneyError(InputError):
    """A journey that cannot be used."""

    status = 422
    slug = "invalid-journey"
    title = "Invalid journey"


class _Raw(msgspec.Struct):
    """A journey whose steps are not read yet."""

    steps: Annotated[list[msgspec.Raw], Meta(min_length=1)]


class _Naming(msgspec.Struct):
    """What a step that cannot be read says of itself."""

    id: str = ""
    type: str = ""


def parse_journey(data: bytes | str) -> tuple[Journey | None, list[JourneyFinding]]:
    """Read a journey; None where it is none, with what is wrong."""
    try:
        raw = msgspec.json.decode(data, type=_Raw)
        if len(raw.steps) > MAX_STEPS:
            return None, [_too_many(len(raw.steps))]
        findings = list(_step_problems(raw.steps))
        return (None, findings) if findings else (msgspec.json.decode(data, type=Journey), [])
    except (msgspec.DecodeError, ValueError, RecursionError) as problem:
        return None, [_unreadable("", problem)]


def read_journey(data: bytes | str, where: str = "") -> Journey:
    """Read a journey. Raises InvalidJourneyError: it is none."""
    journey, findings = parse_journey(data)
    if journey is None:
        raise InvalidJourneyError(
            " ".join(f"{_place(finding)}{finding.message}" for finding in findings[:3]),
            where=where,
            fix=findings[0].fix,
        )
    return journey


def journey_schema() -> dict[str, Any]:
    """The JSON schema (2020-12) of journeys."""
    schema: dict[str, Any] = msgspec.json.schema(Journey)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _step_problems(steps: list[msgspec.Raw]) -> Iterator[JourneyFinding]:
    for number, raw in enumerate(steps, 1):
        try:
            _STEPS.decode(raw)
        except (msgspec.DecodeError, ValueError, RecursionError) as problem:
            named = _naming(raw)
            if _UNKNOWN_TAG in str(problem) and "$.type" in str(problem):
                yield error(
                    "unknown-step-type",
                    named.id[:30] or f"step {number}",
                    f"{named.type[:40]!r} is no type of a step.",
                    f"use one of {_TYPES}.",
                )
            else:
                yield _unreadable(named.id[:30] or f"step {number}", problem)


def _naming(raw: msgspec.Raw) -> _Naming:
    try:
        return msgspec.json.decode(raw, type=_Naming)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return _Naming()


def _unreadable(step: str, problem: Exception) -> JourneyFinding:
    nested = isinstance(problem, RecursionError)
    message = "It is nested too deeply." if nested else explained(problem)[:300]
    return error("not-a-journey", step, message, "docs/journeys.md describes journeys.")


def _too_many(count: int) -> JourneyFinding:
    return error(
        "too-many-steps", "", f"There are {count} steps.", f"use at most {MAX_STEPS}: split it."
    )


def _place(finding: JourneyFinding) -> str:
    return f"{finding.step}: " if finding.step else ""
