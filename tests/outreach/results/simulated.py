"""Campaigns of simulated members, with an effect that is known.

Members are assigned as the planner assigns them. Those who play do so first on a day from the first
to the last, then again and again; minutes are log-normal, which is heavy-tailed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sizzle.experiments import HOLDOUT
from sizzle.outreach.campaign import Campaign
from sizzle.outreach.results.experiment import DaySums
from sizzle.outreach.results.lift import MINUTES, PLAYS, LiftRow, Scales, lift_rows
from sizzle.outreach.vocabulary import PromotedKind

TREATED: Final = "all"
SCALES: Final = Scales(rate=0.02, most_minutes=600)

Days = list[Mapping[str, DaySums]]
"""The sums at the end of each day, by treatment."""


@dataclass(frozen=True, slots=True)
class SimulatedCampaign:
    """What is simulated.

    Attributes:
        members: of the snapshot.
        holdout: the share of them who are held out.
        rate: of those held out who play by the end.
        lift: how many more of the others do, by the end; it grows evenly.
        days: looks, one at the end of each.
        most_minutes: of a member that count.
    """

    members: int = 20_000
    holdout: float = 0.1
    rate: float = 0.05
    lift: float = 0.0
    days: int = 40
    most_minutes: int = 600

    def run(self, number: int, chance: np.random.Generator, *, drawn: bool = False) -> Days:
        """One of them.

        Args:
            number: of the run; another one assigns members anew.
            chance: of what they do.
            drawn: draw how many are held out, which takes a thousandth of assigning each.
        """
        if drawn:
            held_out = int(chance.binomial(self.members, self.holdout))
        else:
            held_out = sum(
                self.campaign(number).assigned(f"m-{n}") == HOLDOUT for n in range(self.members)
            )
        sizes = {HOLDOUT: held_out, TREATED: self.members - held_out}
        found = {
            name: list(self._sums(size, self.rate + self.lift * (name == TREATED), chance))
            for name, size in sizes.items()
        }
        return [{name: sums[day] for name, sums in found.items()} for day in range(self.days)]

    def campaign(self, number: int) -> Campaign:
        """The campaign that assigns members."""
        return Campaign(
            campaign_id=f"run-{number}",
            kind=PromotedKind.TITLE,
            promoted_id="t-1",
            snapshot_id="s-1",
            holdout=self.holdout,
        )

    def true_lift(self, day: int) -> float:
        """The effect at the end of a day, counted from 0."""
        return self.lift * (day + 1) / self.days

    def _sums(self, members: int, rate: float, chance: np.random.Generator) -> Iterator[DaySums]:
        players = int(chance.binomial(members, rate))
        first = chance.integers(0, self.days, players)
        seconds = self._seconds(first, chance)
        played = np.bincount(first, minlength=self.days).cumsum()
        for day in range(self.days):
            some = seconds[:, day]
            total, squares = int(some.sum()), int((some * some).sum())
            yield DaySums(members, int(played[day]), total, squares, total, squares)

    def _seconds(self, first: NDArray[Any], chance: np.random.Generator) -> NDArray[Any]:
        """Of each player at the end of each day, none above the most."""
        players = len(first)
        times = chance.geometric(1 / 3, players)
        who = np.repeat(np.arange(players), times)
        start = np.repeat(np.cumsum(times) - times, times)
        is_first = np.arange(len(who)) == start
        later = first[who] + (chance.random(len(who)) * (self.days - first[who])).astype(int)
        day = np.where(is_first, first[who], later)
        amounts = np.maximum(60, chance.lognormal(7.0, 1.2, len(who))).astype(int)
        seconds = np.zeros((players, self.days), dtype=np.int64)
        np.add.at(seconds, (who, day), amounts)
        watched: NDArray[Any] = np.minimum(seconds.cumsum(axis=1), self.most_minutes * 60)
        return watched


def rows(days: Days) -> Iterator[dict[str, LiftRow]]:
    """The report's rows of each day, by measure, as if it were the last."""
    for sums in days:
        yield {row.measure: row for row in lift_rows(sums, SCALES, ended=True)}


def alarms(days: Days, truth: float = 0.0) -> Counter[str]:
    """Which intervals left out the truth on any day: of both measures, of both kinds."""
    found: Counter[str] = Counter()
    for number, each in enumerate(rows(days), 1):
        for measure in (PLAYS, MINUTES):
            true = truth * number / len(days) if measure == PLAYS else 0.0
            for kind in ("sequence", "interval"):
                ends = getattr(each[measure], kind)
                if ends is not None and not ends[0] <= true <= ends[1]:
                    found[f"{measure} {kind}"] = 1
    return found
