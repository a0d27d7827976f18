"""Training from shards of tokens in files."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ranker import (
    HistoryError,
    ModelConfig,
    ModelFileError,
    Progress,
    TrainedModel,
    TrainingConfig,
    ViewingEvent,
    ViewingLog,
    train,
)
from ranker.data.splits import TimeSplit, leave_one_out
from ranker.data.tokens import merge_events
from ranker.training.training_data import TrainingData
from tests.ranker.interruption import KilledError, kill_at
from tests.ranker.shard_folders import shard_folder
from tests.ranker.small_histories import TITLES, rich_events

MODEL = ModelConfig(context=8, width=16, blocks=1)
SMALL = TrainingConfig(steps=12, batch_positions=64, evaluate_every=4, ppmi_init=0.3)
LOG = ViewingLog.from_events(rich_events())


def weights(trained: TrainedModel) -> torch.Tensor:
    """All weights of a model in one row."""
    return torch.nn.utils.parameters_to_vector(trained.network.parameters())


def test_a_shard_in_a_file_trains_as_the_log_in_memory(tmp_path: Path) -> None:
    """The same windows and the same seed give the same losses and weights, bit for bit."""
    expected = train(LOG, TITLES, MODEL, SMALL)
    trained = train(shard_folder(tmp_path, LOG, 1), TITLES, MODEL, SMALL)
    assert trained.eval_steps == expected.eval_steps
    assert torch.equal(weights(trained), weights(expected))


def test_shards_know_as_much_as_the_log_in_memory(tmp_path: Path) -> None:
    """The schema of several shards is that of one."""
    one = train(LOG, TITLES, MODEL, replace(SMALL, steps=1)).network
    several = train(shard_folder(tmp_path, LOG, 3), TITLES, MODEL, replace(SMALL, steps=1)).network
    assert several.schema.to_json() == one.schema.to_json()


def test_the_first_loss_is_that_of_the_log_in_memory(tmp_path: Path) -> None:
    """Equal weights have the same validation loss over shards, but for the order of its sum."""
    still = replace(SMALL, steps=1, learning_rate=1e-30, averaged_share=0.0)
    one = train(LOG, TITLES, MODEL, still)
    several = train(shard_folder(tmp_path, LOG, 3), TITLES, MODEL, still)
    assert torch.allclose(weights(several), weights(one), atol=1e-5)
    assert several.best.validation_loss == pytest.approx(one.best.validation_loss, abs=1e-5)


def test_a_time_split_is_by_the_times_of_all_shards(tmp_path: Path) -> None:
    """A shard whose members came late has none of its tokens in training."""
    early = [ViewingEvent(f"a{m}", "xy"[step % 2], step) for m in range(9) for step in range(20)]
    late = [ViewingEvent("b", "xy"[step % 2], 10**9 + step) for step in range(20)]
    shards = shard_folder(tmp_path, ViewingLog.from_events([*early, *late]), 10)
    data = TrainingData(shards, TimeSplit(valid=0.1, test=0.0))
    trained_on = [int((part.ends_M - part.starts_M).sum()) for part in data.splits]
    assert trained_on == [20] * 9 + [0]
    assert [len(part.valid_T) for part in data.splits] == [0] * 9 + [1]


def test_a_killed_training_from_shards_resumes_with_the_same_result(tmp_path: Path) -> None:
    """Also in a later epoch, amid its shards."""
    shards = shard_folder(tmp_path / "shards", LOG, 3)
    config = replace(SMALL, steps=40)
    expected = train(shards, TITLES, MODEL, config)
    state = tmp_path / "state"
    with pytest.raises(KilledError):
        train(shards, TITLES, MODEL, config, resume_file=state, on_step=kill_at(30))
    resumed = train(shards, TITLES, MODEL, config, resume_file=state)
    assert torch.equal(weights(resumed), weights(expected))
    other = shard_folder(tmp_path / "other", LOG, 2)
    with pytest.raises(ModelFileError, match="of a training on other data"):
        train(other, TITLES, MODEL, config, resume_file=state)


def test_a_shard_that_changes_between_two_epochs_is_noticed(tmp_path: Path) -> None:
    """Training ends with the name of the shard rather than with a model of two logs."""
    shards = shard_folder(tmp_path / "shards", LOG, 3)
    later = replace(LOG, time_E=LOG.time_E + 1)
    seen: list[int] = []

    def change(progress: Progress) -> None:
        seen.append(progress.step)
        if progress.step == 1:
            shard_folder(tmp_path / "shards", later, 3)

    with pytest.raises(HistoryError, match=r"shard-0000\d.arrow: The shard (is not as|is torn)"):
        train(shards, TITLES, MODEL, replace(SMALL, steps=40), on_step=change)
    assert len(seen) < 40


def test_leaving_one_out_is_the_same_in_shards(tmp_path: Path) -> None:
    """Each member's last two titles are held out, whatever shard the member is in."""
    whole = leave_one_out(merge_events(LOG))
    data = TrainingData(shard_folder(tmp_path, LOG, 3), leave_one_out)
    assert sum(len(part.valid_T) for part in data.splits) == len(whole.valid_T)
    kept = sum(int((part.ends_M - part.starts_M).sum()) for part in data.splits)
    assert kept == int((whole.ends_M - whole.starts_M).sum())
