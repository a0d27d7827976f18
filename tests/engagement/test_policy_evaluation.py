"""What other orders and cadences would have brought, by what was shown in drawn ones."""

from __future__ import annotations

import pytest

from sizzle.engagement import Probabilities
from sizzle.engagement.policy_evaluation import ExposureOutcome, can_tell, evaluate_policy
from sizzle.reel.randomised_order import Randomisation
from tests.engagement.simulated_exposures import TITLES, exposures, seconds_of_best

DRAWN = Randomisation(1.0)


def one_cut(member: int, cadence: str, seen: int, chance: float) -> ExposureOutcome:
    """A reel of one cut."""
    return ExposureOutcome(
        *(f"member-{member}", 0, "spring", "v1", cadence, "A:80", "40/1", ("aurora",)),
        Probabilities(chance),
        (seen,),
    )


def test_the_best_order_is_worth_what_it_brings() -> None:
    """Members whose best orders are known would see more, by what they would really see."""
    result = evaluate_policy(*exposures(1, 1000, DRAWN))
    assert result is not None
    assert result.support.is_enough
    assert seconds_of_best(10_000) in result.doubly_robust.interval
    assert seconds_of_best(10_000) in result.inverse_propensity.interval
    assert result.lead_interval.low > 0
    assert result.popular_other < 1


@pytest.mark.full
def test_intervals_have_the_truth_in_nine_of_ten_logs() -> None:
    """Of 200 logs each, with all and with half of the orders drawn, for both estimates."""
    truth = seconds_of_best(100_000)
    for randomisation in (DRAWN, Randomisation(0.5)):
        results = [evaluate_policy(*exposures(seed, 1200, randomisation)) for seed in range(200)]
        found = [result for result in results if result is not None]
        assert len(found) == 200
        for name in ("doubly_robust", "inverse_propensity"):
            covered = sum(truth in getattr(result, name).interval for result in found)
            assert covered >= 180


def test_logs_that_cannot_tell_say_so() -> None:
    """Orders that are hardly ever drawn: too few members; ones that never are: weights below 1."""
    few, best = exposures(2, 100, DRAWN)
    result = evaluate_policy(few, best)
    assert result is not None
    assert result.support.effective_members < 50
    assert not result.support.is_enough
    never = [[*reversed(TITLES)]] * 1000
    ranked, _ = exposures(3, 1000, Randomisation(1.0, temperature=0.02))
    result = evaluate_policy(ranked, never)
    assert result is not None
    assert result.support.mean_weight_interval.high < 1


def test_the_same_orders_bring_what_was_seen() -> None:
    """Where nothing was drawn in effect, all that could be shown was."""
    shown, _ = exposures(4, 200, Randomisation(1.0, temperature=1e-6))
    same = [[*reel.titles, *sorted({*TITLES} - {*reel.titles})] for reel in shown]
    result = evaluate_policy(shown, same)
    assert result is not None
    assert result.doubly_robust.mean == pytest.approx(result.logged.mean, abs=1e-3)
    assert result.support.reels == 200


def test_a_later_title_does_not_change_what_was_seen_before_it() -> None:
    """Cuts up to the first other title have their weight; the reel's last cut has none."""
    shown, _ = exposures(5, 200, DRAWN)
    first_same = [[reel.titles[0], *reversed(TITLES)] for reel in shown]
    result = evaluate_policy(shown, [list(dict.fromkeys(order)) for order in first_same])
    assert result is not None
    assert result.support.reels < 20
    assert result.support.effective_members > 20


def test_a_cadence_is_weighed_by_its_share() -> None:
    """Reels of the cadence that was drawn less often count for more."""
    reels = [one_cut(n, "quick", 40, 0.2) for n in range(20)]
    reels += [one_cut(n, "slow", 80, 0.8) for n in range(20, 100)]
    result = evaluate_policy(reels, cadence="quick")
    assert result is not None
    assert result.doubly_robust.mean == pytest.approx(1.0)
    assert result.logged.mean == pytest.approx((20 * 1.0 + 80 * 2.0) / 100)
    assert result.support.mean_weight == pytest.approx(1)
    assert evaluate_policy(reels, cadence="other") is None


def test_what_was_not_drawn_tells_nothing() -> None:
    """Neither a cadence that the request named, nor the ranker's own order."""
    named, drawn = one_cut(1, "quick", 40, 1.0), one_cut(1, "quick", 40, 0.5)
    assert [can_tell(shown, "quick", reorders=False) for shown in (named, drawn)] == [False, True]
    assert not can_tell(drawn, "quick", reorders=True)
    [in_order], _ = exposures(6, 1, DRAWN)
    assert can_tell(in_order, None, reorders=True)
    assert not can_tell(in_order, "other", reorders=True)
