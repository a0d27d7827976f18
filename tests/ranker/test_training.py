"""Training, on histories small enough to train on in each test."""

import math
from collections import Counter

import pytest
import torch

from ranker import (
    ConfigError,
    Histories,
    Progress,
    Ranker,
    TrainedModel,
    TrainingConfig,
    TrainingError,
    ViewingEvent,
    train,
)
from ranker.checkpoint import Checkpoint

SMALL = TrainingConfig(steps=12, batch=8, evaluate_every=4, context=8, width=16, blocks=1)


def round_and_round(members: int = 8, length: int = 12) -> Histories:
    """Members who watch a, b, c, d, e and then a again; each begins elsewhere."""
    return Histories(
        ViewingEvent(f"member-{member}", "abcde"[(member + at) % 5], at)
        for member in range(members)
        for at in range(length)
    )


def weights(trained: TrainedModel) -> torch.Tensor:
    """All weights of a model in one row."""
    return torch.nn.utils.parameters_to_vector(trained.network.parameters())


def test_the_same_seed_gives_the_same_weights() -> None:
    """Training twice gives equal models, bit for bit, and another seed gives another one."""
    first, again = train(round_and_round(), SMALL), train(round_and_round(), SMALL)
    other = train(
        round_and_round(), TrainingConfig(seed=1, steps=12, context=8, width=16, blocks=1)
    )
    assert torch.equal(weights(first), weights(again))
    assert first.looks == again.looks
    assert not torch.equal(weights(first), weights(other))


def test_leaves_the_random_numbers_of_the_caller_alone() -> None:
    """Who trains in the middle of a program draws the same numbers afterwards."""
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    train(round_and_round(), SMALL)
    assert torch.equal(torch.rand(3), expected)


def test_learns_what_comes_next() -> None:
    """The order of viewing is learnt: after b, c, d comes e, whoever watches."""
    histories = round_and_round(members=20)
    trained = train(
        histories, TrainingConfig(steps=150, batch=16, learning_rate=1e-2, context=8, width=16)
    )
    watched = Histories(ViewingEvent("new", title, at) for at, title in enumerate("bcd"))
    ranker = Ranker(Checkpoint(trained.network, trained.vocabulary, "v"), watched)
    best = ranker.rank("new", list("abcde")).titles[0]
    assert best.title_id == "e"
    assert best.score > 0.8


def test_tells_its_progress_after_each_step() -> None:
    """A caller can draw a bar: steps count up to the total, held-out losses come in time."""
    told: list[Progress] = []
    trained = train(round_and_round(), SMALL, told.append)
    assert [progress.step for progress in told] == list(range(1, 13))
    assert {progress.steps for progress in told} == {12}
    assert [progress.held_out_loss is None for progress in told] == [True] * 3 + [False] * 9
    assert told[-1].held_out_loss == trained.looks[-1].held_out_loss
    assert [look.step for look in trained.looks] == [4, 8, 12]


def test_stops_when_the_held_out_titles_are_predicted_no_better() -> None:
    """On titles at random, steps end early; what is kept is the best look, not the last."""
    noise = Histories(
        ViewingEvent(f"member-{member}", f"title-{(member * at * 7 + at) % 11}", at)
        for member in range(6)
        for at in range(10)
    )
    config = TrainingConfig(steps=400, batch=8, learning_rate=1e-2, evaluate_every=5, patience=3)
    stopped = train(noise, config)
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
    events = [ViewingEvent("m", title, at) for at, title in enumerate("abz")]
    assert train(Histories(events), SMALL).vocabulary.titles == ("a", "b")


def test_refuses_a_loss_that_is_no_number() -> None:
    """Training that diverges ends with the step and a remedy, never with a model."""
    config = TrainingConfig(steps=50, learning_rate=1e30, context=8, width=16)
    with pytest.raises(TrainingError, match=r"loss became (nan|inf) at step \d+.*learning_rate"):
        train(round_and_round(), config)


@pytest.mark.parametrize("length", [0, 1])
def test_refuses_histories_without_an_order(length: int) -> None:
    """Nobody, or members of one title each, teach no order; the error says what is needed."""
    with pytest.raises(TrainingError, match=r"No member has watched two titles"):
        train(round_and_round(length=length), SMALL)


@pytest.mark.parametrize(
    ("name", "value"),
    [("steps", 0), ("batch", -1), ("learning_rate", math.nan), ("learning_rate", math.inf)],
)
def test_refuses_what_no_training_can_have(name: str, value: float) -> None:
    """Each wrong setting is named before any work is done."""
    with pytest.raises(ConfigError, match=f"`{name}` is {value}"):
        TrainingConfig(**{name: value})  # type: ignore[arg-type]
