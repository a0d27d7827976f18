"""Who is held out, and what is counted of whom: members are compared as they were assigned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sizzle.experiments import HOLDOUT, assign
from sizzle.outreach.campaign import Campaign

DAY: Final = 86_400_000
"""Milliseconds."""

HELD_OUT_OF_ALL: Final = "*"
"""The treatment of members whom no campaign and no journey writes to."""

EVERYBODY: Final = "all"
"""The treatment of all others, in the comparison with those who are held out of everything."""

PLAY_SECONDS: Final = 60
"""Seconds of a title that make a play of it."""

_MOST_EVENT: Final = 86_400  # seconds that one report of a player can mean


@dataclass(frozen=True, slots=True)
class Experiment:
    """What is counted of members who were assigned to treatments. Times are ms since 1970.

    Attributes:
        titles: those that count; empty for all.
        most_seconds: of a member; what is watched above does not count.
        ends: None for never.
    """

    experiment_id: str
    titles: frozenset[str]
    most_seconds: int
    started: int
    ends: int | None = None

    def includes(self, title_id: str) -> bool:
        """Whether a title counts."""
        return not self.titles or title_id in self.titles


@dataclass(frozen=True, slots=True)
class Watched:
    """What a member has watched within an experiment, in seconds.

    Attributes:
        seconds: of the titles that count.
        all_seconds: of all titles.
    """

    seconds: int = 0
    all_seconds: int = 0

    def plus(self, experiment: Experiment, title_id: str, seconds: float) -> Watched:
        """With one more report of a player."""
        amount = whole_seconds(seconds)
        counted = amount if experiment.includes(title_id) else 0
        return Watched(self.seconds + counted, self.all_seconds + amount)


def whole_seconds(reported: float) -> int:
    """Seconds as one report of a player counts: never below 0, and a day at most."""
    return round(min(max(reported, 0.0), _MOST_EVENT))


@dataclass(frozen=True, slots=True)
class DaySums:
    """Members, and sums over them; as a difference, some may be negative."""

    members: int = 0
    players: int = 0
    seconds: int = 0
    squares: int = 0
    all_seconds: int = 0
    all_squares: int = 0

    @classmethod
    def of(cls, watched: Watched, most_seconds: int, members: int = 1) -> DaySums:
        """Of one member."""
        one = min(watched.seconds, most_seconds)
        every = min(watched.all_seconds, most_seconds)
        played = int(watched.seconds >= PLAY_SECONDS)
        return cls(members, played, one, one * one, every, every * every)

    def __add__(self, other: DaySums) -> DaySums:
        """Both together."""
        return DaySums(*(a + b for a, b in zip(self.values, other.values, strict=True)))

    def __sub__(self, other: DaySums) -> DaySums:
        """What is left without the other."""
        return DaySums(*(a - b for a, b in zip(self.values, other.values, strict=True)))

    @property
    def values(self) -> tuple[int, ...]:
        """In the order of the fields."""
        return (
            *(self.members, self.players, self.seconds),
            *(self.squares, self.all_seconds, self.all_squares),
        )


def campaign_experiment_id(campaign_id: str) -> str:
    """The id of a campaign's experiment."""
    return f"campaign:{campaign_id}"


def journey_experiment_id(journey_id: str) -> str:
    """The id of a journey's experiment."""
    return f"journey:{journey_id}"


def experiment_of(campaign: Campaign, started: int, titles: frozenset[str]) -> Experiment:
    """The experiment of a campaign that starts; of these titles, or of all where there are none."""
    start = max(started, campaign.start or 0)
    return Experiment(
        campaign_experiment_id(campaign.campaign_id),
        titles,
        campaign.measurement.most_minutes * 60,
        start,
        start + campaign.measurement.days * DAY,
    )


def quarter_experiment(now: int, most_minutes: int) -> Experiment:
    """The experiment of all outreach, in the quarter of the year that a time is in, in UTC."""
    time = datetime.fromtimestamp(now / 1000, UTC)
    quarter = (time.month - 1) // 3
    start = datetime(time.year, 3 * quarter + 1, 1, tzinfo=UTC)
    year, month = (time.year, 3 * quarter + 4) if quarter < 3 else (time.year + 1, 1)
    end = datetime(year, month, 1, tzinfo=UTC)
    first, last = (int(each.timestamp() * 1000) for each in (start, end))
    name = f"{time.year}-Q{quarter + 1}"
    return Experiment(all_experiment_id(name), frozenset(), most_minutes * 60, first, last)


def all_experiment_id(quarter: str) -> str:
    """The id of the experiment of all outreach in a quarter, such as `2026-Q4`."""
    return f"all:{quarter}"


def is_held_out_of_all(member_id: str, share: float) -> bool:
    """Whether a member is one of those whom no campaign and no journey writes to."""
    if not share:
        return False
    return assign("", "all outreach", member_id, {EVERYBODY: 1.0}, share) == HOLDOUT


def campaign_treatments(
    campaign: Campaign, member_ids: Iterable[str], held_out_of_all: float
) -> dict[str, str]:
    """The treatment of each member: whatever may be sent to them, and before that is looked at."""
    return {
        one: HELD_OUT_OF_ALL if is_held_out_of_all(one, held_out_of_all) else campaign.assigned(one)
        for one in member_ids
    }


def shared_treatments(member_ids: Iterable[str], held_out_of_all: float) -> dict[str, str]:
    """The treatment of each member in the experiment of all outreach."""
    return {
        one: HOLDOUT if is_held_out_of_all(one, held_out_of_all) else EVERYBODY
        for one in member_ids
    }
