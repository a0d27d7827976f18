"""The report of a campaign, a journey or all outreach, in its wire form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic import BaseModel, Field

from sizzle.events.event import time_text
from sizzle.experiments import HOLDOUT, SampleRatio, check_sample_ratio
from sizzle.outreach.campaign import Campaign, Measurement
from sizzle.outreach.results.experiment import HELD_OUT_OF_ALL, DaySums
from sizzle.outreach.results.funnel import (
    Funnel,
    FunnelRow,
    OutcomeCount,
    SkippedRow,
    StateCount,
    funnel,
    funnel_rows,
    skipped_rows,
)
from sizzle.outreach.results.lift import (
    LiftDay,
    LiftRow,
    Scales,
    cannot_tell,
    lift_days,
    lift_rows,
    treatments_in,
)
from sizzle.outreach.results.plan import PlanReport, plan_of

ALL: Final = "all:"
"""What ids of reports begin with that are of all outreach: no campaign and no journey has such."""

HELD_OUT: Final = "held out"
"""What the holdout is called."""


class AssignedRow(BaseModel):
    """Members who were assigned to a treatment, whatever could be sent to them."""

    treatment: str = Field(description="`held out`, or `held out of all`, or its name.")
    members: int
    share: float | None
    players: int = Field(description="Of those, who played what counts.")
    minutes: float = Field(description="Watched of what counts, in all.")


class SampleRatioReport(BaseModel):
    """Whether as many members got each treatment as was planned."""

    observed: dict[str, int]
    expected: dict[str, float]
    p_value: float
    broken: bool
    finding: str


class OutreachReport(BaseModel):
    """What a campaign, a journey, or all outreach of a quarter brought."""

    source: str = Field(description="`campaign`, `journey` or `all`.")
    id: str
    state: str
    started: str | None
    ends: str | None = Field(description="Until then, what members watch is counted.")
    at: str = Field(description="When this was read.")
    ended: bool
    targeted: int = Field(description="Members who were assigned to something, or held out.")
    held_out: int
    held_out_of_all: int
    assigned: list[AssignedRow]
    plan: PlanReport | None
    sample_ratio: SampleRatioReport | None
    total: Funnel
    treatments: list[FunnelRow]
    channels: list[FunnelRow]
    languages: list[FunnelRow]
    reasons: list[FunnelRow]
    skipped: list[SkippedRow]
    lift: list[LiftRow] = Field(description="Nothing is decided by openings or clicks.")
    lift_days: list[LiftDay]
    cannot_tell: list[str]


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What a report is made of. Times are milliseconds since 1970.

    Attributes:
        source: "campaign", "journey" or "all".
        campaign: that it is of; None for others.
        measurement: what is counted.
        holdout: the planned share; None where none was planned in one place.
        members: of the snapshot; None where there is none.
        days: the sums of each day, by treatment; a day is counted from 1970.
        treatment_of: an activity's treatment.
    """

    source: str
    id: str
    state: str
    now: int
    started: int | None = None
    ends: int | None = None
    campaign: Campaign | None = None
    measurement: Measurement = Measurement()  # noqa: RUF009 - it cannot be changed
    holdout: float | None = None
    members: int | None = None
    days: Sequence[tuple[int, Mapping[str, DaySums]]] = ()
    states: Sequence[StateCount] = ()
    outcomes: Sequence[OutcomeCount] = ()
    treatment_of: Callable[[str], str] = field(default=lambda activity_id: activity_id)

    @property
    def is_over(self) -> bool:
        """Whether nothing more is counted."""
        return self.ends is not None and self.now >= self.ends


def report_of(facts: ReportFacts) -> OutreachReport:
    """The report."""
    days = _cumulative(facts.days)
    sums = days[-1][1] if days else {}
    scales = Scales(facts.measurement.lift, facts.measurement.most_minutes)
    return OutreachReport(
        source=facts.source,
        id=facts.id,
        state=facts.state,
        started=_text(facts.started),
        ends=_text(facts.ends),
        at=time_text(facts.now),
        ended=facts.is_over,
        targeted=sum(each.members for each in sums.values()),
        held_out=_members(sums, HOLDOUT),
        held_out_of_all=_members(sums, HELD_OUT_OF_ALL),
        assigned=_assigned(sums),
        plan=_plan(facts),
        sample_ratio=_sample_ratio(facts, sums),
        total=funnel(facts.states, facts.outcomes),
        treatments=_rows(facts, lambda each: facts.treatment_of(each.activity_id)),
        channels=_rows(facts, lambda each: each.channel),
        languages=_rows(facts, lambda each: each.language),
        reasons=_rows(facts, lambda each: each.line_reason),
        skipped=skipped_rows(facts.states),
        lift=lift_rows(sums, scales, ended=facts.is_over) if _members(sums, HOLDOUT) else [],
        lift_days=lift_days(days, scales),
        cannot_tell=list(cannot_tell(sums, facts.holdout or 0.0)),
    )


def _cumulative(
    days: Sequence[tuple[int, Mapping[str, DaySums]]],
) -> list[tuple[int, dict[str, DaySums]]]:
    found: list[tuple[int, dict[str, DaySums]]] = []
    sums: dict[str, DaySums] = {}
    for day, added in sorted(days, key=lambda each: each[0]):
        sums = sums | {name: sums.get(name, DaySums()) + more for name, more in added.items()}
        found.append((day, sums))
    return found


def _assigned(sums: Mapping[str, DaySums]) -> list[AssignedRow]:
    total = sum(each.members for each in sums.values())
    return [
        AssignedRow(
            treatment=_named(name),
            members=each.members,
            share=each.members / total if total else None,
            players=each.players,
            minutes=round(each.seconds / 60, 1),
        )
        for name, each in sorted(sums.items())
    ]


def _plan(facts: ReportFacts) -> PlanReport | None:
    if facts.members is None or facts.holdout is None:
        return None
    return plan_of(facts.members, facts.holdout, facts.measurement)


def _sample_ratio(facts: ReportFacts, sums: Mapping[str, DaySums]) -> SampleRatioReport | None:
    if facts.holdout is None:
        return None
    weights = _weights(facts, sums)
    observed = {_named(name): each.members for name, each in sums.items()}
    if len(weights) < 2 or not sum(observed.get(name, 0) for name in weights):
        return None
    return _ratio_report(check_sample_ratio(observed, weights))


def _weights(facts: ReportFacts, sums: Mapping[str, DaySums]) -> dict[str, float]:
    """The planned shares, of those who are not held out of everything."""
    share = facts.holdout or 0.0
    if facts.campaign is not None:
        treatments = {treatment.name: treatment.weight for treatment in facts.campaign.treatments}
    else:
        treatments = dict.fromkeys(treatments_in(sums), 1.0)
    total = sum(treatments.values())
    weights = {name: (1 - share) * weight / total for name, weight in treatments.items()}
    # Whoever is held out although nobody should be is a break too, but has no expected number.
    return weights | ({HELD_OUT: share} if share else {})


def _ratio_report(found: SampleRatio) -> SampleRatioReport:
    return SampleRatioReport(
        observed=dict(found.observed),
        expected=dict(found.expected),
        p_value=found.p_value,
        broken=found.is_wrong,
        finding=str(found),
    )


def _rows(
    facts: ReportFacts, name_of: Callable[[StateCount | OutcomeCount], str]
) -> list[FunnelRow]:
    return funnel_rows(facts.states, facts.outcomes, name_of)


def _members(sums: Mapping[str, DaySums], treatment: str) -> int:
    return sums.get(treatment, DaySums()).members


def _named(treatment: str) -> str:
    return {HOLDOUT: HELD_OUT, HELD_OUT_OF_ALL: "held out of all"}.get(treatment, treatment)


def _text(time: int | None) -> str | None:
    return None if time is None else time_text(time)
