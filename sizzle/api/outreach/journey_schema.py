"""What the routes of journeys take and answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from pydantic import BaseModel, ConfigDict

from sizzle.outbox.journey_rows import StepCount, StoredJourney, StoredVersion
from sizzle.outreach.journeys.findings import JourneyFinding
from sizzle.outreach.journeys.model import Journey
from sizzle.outreach.journeys.run import Run
from sizzle.outreach.journeys.words import StepRow


class ApprovalBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which version is approved: the one that was looked at."""

    version: Annotated[int, Meta(ge=1)]


class _Response(BaseModel):
    model_config = ConfigDict(frozen=True)


class FindingResponse(_Response):
    """One thing about a journey."""

    rule: str
    severity: str
    step: str
    message: str
    fix: str


class StepResponse(_Response):
    """A step, in words, and how many runs stand there."""

    step: str
    name: str
    what: str
    leads_to: str
    standing: int


class JourneyResponse(_Response):
    """A journey, and what has become of it.

    `version` is the one that members enter, 0 as long as none is approved; `journey`, `steps` and
    `outcomes` are of the version that `shown` names.
    """

    journey_id: str
    state: str
    reason: str
    version: int
    newest: int
    started: datetime | None
    closed: datetime | None
    shown: int
    digest: str
    created: datetime
    created_by: str
    approved: datetime | None
    approved_by: str
    journey: dict[str, Any]
    steps: list[StepResponse] = []
    outcomes: dict[str, int] = {}
    inside_other_versions: int = 0


class JourneySummary(_Response):
    """A journey in a list."""

    journey_id: str
    state: str
    reason: str
    version: int
    newest: int


class RunResponse(_Response):
    """A member's run: where it stands and when it is looked at, or how it has ended."""

    run_id: str
    member_id: str
    version: int
    entered: datetime
    step: str
    since: datetime
    due: datetime | None
    outcome: str


def finding_response(finding: JourneyFinding) -> FindingResponse:
    """A finding as it is answered."""
    return FindingResponse(
        rule=finding.rule,
        severity=finding.severity.value,
        step=finding.step,
        message=finding.message,
        fix=finding.fix,
    )


def summary_response(stored: StoredJourney) -> JourneySummary:
    """A journey of a list as it is answered."""
    return JourneySummary(
        journey_id=stored.journey_id,
        state=stored.state.value,
        reason=stored.reason,
        version=stored.version,
        newest=stored.newest,
    )


def journey_response(
    stored: StoredJourney,
    shown: StoredVersion,
    rows: list[StepRow],
    outcomes: dict[str, int],
    counts: list[StepCount],
) -> JourneyResponse:
    """A journey as it is answered."""
    others = (one.runs for one in counts if one.version != shown.version and not one.outcome)
    return JourneyResponse(
        **summary_response(stored).model_dump(),
        started=_optional(stored.started),
        closed=_optional(stored.closed),
        shown=shown.version,
        digest=shown.journey.digest,
        created=_time(shown.created),
        created_by=shown.created_by,
        approved=_optional(shown.approved),
        approved_by=shown.approved_by,
        journey=journey_json(shown.journey),
        steps=[
            StepResponse(
                step=row.step,
                name=row.name,
                what=row.what,
                leads_to=row.leads_to,
                standing=row.standing,
            )
            for row in rows
        ],
        outcomes=outcomes,
        inside_other_versions=sum(others),
    )


def journey_json(journey: Journey) -> dict[str, Any]:
    """A journey as it is written."""
    found: dict[str, Any] = json.loads(journey.content)
    return found


def run_response(run: Run) -> RunResponse:
    """A run as it is answered."""
    return RunResponse(
        run_id=run.run_id,
        member_id=run.member_id,
        version=run.version,
        entered=_time(run.entered),
        step=run.step,
        since=_time(run.since),
        due=None if run.outcome else _time(run.due),
        outcome=run.outcome.value if run.outcome else "",
    )


def _time(time_ms: int) -> datetime:
    return datetime.fromtimestamp(time_ms / 1000, UTC)


def _optional(time_ms: int | None) -> datetime | None:
    return None if time_ms is None else _time(time_ms)
