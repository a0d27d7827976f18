"""Training and scoring on another device than the CPU, and in bfloat16."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ranker import (
    BatchScorer,
    Checkpoint,
    ModelConfig,
    TrainedModel,
    TrainingConfig,
    ViewingLog,
    train,
)
from ranker.network.devices import CPU
from ranker.training.warm_start import warm_start
from tests.ranker.interruption import KilledError, kill_at
from tests.ranker.second_device import SECOND, SecondDevice
from tests.ranker.small_histories import TITLES, all_of, rich_events

LOG = ViewingLog.from_events(rich_events())


MODEL = ModelConfig(context=8, width=16, blocks=2, dropout=0.0, id_dropout=0.0)


CONFIG = TrainingConfig(
    steps=6, batch_positions=64, evaluate_every=3, averaged_share=0.5, ppmi_init=0.3, anchor=1
)


@pytest.fixture
def second() -> Iterator[SecondDevice]:
    """A device that is not the CPU."""
    with SecondDevice() as device:
        yield device


def losses(trained: TrainedModel) -> list[float]:
    """Training and validation losses of all evaluations."""
    return [
        loss
        for eval_step in trained.eval_steps
        for loss in (eval_step.loss, eval_step.validation_loss)
    ]


@pytest.mark.parametrize(
    ("attention", "intent", "negatives"),
    [
        ("full", "hierarchical", 4),
        ("full", "oracle", 0),
        ("full", "none", 4),
        ("low_rank", "hierarchical", 0),
        ("low_rank", "flat", 4),
    ],
)
def test_training_is_the_same_on_another_device(
    attention: str, intent: str, negatives: int
) -> None:
    """A step and an evaluation need nothing on the CPU, and the model ends there."""
    model = replace(MODEL, attention=attention, intent=intent)
    config = replace(CONFIG, negatives=negatives)
    here = train(LOG, TITLES, model, config)
    with SecondDevice() as second:
        there = train(LOG, TITLES, model, config, device=SECOND)
        weights = there.network.state_dict()
        assert not any(map(second.is_there, weights.values()))
    assert losses(there) == pytest.approx(losses(here), rel=1e-5)


def test_the_second_device_refuses_mixed_tensors() -> None:
    """A model that was moved refuses tensors that were not."""
    with SecondDevice(), pytest.raises(AssertionError, match="mixes tensors of two devices"):
        torch.nn.Linear(2, 2).to(SECOND)(torch.ones(1, 2))
    with SecondDevice(), pytest.raises(AssertionError, match="an array of another device"):
        torch.ones(2, device=SECOND).numpy()


def test_a_training_resumes_on_another_device(second: SecondDevice, tmp_path: Path) -> None:
    """A resume file does not depend on the device that wrote it."""
    state = tmp_path / "training"
    with pytest.raises(KilledError):
        train(LOG, TITLES, MODEL, CONFIG, resume_file=state, device=SECOND, on_step=kill_at(5))
    for place in (CPU, SECOND):
        (tmp_path / "again").write_bytes(state.read_bytes())
        resumed = train(LOG, TITLES, MODEL, CONFIG, resume_file=tmp_path / "again", device=place)
        assert losses(resumed) == pytest.approx(losses(train(LOG, TITLES, MODEL, CONFIG)))


def test_a_warm_start_trains_on_another_device(second: SecondDevice) -> None:
    """A warm start is moved like any model; the earlier model does not change."""
    base = train(LOG, TITLES, MODEL, CONFIG).network
    grown = warm_start(base, all_of(LOG), TITLES)
    there = train(LOG, TITLES, MODEL, CONFIG, base=grown, device=SECOND)
    assert not any(map(second.is_there, base.state_dict().values()))
    assert there.best.validation_loss < 10


def test_scores_are_the_same_on_another_device(second: SecondDevice) -> None:
    """Members' best titles and vectors do not depend on the device."""
    checkpoint = Checkpoint(train(LOG, TITLES, MODEL, CONFIG).network, "v")
    here, there = (BatchScorer(checkpoint, TITLES, device) for device in (CPU, SECOND))
    assert list(there.top(LOG, 3)) == list(here.top(LOG, 3))
    one, other = there.member_vectors(LOG), here.member_vectors(LOG)
    assert one.members == other.members
    assert torch.equal(one.state_MD, other.state_MD)
    assert not second.is_there(one.intent_MD)
    assert not any(map(second.is_there, checkpoint.network.state_dict().values()))


def test_bfloat16_learns_about_the_same() -> None:
    """The losses differ, by at most a hundredth."""
    model = replace(MODEL, intent="hierarchical")
    whole = train(LOG, TITLES, model, CONFIG)
    half = train(LOG, TITLES, model, replace(CONFIG, precision="bfloat16"))
    assert losses(half) != losses(whole)
    assert losses(half) == pytest.approx(losses(whole), rel=0.01)
