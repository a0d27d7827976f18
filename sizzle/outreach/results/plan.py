"""What an experiment can find, said before it begins."""

from __future__ import annotations

from pydantic import BaseModel, Field

from sizzle.errors import InputError
from sizzle.experiments import members_needed
from sizzle.outreach.campaign import Measurement

POWER = 0.8
"""The probability that a difference is found, if it is there."""

_HALVINGS = 40


class PlanReport(BaseModel):
    """What was planned, and what so many members can show by one look at the end."""

    members: int = Field(description="Of the snapshot.")
    holdout: float = Field(description="The share of them who are held out.")
    days: int = Field(description="For so long what they watch is counted.")
    most_minutes: int = Field(description="Of a member that count.")
    rate: float = Field(description="The share of members expected to play without a message.")
    lift: float = Field(description="The smallest difference to it that is worth finding.")
    members_needed: int | None = Field(
        description="To find it in 80 % of cases, with this holdout; null without one."
    )
    smallest_lift: float | None = Field(
        description="The smallest difference that these members show in 80 % of cases."
    )
    enough: bool | None
    finding: str


def plan_of(members: int, holdout: float, measurement: Measurement) -> PlanReport:
    """What so many members can show.

    Args:
        members: who are assigned.
        holdout: the share of them who are held out.
        measurement: what is expected, and what is worth finding.
    """
    needed = _needed(holdout, measurement.rate, measurement.lift)
    smallest = _smallest(members, holdout, measurement.rate)
    return PlanReport(
        members=members,
        holdout=holdout,
        days=measurement.days,
        most_minutes=measurement.most_minutes,
        rate=measurement.rate,
        lift=measurement.lift,
        members_needed=needed,
        smallest_lift=smallest,
        enough=None if needed is None else members >= needed,
        finding=_finding(members, measurement, needed, smallest),
    )


def _needed(holdout: float, rate: float, lift: float) -> int | None:
    """How many members in all show a lift."""
    if not holdout:
        return None
    try:
        return sum(members_needed(rate, lift, power=POWER, ratio=holdout / (1 - holdout)))
    except InputError:  # a lift to more than all members
        return None


def _smallest(members: int, holdout: float, rate: float) -> float | None:
    """The smallest lift that so many show, by halving; None where none is small enough."""
    low, high = 0.0, 1 - rate
    needed = _needed(holdout, rate, high * 0.999)
    if needed is None or needed > members:
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        needed = _needed(holdout, rate, middle)
        low, high = (low, middle) if needed is not None and needed <= members else (middle, high)
    return high


def _finding(
    members: int, measurement: Measurement, needed: int | None, smallest: float | None
) -> str:
    lift = f"{100 * measurement.lift:.2g} points on {measurement.rate:.1%}"
    if needed is None:
        return "Without a holdout, no lift can be found, however many members there are."
    if smallest is None:
        return f"{members} members show no lift at all; {lift} takes {needed}."
    shown = f"{100 * smallest:.2g} points"
    if members >= needed:
        return f"Enough members for a lift of {lift}: {members} show {shown} in 80 % of cases."
    return (
        f"Too few members for a lift of {lift}: that takes {needed}. {members} show {shown} in "
        "80 % of cases. Hold out more, or look for a larger lift."
    )
