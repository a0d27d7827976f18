"""Training and scoring elsewhere than on the processor, and in half as many bits."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ranker import ConfigError, EventLog, ModelConfig, Progress, TrainedModel, TrainingConfig, train
from ranker.data.tokens import merge
from ranker.network.checkpoint import Checkpoint
from ranker.network.devices import CPU, device_named
from ranker.serving.rank_batch import Scorer
from ranker.training.warm_start import warmed
from tests.ranker.second_device import ELSEWHERE, SecondDevice
from tests.ranker.worlds import TITLES, rich_events

LOG = EventLog.of(rich_events())
MODEL = ModelConfig(context=8, width=16, blocks=2, dropout=0.0, id_dropout=0.0)
CONFIG = TrainingConfig(steps=6, batch=64, evaluate_every=3, averaged=0.5, spectral=0.3, anchor=1)


@pytest.fixture
def second() -> Iterator[SecondDevice]:
    """A device that is not the processor."""
    with SecondDevice() as device:
        yield device


def losses(trained: TrainedModel) -> list[float]:
    """Those of training and of the held-out titles, look by look."""
    return [loss for look in trained.looks for loss in (look.loss, look.held_out_loss)]


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
def test_learns_the_same_elsewhere(attention: str, intent: str, negatives: int) -> None:
    """Nothing that a step or a look needs is left on the processor, and the model ends there."""
    model = replace(MODEL, attention=attention, intent=intent)
    config = replace(CONFIG, negatives=negatives)
    here = train(LOG, TITLES, model, config)
    with SecondDevice() as second:
        there = train(LOG, TITLES, model, config, device=ELSEWHERE)
        weights = there.network.state_dict()
        assert not any(map(second.is_there, weights.values()))
    assert losses(there) == pytest.approx(losses(here), rel=1e-5)


def test_the_second_device_tells_when_something_was_left() -> None:
    """The check itself: a model that was moved refuses tokens that were not."""
    with SecondDevice(), pytest.raises(AssertionError, match="mixes tensors of two devices"):
        torch.nn.Linear(2, 2).to(ELSEWHERE)(torch.ones(1, 2))
    with SecondDevice(), pytest.raises(AssertionError, match="an array of another device"):
        torch.ones(2, device=ELSEWHERE).numpy()


def test_what_was_begun_elsewhere_goes_on_here(second: SecondDevice, tmp_path: Path) -> None:
    """A run's file brings nothing of the device that wrote it, and restores on any."""

    class _KilledError(Exception):
        """Ends a training as a kill would."""

    def kill(progress: Progress) -> None:
        if progress.step == 5:
            raise _KilledError

    run = tmp_path / "run"
    with pytest.raises(_KilledError):
        train(LOG, TITLES, MODEL, CONFIG, run=run, device=ELSEWHERE, on_step=kill)
    for place in (CPU, ELSEWHERE):
        (tmp_path / "again").write_bytes(run.read_bytes())
        resumed = train(LOG, TITLES, MODEL, CONFIG, run=tmp_path / "again", device=place)
        assert losses(resumed) == pytest.approx(losses(train(LOG, TITLES, MODEL, CONFIG)))


def test_goes_on_from_a_model_elsewhere(second: SecondDevice) -> None:
    """A warm start is moved like any model, and the one it came from stays as it was."""
    base = train(LOG, TITLES, MODEL, CONFIG).network
    grown = warmed(base, merge(LOG), TITLES)
    there = train(LOG, TITLES, MODEL, CONFIG, base=grown, device=ELSEWHERE)
    assert not any(map(second.is_there, base.state_dict().values()))
    assert there.best.held_out_loss < 10


def test_scores_are_the_same_elsewhere(second: SecondDevice) -> None:
    """Each member's best titles, and what is held of them, do not depend on where they are made."""
    checkpoint = Checkpoint(train(LOG, TITLES, MODEL, CONFIG).network, "v")
    here, there = (Scorer(checkpoint, TITLES, device) for device in (CPU, ELSEWHERE))
    assert list(there.top(LOG, 3)) == list(here.top(LOG, 3))
    one, other = there.portraits(LOG), here.portraits(LOG)
    assert one.members == other.members
    assert torch.equal(one.state_MD, other.state_MD)
    assert not second.is_there(one.intent_MD)
    assert not any(map(second.is_there, checkpoint.network.state_dict().values()))


def test_half_as_many_bits_learn_about_the_same() -> None:
    """Blocks in bfloat16 are not the same sums, and the loss is within a hundredth."""
    model = replace(MODEL, intent="hierarchical")
    whole = train(LOG, TITLES, model, CONFIG)
    half = train(LOG, TITLES, model, replace(CONFIG, precision="bfloat16"))
    assert losses(half) != losses(whole)
    assert losses(half) == pytest.approx(losses(whole), rel=0.01)


@pytest.mark.parametrize("name", ["nowhere", "cuda:977", "meta", "meta:-5"])
def test_a_device_that_is_not_there_is_refused(name: str) -> None:
    """The message names it, and what can be taken instead."""
    with pytest.raises(ConfigError, match=rf"device '{name}' cannot be used.*`auto`"):
        device_named(name)


def test_auto_is_a_device_that_works() -> None:
    """A GPU where there is one, else the processor."""
    device = device_named("auto")
    assert device.type == ("cuda" if torch.cuda.is_available() else "cpu")
    assert float(torch.ones(2, device=device).sum()) == 2.0
