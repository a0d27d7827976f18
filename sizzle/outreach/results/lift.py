"""Lift: what members who were assigned to something watch more than those who were held out.

Everybody counts as assigned, also those who could not be sent anything. Nothing here looks at
openings or clicks: whoever is held out cannot have any.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, Field

from sizzle.experiments import (
    HOLDOUT,
    Count,
    Interval,
    Sample,
    confidence_sequence,
    mean_interval,
    mean_sequence,
    newcombe_interval,
)
from sizzle.outreach.results.experiment import HELD_OUT_OF_ALL, DaySums

PLAYS, MINUTES, ALL_MINUTES = "plays", "minutes", "all_minutes"
MEASURES: Final = (PLAYS, MINUTES, ALL_MINUTES)

EVERYBODY_TREATED: Final = ""
"""The name of all treatments together."""

FEWEST_MEMBERS: Final = 20
"""Of either side, with whom a comparison begins to say anything."""

FEWEST_PLAYERS: Final = 10
"""Of either side, for minutes: a few amounts are no base for an interval."""

Sums = Mapping[str, DaySums]
"""Sums by treatment."""


@dataclass(frozen=True, slots=True)
class Scales:
    """How large differences are expected to be, chosen before anything was seen.

    Attributes:
        rate: the smallest difference of shares that is worth finding.
        most_minutes: of a member that count; a hundredth is the scale of minutes.
    """

    rate: float
    most_minutes: float

    @property
    def minutes(self) -> float:
        """Of means of minutes."""
        return self.most_minutes / 100


class LiftRow(BaseModel):
    """A treatment beside the holdout, by one measure: a share, or minutes a member."""

    measure: str = Field(description="`plays`, `minutes` (of what is promoted) or `all_minutes`.")
    treatment: str = Field(description="Empty for all treatments together.")
    members: int
    value: float | None = Field(description="Of the members assigned to it.")
    held_out: int = Field(description="Members who were held out.")
    baseline: float | None = Field(description="Of those.")
    difference: float | None
    relative: float | None = Field(description="The difference as a share of the baseline.")
    sequence: tuple[float, float] | None = Field(
        description="95 % for all looks together: it may be watched daily, and it decides."
    )
    interval: tuple[float, float] | None = Field(
        description="95 % for one look, at the planned end; null before."
    )
    decided: str = Field(description="`more`, `fewer`, or empty while it is undecided.")
    finding: str


class LiftDay(BaseModel):
    """What was known at the end of a day, of all treatments together."""

    measure: str
    day: int = Field(description="Days since 1970, in UTC.")
    difference: float
    low: float
    high: float


def lift_rows(sums: Sums, scales: Scales, *, ended: bool) -> list[LiftRow]:
    """All treatments together, and each where there are several, by each measure."""
    treated = treatments_in(sums)
    groups = [(EVERYBODY_TREATED, _together(sums))]
    if len(treated) > 1:
        groups += [(name, sums[name]) for name in treated]
    held_out = sums.get(HOLDOUT, DaySums())
    return [
        _row(measure, name, group, held_out, scales, ended=ended)
        for name, group in groups
        for measure in MEASURES
    ]


def lift_days(days: Sequence[tuple[int, Sums]], scales: Scales) -> list[LiftDay]:
    """The sequence as it was at the end of each day.

    Args:
        days: with the sums at the end of each.
        scales: of the differences.
    """
    found = []
    for measure in MEASURES:
        for day, sums in days:
            one, other = _together(sums), sums.get(HOLDOUT, DaySums())
            difference = _difference(measure, one, other)
            sequence = _sequence(measure, one, other, scales)
            if difference is not None and sequence is not None:
                low, high = sequence.low, sequence.high
                each = LiftDay(measure=measure, day=day, difference=difference, low=low, high=high)
                found.append(each)
    return found


def cannot_tell(sums: Sums, planned_holdout: float) -> Iterator[str]:
    """What cannot be said by these sums, and why."""
    held_out, treated = sums.get(HOLDOUT, DaySums()), _together(sums)
    if not treated.members and not held_out.members:
        yield "Nobody is assigned yet."
        return
    if not planned_holdout and not held_out.members:
        yield (
            "Nobody is held out: what members would have watched without a message cannot be "
            "told. Plan the next one with a holdout."
        )
        return
    if not held_out.members:
        yield (
            f"Of {treated.members} members, none is held out by chance, with a holdout of "
            f"{planned_holdout:.1%}: there is nobody to compare with."
        )
        return
    if min(held_out.members, treated.members) < FEWEST_MEMBERS:
        yield (
            f"{treated.members} members beside {held_out.members} who are held out are too few "
            f"to compare: {FEWEST_MEMBERS} of each are the least."
        )
        return
    if min(held_out.players, treated.players) < FEWEST_PLAYERS:
        yield (
            f"{treated.players} members and {held_out.players} of those held out have watched a "
            f"title that counts: until {FEWEST_PLAYERS} of each have, there is no interval for "
            "its minutes."
        )


def treatments_in(sums: Sums) -> list[str]:
    """The names of the treatments, without those held out."""
    return sorted(name for name in sums if name not in (HOLDOUT, HELD_OUT_OF_ALL))


def _together(sums: Sums) -> DaySums:
    found = DaySums()
    for name in treatments_in(sums):
        found += sums[name]
    return found


def _row(
    measure: str, treatment: str, one: DaySums, other: DaySums, scales: Scales, *, ended: bool
) -> LiftRow:
    difference, baseline = _difference(measure, one, other), _value(measure, other)
    sequence = _sequence(measure, one, other, scales)
    decided = "" if sequence is None else _decided(sequence)
    return LiftRow(
        measure=measure,
        treatment=treatment,
        members=one.members,
        value=_value(measure, one),
        held_out=other.members,
        baseline=baseline,
        difference=difference,
        relative=None if difference is None or not baseline else difference / baseline,
        sequence=None if sequence is None else (sequence.low, sequence.high),
        interval=_interval(measure, one, other) if ended else None,
        decided=decided,
        finding=_finding(measure, decided, known=sequence is not None),
    )


def _value(measure: str, sums: DaySums) -> float | None:
    return _count(sums).rate if measure == PLAYS else _sample(measure, sums).mean


def _difference(measure: str, one: DaySums, other: DaySums) -> float | None:
    value, baseline = _value(measure, one), _value(measure, other)
    return None if value is None or baseline is None else value - baseline


def _sequence(measure: str, one: DaySums, other: DaySums, scales: Scales) -> Interval | None:
    if not _can_compare(measure, one, other):
        return None
    if measure == PLAYS:
        return confidence_sequence(_count(one), _count(other), scale=scales.rate)
    return _finite(mean_sequence(_sample(measure, one), _sample(measure, other), scales.minutes))


def _interval(measure: str, one: DaySums, other: DaySums) -> tuple[float, float] | None:
    if not _can_compare(measure, one, other):
        return None
    if measure == PLAYS:
        found: Interval | None = newcombe_interval(_count(one), _count(other))
    else:
        found = _finite(mean_interval(_sample(measure, one), _sample(measure, other)))
    return None if found is None else (found.low, found.high)


def _can_compare(measure: str, one: DaySums, other: DaySums) -> bool:
    if min(one.members, other.members) < FEWEST_MEMBERS:
        return False
    return measure != MINUTES or min(one.players, other.players) >= FEWEST_PLAYERS


def _finite(interval: Interval) -> Interval | None:
    return interval if math.isfinite(interval.low) else None


def _count(sums: DaySums) -> Count:
    return Count(sums.players, sums.members)


def _sample(measure: str, sums: DaySums) -> Sample:
    """In minutes."""
    if measure == MINUTES:
        return Sample(sums.members, sums.seconds / 60, sums.squares / 3600)
    return Sample(sums.members, sums.all_seconds / 60, sums.all_squares / 3600)


def _decided(sequence: Interval) -> str:
    if sequence.low > 0:
        return "more"
    return "fewer" if sequence.high < 0 else ""


_FINDINGS: Final = {
    PLAYS: "{} of the members play what is promoted than of those held out.",
    MINUTES: "Members watch {} of what is promoted than those held out.",
    ALL_MINUTES: "Members watch {} in all than those held out.",
}


def _finding(measure: str, decided: str, *, known: bool) -> str:
    words = ("More", "Fewer") if measure == PLAYS else ("more", "less")
    text = _FINDINGS[measure]
    if decided:
        return text.format(words[decided == "fewer"])
    either = text.format(" or ".join(words).lower())
    start = "Undecided whether" if known else "Too few to say whether"
    return f"{start} {either[0].lower()}{either[1:]}"
