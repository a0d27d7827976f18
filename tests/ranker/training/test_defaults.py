"""Settings that fit the data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranker import ModelConfig, TrainingConfig, ViewingEvent, ViewingLog
from ranker.training.defaults import DataCounts, fitting_settings

LOGS = {
    "a demo": DataCounts(members=40, titles=24, viewings=1200),
    "purchases": DataCounts(members=22_000, titles=12_000, viewings=200_000),
    "ratings": DataCounts(members=6_000, titles=3_700, viewings=1_000_000),
    "a service": DataCounts(members=2_000_000, titles=20_000, viewings=100_000_000),
}


def epochs(counts: DataCounts) -> float:
    """How often each viewing is learnt from."""
    _, config = fitting_settings(counts)
    return config.steps * config.batch_positions / counts.viewings


def test_counts_what_is_in_a_log() -> None:
    """Members, titles and viewings; values that no event has do not count."""
    log = ViewingLog.from_events(ViewingEvent("a", f"t{at}", at) for at in range(5))
    assert DataCounts.of(log) == DataCounts(1, 5, 5)
    assert DataCounts.of(log.take(slice(0, 2))) == DataCounts(1, 2, 2)


def test_a_small_log_has_the_smallest_model() -> None:
    """Whose training takes seconds."""
    assert fitting_settings(LOGS["a demo"]) == (ModelConfig(), TrainingConfig())
    assert fitting_settings(LOGS["a demo"], 7)[1].seed == 7


def test_few_viewings_of_a_title_are_learnt_more_cautiously() -> None:
    """More dropout and weight decay, and fewer epochs; and ids begin from co-watching."""
    (few, few_config), (many, many_config) = (
        fitting_settings(LOGS[name]) for name in ("purchases", "ratings")
    )
    assert few.dropout > many.dropout
    assert few_config.weight_decay > many_config.weight_decay
    assert epochs(LOGS["purchases"]) < epochs(LOGS["ratings"])
    assert few_config.ppmi_init > 0
    assert few.context < many.context


def test_a_large_log_is_gone_through_a_few_times() -> None:
    """And not for the epochs that a small one needs."""
    assert epochs(LOGS["a service"]) == pytest.approx(3, rel=0.01)


@pytest.mark.parametrize("name", LOGS)
def test_a_warm_start_takes_a_fraction(name: str) -> None:
    """Of the steps of a training from scratch, where that takes more than a moment."""
    cold, warm = (fitting_settings(LOGS[name], warm=warm)[1] for warm in (False, True))
    assert warm.steps <= (cold.steps if name == "a demo" else cold.steps // 5)


@given(st.integers(0, 10**9), st.integers(0, 10**7), st.integers(0, 10**12), st.booleans())
def test_any_counts_have_settings(members: int, titles: int, viewings: int, warm: bool) -> None:
    """That are valid, evaluate often enough to stop, and evaluate at all."""
    _, config = fitting_settings(DataCounts(members, titles, viewings), warm=warm)
    assert config.evaluate_every <= config.steps
    assert config.patience * config.evaluate_every < config.steps
