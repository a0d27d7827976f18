"""A journey tried out before it starts: members who do not exist go through it for some time.

The stepper and the gate are those of real members; only what members do is made up, by chances
that whoever simulates assumes. The same assumptions always give the same figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from sizzle.outreach.journeys.durations import DAY
from sizzle.outreach.journeys.entries import last_occurrence
from sizzle.outreach.journeys.experiment import journey_treatments
from sizzle.outreach.journeys.model import Journey, ScheduleTrigger, SendStep
from sizzle.outreach.journeys.simulated_member import SimulatedMember, SimulatedWorld
from sizzle.outreach.journeys.simulation import Assumptions, Simulation, StepFigures
from sizzle.outreach.results.experiment import EVERYBODY
from sizzle.outreach.timing import GatePolicy

USUAL_ZONES: Final[tuple[tuple[str, ...], ...]] = tuple(
    (name,)
    for name in (
        "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver",
        "America/Chicago", "America/New_York", "America/Halifax", "America/Sao_Paulo",
        "Atlantic/Azores", "Europe/London", "Europe/Paris", "Europe/Helsinki", "Europe/Istanbul",
        "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata", "Asia/Dhaka", "Asia/Bangkok",
        "Asia/Shanghai", "Asia/Tokyo", "Australia/Adelaide", "Australia/Sydney",
        "Pacific/Noumea", "Pacific/Auckland",
    )
)  # fmt: skip
"""One zone an hour, for members who do not exist."""


def simulate(
    journey: Journey,
    policy: GatePolicy,
    assumed: Assumptions,
    now: int,
    zones: Sequence[tuple[str, ...]] = USUAL_ZONES,
    held_out_of_all: float = 0.0,
    on_sent: Callable[[str, int], None] = lambda _member_id, _at: None,
) -> Simulation:
    """Let members go through a journey.

    Args:
        journey: that passes its checks.
        policy: of the gate.
        assumed: what members do.
        now: when it starts, in milliseconds since 1970.
        zones: in which members may be, by turns.
        held_out_of_all: the share of members whom no campaign and no journey writes to.
        on_sent: called with each message's member and time.
    """
    found = Simulation()
    found.steps = {one.id: StepFigures() for one in journey.steps if isinstance(one, SendStep)}
    times = list(_occurrences(journey, assumed, now))
    for number in range(assumed.members):
        world = SimulatedWorld(journey, policy, assumed, found, on_sent)
        member = SimulatedMember(world, f"member-{number}", zones[number % len(zones)])
        treatment = journey_treatments(journey, [member.member_id], held_out_of_all)
        entries = times or member.entries(now)
        held_out = treatment[member.member_id] != EVERYBODY
        member.live(entries, now + assumed.days * DAY, held_out=held_out)
    return found


def _occurrences(journey: Journey, assumed: Assumptions, now: int) -> Iterator[int]:
    """The times of a schedule."""
    if not isinstance(journey.trigger, ScheduleTrigger):
        return
    after = now
    for day in range(1, assumed.days + 1):
        moment = last_occurrence(journey.trigger, after, now + day * DAY)
        if moment is not None:
            yield moment
            after = moment
