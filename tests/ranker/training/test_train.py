"""Training, on small histories."""

import math
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ranker import (
    Checkpoint,
    Histories,
    ModelConfig,
    ModelFileError,
    Progress,
    Ranker,
    TrainedModel,
    TrainingConfig,
    TrainingError,
    ViewingEvent,
    ViewingLog,
    train,
)
from tests.ranker.interruption import KilledError, kill_at
from tests.ranker.small_histories import TITLES, rich_events

MODEL = ModelConfig(context=8, width=16, blocks=1)
SMALL = TrainingConfig(steps=12, batch_positions=64, evaluate_every=4)
DAY = 86_400


def round_and_round(members: int = 8, length: int = 12) -> ViewingLog:
    """Members who watch a to e in turn, each from another title on."""
    return ViewingLog.from_events(
        ViewingEvent(f"member-{member}", "abcde"[(member + at) % 5], at * DAY)
        for member in range(members)
        for at in range(length)
    )


def weights(trained: TrainedModel) -> torch.Tensor:
    """All weights of a model in one row."""
    return torch.nn.utils.parameters_to_vector(trained.network.parameters())


def test_the_same_seed_gives_the_same_weights() -> None:
    """Training twice gives equal models, bit for bit; another seed gives another model."""
    first, again = (train(round_and_round(), {}, MODEL, SMALL) for _ in range(2))
    other = train(round_and_round(), {}, MODEL, replace(SMALL, seed=1))
    assert torch.equal(weights(first), weights(again))
    assert first.eval_steps == again.eval_steps
    assert not torch.equal(weights(first), weights(other))


def test_does_not_change_the_random_state_of_the_caller() -> None:
    """A program draws the same numbers after a training as without it."""
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    train(round_and_round(), {}, MODEL, SMALL)
    assert torch.equal(torch.rand(3), expected)


def test_learns_what_comes_next() -> None:
    """The order of viewing is learnt: after b, c, d comes e."""
    config = TrainingConfig(steps=150, batch_positions=128, learning_rate=1e-2)
    trained = train(round_and_round(members=20), {}, MODEL, config)
    watched = Histories(ViewingEvent("new", title, at * DAY) for at, title in enumerate("bcd"))
    ranker = Ranker(Checkpoint(trained.network, "v"), watched)
    best = ranker.rank("new", list("abcde")).titles[0]
    assert best.title_id == "e"
    assert best.score > 0.8


def test_reports_progress_after_each_step() -> None:
    """Steps count up to the total, with a validation loss once there is one."""
    steps: list[Progress] = []
    trained = train(round_and_round(), {}, MODEL, SMALL, on_step=steps.append)
    assert [progress.step for progress in steps] == list(range(1, 13))
    assert {progress.steps for progress in steps} == {12}
    assert [progress.validation_loss is None for progress in steps] == [True] * 3 + [False] * 9
    assert steps[-1].validation_loss == trained.eval_steps[-1].validation_loss
    assert [eval_step.step for eval_step in trained.eval_steps] == [4, 8, 12]


def test_stops_when_the_validation_loss_stops_improving() -> None:
    """On random titles training ends early, with the best weights and not the last."""
    noise = ViewingLog.from_events(
        ViewingEvent(f"member-{member}", f"title-{(member * at * 7 + at) % 11}", at * DAY)
        for member in range(6)
        for at in range(20)
    )
    config = TrainingConfig(
        steps=400, batch_positions=64, learning_rate=1e-2, evaluate_every=5, patience=3
    )
    stopped = train(noise, {}, MODEL, config)
    assert stopped.eval_steps[-1].step < 400
    assert stopped.eval_steps[-1].step == stopped.best.step + 3 * 5
    assert stopped.best.validation_loss == min(
        eval_step.validation_loss for eval_step in stopped.eval_steps
    )


def test_the_demo_learns_more_than_popularity(
    trained: TrainedModel, events: list[ViewingEvent]
) -> None:
    """Validation titles are predicted better than by constant shares."""
    counts = Counter(event.title_id for event in events)
    shares = [count / counts.total() for count in counts.values()]
    entropy = -sum(share * math.log(share) for share in shares)
    assert trained.best.validation_loss < entropy - 0.05
    assert not trained.network.training


def test_a_title_only_in_the_validation_split_is_unknown() -> None:
    """No title has a token that was never trained."""
    log = ViewingLog.from_events(
        ViewingEvent(member, title, at * DAY)
        for member in "mn"
        for at, title in enumerate("abcabcabca" + "z" * (member == "m"))
    )
    assert train(log, {}, MODEL, SMALL).network.schema.vocabulary.titles == ("a", "b", "c")


def test_refuses_a_loss_that_is_not_finite() -> None:
    """Training that diverges ends with an error that names the step and a remedy."""
    config = TrainingConfig(steps=50, learning_rate=1e30)
    with pytest.raises(TrainingError, match=r"loss became (nan|inf) at step \d+.*learning_rate"):
        train(round_and_round(), {}, MODEL, config)


@pytest.mark.parametrize("length", [0, 1])
def test_refuses_histories_without_an_order(length: int) -> None:
    """No members, or members of one title each, have no order to learn."""
    with pytest.raises(TrainingError, match=r"There are no viewings|have the same time"):
        train(round_and_round(length=length), {}, MODEL, SMALL)


@pytest.mark.parametrize("killed_at", [5, 8, 11])
def test_resumes_after_a_kill_with_the_same_result(tmp_path: Path, killed_at: int) -> None:
    """Killed at any step and resumed, training ends with the weights it would have had.

    Also with anchored ids, and when killed amid the steps that are averaged.
    """
    config = replace(SMALL, averaged_share=0.5, ppmi_init=0.3, anchor=2.0)

    expected = train(round_and_round(), {}, MODEL, config)
    state = tmp_path / "training"
    with pytest.raises(KilledError):
        train(round_and_round(), {}, MODEL, config, resume_file=state, on_step=kill_at(killed_at))
    steps: list[Progress] = []
    resumed = train(round_and_round(), {}, MODEL, config, resume_file=state, on_step=steps.append)
    assert steps[0].step == killed_at // 4 * 4 + 1
    assert torch.equal(weights(resumed), weights(expected))
    assert resumed.eval_steps == expected.eval_steps


def test_resumes_only_the_same_training(tmp_path: Path) -> None:
    """Other settings and corrupt files are refused."""
    state = tmp_path / "training"
    train(round_and_round(), {}, MODEL, SMALL, resume_file=state)
    with pytest.raises(ModelFileError, match="other settings"):
        train(round_and_round(), {}, MODEL, replace(SMALL, learning_rate=0.1), resume_file=state)
    log = round_and_round()
    later = replace(log, time_E=log.time_E + 1)
    with pytest.raises(ModelFileError, match="of a training on other data: its digest is"):
        train(later, {}, MODEL, SMALL, resume_file=state)
    state.write_bytes(state.read_bytes()[:500])
    with pytest.raises(ModelFileError, match="not a resume file"):
        train(round_and_round(), {}, MODEL, SMALL, resume_file=state)


@pytest.mark.parametrize("intent", ["none", "flat", "hierarchical", "oracle"])
def test_every_kind_of_model_learns(intent: str) -> None:
    """With sampled negatives, several horizons and each kind of intents, the loss falls."""
    config = TrainingConfig(steps=60, batch_positions=128, evaluate_every=30, negatives=3)
    model = replace(MODEL, intent=intent, horizon=3)
    trained = train(ViewingLog.from_events(rich_events()), TITLES, model, config)
    assert trained.eval_steps[-1].validation_loss < trained.eval_steps[0].validation_loss


def test_a_short_view_counts_less_than_a_long_one() -> None:
    """A film outweighs a trailer of seconds that is watched as often."""
    log = ViewingLog.from_events(
        ViewingEvent(f"m{member}", title, step * DAY, seconds=seconds)
        for member in range(12)
        for step, (title, seconds) in enumerate(
            [("a", 5400), ("film", 5400) if member % 2 else ("trailer", 5)] * 6
        )
    )
    trained = train(
        log, {}, MODEL, TrainingConfig(steps=120, batch_positions=128, evaluate_every=120)
    )
    watched = Histories([ViewingEvent("new", "a", 0, seconds=5400)])
    ranking = Ranker(Checkpoint(trained.network, "v"), watched).rank("new", ["film", "trailer"])
    assert ranking.title_ids[0] == "film"
    assert ranking.titles[0].score > 0.6
