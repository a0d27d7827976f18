"""What members are assumed to do in a simulation, and what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What members are assumed to do.

    Attributes:
        members: how many there are.
        days: for how long they are watched.
        entries: how often a year a member would enter, by an event or a segment.
        answers: the chance that, after entry and after each message, a member does what a step
            asks about or waits for; on average a day later.
        converts: the chance that a member reaches the goal after a message.
        unsubscribes: the chance that a member unsubscribes after a message.
        in_segment: the share of members who are in a segment that a step asks about.
        seed: another one draws anew.
    """

    members: int = 10_000
    days: int = 365
    entries: float = 2.0
    answers: float = 0.3
    converts: float = 0.05
    unsubscribes: float = 0.003
    in_segment: float = 0.5
    seed: int = 0


@dataclass(slots=True)
class StepFigures:
    """What became of the messages of a step.

    Attributes:
        held: how often one waited, by the reason.
        skipped: by the reason.
    """

    planned: int = 0
    sent: int = 0
    held: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Simulation:
    """What came of it.

    Attributes:
        runs: how many began.
        outcomes: how they ended; "still inside" of those who go on.
        members_by_messages: how many members got so many messages.
        members_by_most_a_week: how many members got so many messages within seven days, at most.
        steps: by the ids of steps that send.
    """

    runs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    members_by_messages: Counter[int] = field(default_factory=Counter)
    members_by_most_a_week: Counter[int] = field(default_factory=Counter)
    steps: dict[str, StepFigures] = field(default_factory=dict)

    @property
    def most(self) -> int:
        """The most messages that a member got."""
        return max(self.members_by_messages, default=0)

    @property
    def messages(self) -> int:
        """How many messages were sent."""
        return sum(count * members for count, members in self.members_by_messages.items())
