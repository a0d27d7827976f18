"""What intervals promise holds for simulated members: they cover the truth, and do not cry wolf."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from sizzle.outreach.results.lift import MINUTES, PLAYS
from tests.outreach.results.simulated import SimulatedCampaign, alarms, rows


def test_looking_each_day_gives_no_false_alarm() -> None:
    """40 looks at 20 campaigns without an effect; the fixed interval alarms in some of them."""
    chance = np.random.default_rng(19)
    found: Counter[str] = Counter()
    for number in range(20):
        found += alarms(SimulatedCampaign().run(number, chance, drawn=True))
    assert found[f"{PLAYS} sequence"] <= 1
    assert found[f"{MINUTES} sequence"] <= 1
    assert found[f"{PLAYS} interval"] >= 2


def test_a_lift_of_two_points_is_covered_and_found() -> None:
    """By both intervals on the last day of 10 campaigns, and found by the sequence in most."""
    chance = np.random.default_rng(20)
    campaign = SimulatedCampaign(lift=0.02, rate=0.3)
    last = [next(rows(campaign.run(n, chance, drawn=True)[-1:]))[PLAYS] for n in range(10)]
    for kind in ("sequence", "interval"):
        covered = sum(ends[0] <= 0.02 <= ends[1] for row in last if (ends := getattr(row, kind)))
        assert covered >= 8
    large = SimulatedCampaign(lift=0.1, rate=0.3).run(0, chance, drawn=True)
    assert next(rows(large[-1:]))[PLAYS].decided == "more"


@pytest.mark.full
def test_a_lift_of_two_points_is_covered_in_93_of_100_runs() -> None:
    """20,000 members, assigned one by one, with 10 % held out; 200 runs, at the planned end.

    The sequence covers the growing effect on all 40 days at once, in as many.
    """
    chance = np.random.default_rng(21)
    campaign = SimulatedCampaign(lift=0.02, rate=0.05)
    at_end = on_all_days = 0
    for number in range(200):
        days = campaign.run(number, chance)
        at_end += f"{PLAYS} interval" not in alarms(days[-1:], 0.02)
        on_all_days += f"{PLAYS} sequence" not in alarms(days, 0.02)
    assert at_end >= 0.93 * 200
    assert on_all_days >= 0.95 * 200


@pytest.mark.full
@pytest.mark.parametrize(
    ("members", "holdout", "rate"),
    [(20_000, 0.1, 0.05), (20_000, 0.02, 0.05), (2_000, 0.1, 0.05), (20_000, 0.1, 0.3)],
)
def test_40_looks_at_nothing_alarm_in_at_most_5_of_100(
    members: int, holdout: float, rate: float
) -> None:
    """600 campaigns each: of plays and of minutes, also where few are held out."""
    chance = np.random.default_rng(22)
    campaign = SimulatedCampaign(members, holdout, rate)
    found: Counter[str] = Counter()
    for number in range(600):
        found += alarms(campaign.run(number, chance, drawn=True))
    assert found[f"{PLAYS} sequence"] <= 0.05 * 600
    assert found[f"{MINUTES} sequence"] <= 0.05 * 600
    assert found[f"{PLAYS} interval"] > 0.15 * 600
