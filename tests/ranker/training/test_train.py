"""Training, on histories small enough to train on in each test."""

import math
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ranker import (
    EventLog,
    Histories,
    ModelConfig,
    ModelFileError,
    Progress,
    Ranker,
    TrainedModel,
    TrainingConfig,
    TrainingError,
    ViewingEvent,
    train,
)
from ranker.network.checkpoint import Checkpoint
from tests.ranker.worlds import TITLES, rich_events

MODEL = ModelConfig(context=8, width=16, blocks=1)
SMALL = TrainingConfig(steps=12, batch=64, evaluate_every=4)
DAY = 86_400


def round_and_round(members: int = 8, length: int = 12) -> EventLog:
    """Members who watch a, b, c, d, e and then a again; each begins elsewhere."""
    return EventLog.of(
        ViewingEvent(f"member-{member}", "abcde"[(member + at) % 5], at * DAY)
        for member in range(members)
        for at in range(length)
    )


def weights(trained: TrainedModel) -> torch.Tensor:
    """All weights of a model in one row."""
    return torch.nn.utils.parameters_to_vector(trained.network.parameters())


def test_the_same_seed_gives_the_same_weights() -> None:
    """Training twice gives equal models, bit for bit, and another seed gives another one."""
    first, again = (train(round_and_round(), {}, MODEL, SMALL) for _ in range(2))
    other = train(round_and_round(), {}, MODEL, replace(SMALL, seed=1))
    assert torch.equal(weights(first), weights(again))
    assert first.looks == again.looks
    assert not torch.equal(weights(first), weights(other))


def test_leaves_the_random_numbers_of_the_caller_alone() -> None:
    """Who trains in the middle of a program draws the same numbers afterwards."""
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    train(round_and_round(), {}, MODEL, SMALL)
    assert torch.equal(torch.rand(3), expected)


def test_learns_what_comes_next() -> None:
    """The order of viewing is learnt: after b, c, d comes e, whoever watches."""
    config = TrainingConfig(steps=150, batch=128, learning_rate=1e-2)
    trained = train(round_and_round(members=20), {}, MODEL, config)
    watched = Histories(ViewingEvent("new", title, at * DAY) for at, title in enumerate("bcd"))
    ranker = Ranker(Checkpoint(trained.network, "v"), watched)
    best = ranker.rank("new", list("abcde")).titles[0]
    assert best.title_id == "e"
    assert best.score > 0.8


def test_tells_its_progress_after_each_step() -> None:
    """A caller can draw a bar: steps count up to the total, held-out losses come in time."""
    told: list[Progress] = []
    trained = train(round_and_round(), {}, MODEL, SMALL, on_step=told.append)
    assert [progress.step for progress in told] == list(range(1, 13))
    assert {progress.steps for progress in told} == {12}
    assert [progress.held_out_loss is None for progress in told] == [True] * 3 + [False] * 9
    assert told[-1].held_out_loss == trained.looks[-1].held_out_loss
    assert [look.step for look in trained.looks] == [4, 8, 12]


def test_stops_when_the_held_out_titles_are_predicted_no_better() -> None:
    """On titles at random, steps end early; what is kept is the best look, not the last."""
    noise = EventLog.of(
        ViewingEvent(f"member-{member}", f"title-{(member * at * 7 + at) % 11}", at * DAY)
        for member in range(6)
        for at in range(20)
    )
    config = TrainingConfig(steps=400, batch=64, learning_rate=1e-2, evaluate_every=5, patience=3)
    stopped = train(noise, {}, MODEL, config)
    assert stopped.looks[-1].step < 400
    assert stopped.looks[-1].step == stopped.best.step + 3 * 5
    assert stopped.best.held_out_loss == min(look.held_out_loss for look in stopped.looks)


def test_the_demo_learns_more_than_popularity(
    trained: TrainedModel, events: list[ViewingEvent]
) -> None:
    """Held-out titles are predicted better than the best constant guess, their shares, can."""
    counts = Counter(event.title_id for event in events)
    shares = [count / counts.total() for count in counts.values()]
    entropy = -sum(share * math.log(share) for share in shares)
    assert trained.best.held_out_loss < entropy - 0.05
    assert not trained.network.training


def test_a_title_only_held_out_is_unknown_to_the_model() -> None:
    """No title has a token that was never trained."""
    log = EventLog.of(
        ViewingEvent(member, title, at * DAY)
        for member in "mn"
        for at, title in enumerate("abcabcabca" + "z" * (member == "m"))
    )
    assert train(log, {}, MODEL, SMALL).network.schema.vocabulary.titles == ("a", "b", "c")


def test_refuses_a_loss_that_is_no_number() -> None:
    """Training that diverges ends with the step and a remedy, never with a model."""
    config = TrainingConfig(steps=50, learning_rate=1e30)
    with pytest.raises(TrainingError, match=r"loss became (nan|inf) at step \d+.*learning_rate"):
        train(round_and_round(), {}, MODEL, config)


@pytest.mark.parametrize("length", [0, 1])
def test_refuses_histories_without_an_order(length: int) -> None:
    """Nobody, or members of one title each, teach no order; the error says what is needed."""
    with pytest.raises(TrainingError, match=r"No member has watched two titles"):
        train(round_and_round(length=length), {}, MODEL, SMALL)


class _KilledError(Exception):
    """Ends a training as a kill would."""


@pytest.mark.parametrize("killed_at", [5, 8, 11])
def test_goes_on_after_a_kill_with_the_same_result(tmp_path: Path, killed_at: int) -> None:
    """Ended at any step and begun again, training ends with the weights it would have had.

    Also where ids are held to where they began, and it ended amid the steps that are averaged.
    """
    config = replace(SMALL, averaged=0.5, spectral=0.3, anchor=2.0)

    def kill(progress: Progress) -> None:
        if progress.step == killed_at:
            raise _KilledError

    expected = train(round_and_round(), {}, MODEL, config)
    run = tmp_path / "run"
    with pytest.raises(_KilledError):
        train(round_and_round(), {}, MODEL, config, run=run, on_step=kill)
    steps: list[Progress] = []
    resumed = train(round_and_round(), {}, MODEL, config, run=run, on_step=steps.append)
    assert steps[0].step == killed_at // 4 * 4 + 1
    assert torch.equal(weights(resumed), weights(expected))
    assert resumed.looks == expected.looks


def test_goes_on_only_with_the_training_that_was_begun(tmp_path: Path) -> None:
    """Other settings, and a file that is torn, are refused; nothing is trained."""
    run = tmp_path / "run"
    train(round_and_round(), {}, MODEL, SMALL, run=run)
    with pytest.raises(ModelFileError, match="other settings"):
        train(round_and_round(), {}, MODEL, replace(SMALL, learning_rate=0.1), run=run)
    run.write_bytes(run.read_bytes()[:500])
    with pytest.raises(ModelFileError, match="not where a training stands"):
        train(round_and_round(), {}, MODEL, SMALL, run=run)


@pytest.mark.parametrize("intent", ["none", "flat", "hierarchical", "oracle"])
def test_every_kind_of_model_learns(intent: str) -> None:
    """With negatives or all titles, several horizons and each way of intents, the loss falls."""
    config = TrainingConfig(steps=60, batch=128, evaluate_every=30, negatives=3)
    model = replace(MODEL, intent=intent, horizon=3)
    trained = train(EventLog.of(rich_events()), TITLES, model, config)
    assert trained.looks[-1].held_out_loss < trained.looks[0].held_out_loss


def test_a_short_view_counts_less_than_a_long_one() -> None:
    """What a trailer of seconds says is outweighed by the film, though both are as frequent."""
    log = EventLog.of(
        ViewingEvent(f"m{member}", title, step * DAY, seconds=seconds)
        for member in range(12)
        for step, (title, seconds) in enumerate(
            [("a", 5400), ("film", 5400) if member % 2 else ("trailer", 5)] * 6
        )
    )
    trained = train(log, {}, MODEL, TrainingConfig(steps=120, batch=128, evaluate_every=120))
    watched = Histories([ViewingEvent("new", "a", 0, seconds=5400)])
    ranking = Ranker(Checkpoint(trained.network, "v"), watched).rank("new", ["film", "trailer"])
    assert ranking.title_ids[0] == "film"
    assert ranking.titles[0].score > 0.6
