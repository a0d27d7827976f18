"""How often intervals of simulated campaigns leave out the truth, when looked at each day.

    python -m benchmarks.campaign_lift [RUNS]

Campaigns of members whose effect is known, as `tests/outreach/results/simulated.py` describes them,
with a look at the end of each of 40 days. The confidence sequence is compared with the fixed
interval of the same figures. The first row assigns each member as the planner does; the others draw
how many are held out. Exits with 1 if a target is missed.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import Final

import numpy as np

from benchmarks.tables import Row, print_table
from sizzle.outreach.results.lift import MINUTES, PLAYS
from tests.outreach.results.simulated import SimulatedCampaign, alarms

_RUNS: Final = 600
_COVERED: Final = 0.93  # of the runs, at the planned end
_ALARMS: Final = 0.05  # of the runs, over all looks
_WITHOUT_EFFECT: Final = (
    SimulatedCampaign(),
    SimulatedCampaign(rate=0.3),
    SimulatedCampaign(holdout=0.5),
    SimulatedCampaign(holdout=0.02),
    SimulatedCampaign(members=2_000),
)


def main() -> None:
    """Simulate, and print the tables."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else _RUNS
    chance = np.random.default_rng(23)
    met = _with_effect(chance, max(1, runs // 3))
    met &= _without_effect(chance, runs)
    sys.exit(0 if met else 1)


def _with_effect(chance: np.random.Generator, runs: int) -> bool:
    campaign = SimulatedCampaign(lift=0.02)
    at_end: Counter[str] = Counter()
    on_all_days: Counter[str] = Counter()
    for number in range(runs):
        days = campaign.run(number, chance)
        at_end += alarms(days[-1:], campaign.lift)
        on_all_days += alarms(days, campaign.lift)
    found = [
        ("the fixed interval at the planned end", 1 - at_end[f"{PLAYS} interval"] / runs),
        ("the sequence at the planned end", 1 - at_end[f"{PLAYS} sequence"] / runs),
        ("the fixed interval on all 40 days", 1 - on_all_days[f"{PLAYS} interval"] / runs),
        ("the sequence on all 40 days", 1 - on_all_days[f"{PLAYS} sequence"] / runs),
    ]
    columns = (f"20,000 members, 10 % held out, a lift of 2 points: {runs} runs", "covers it in")
    print_table(columns, [Row(label, [f"{share:.1%}"]) for label, share in found])
    sys.stdout.write("\n")
    return found[0][1] >= _COVERED and found[3][1] >= 1 - _ALARMS


def _without_effect(chance: np.random.Generator, runs: int) -> bool:
    rows, met = [], True
    for campaign in _WITHOUT_EFFECT:
        found: Counter[str] = Counter()
        for number in range(runs):
            found += alarms(campaign.run(number, chance, drawn=True))
        kinds = [f"{m} {k}" for m in (PLAYS, MINUTES) for k in ("sequence", "interval")]
        label = (
            f"{campaign.members:,} members, {campaign.holdout:.0%} held out, "
            f"{campaign.rate:.0%} play"
        )
        rows.append(Row(label, [f"{found[kind] / runs:.1%}" for kind in kinds]))
        met &= max(found[kinds[0]], found[kinds[2]]) <= _ALARMS * runs
    columns = ("plays: sequence", "fixed", "minutes: sequence", "fixed")
    print_table((f"No effect, 40 looks, {runs} runs: false alarms", *columns), rows)
    return met


if __name__ == "__main__":
    main()
