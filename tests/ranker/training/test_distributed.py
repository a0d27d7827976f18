"""Training in two processes."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from fixtures.histories import demo_histories
from ranker import ViewingEvent, ViewingLog, write_histories
from tests.ranker.shard_folders import shard_folder

TRAIN = """
import sys
from pathlib import Path
from ranker import ViewingLog, ModelConfig, TrainingConfig, read_events, save_model, train
from ranker.training.distributed import process_group
import torch

torch.set_num_threads(1)
steps = int(sys.argv[2])
config = TrainingConfig(
    steps=steps, batch_positions=512, evaluate_every=steps, ppmi_init=0.1, anchor=1.0
)
with process_group() as writes:
    trained = train(ViewingLog.from_events(read_events(Path(sys.argv[1]))), config=config)
    total = sum(float(weight.sum()) for weight in trained.network.parameters())
    sys.stdout.write(f"loss {trained.best.validation_loss:.6f} {total:.6f} {writes}\\n")
"""


# Each window is a batch of its own and a member's whole history, whose first time is the member's.
WINDOWS = """
import json
import sys
from itertools import islice
from pathlib import Path
from ranker import TrainingConfig
from ranker.data.encoding import item_features
from ranker.data.schema import Schema
from ranker.data.shard_files import ShardFiles
from ranker.data.splits import TimeSplit
from ranker.training.distributed import process_group
from ranker.training.step_batches import StepBatches
from ranker.training.training_data import TrainingData

with process_group():
    data = TrainingData(ShardFiles(Path(sys.argv[1])), TimeSplit(valid=0.0, test=0.0))
    schema = Schema.from_summary(data.summary, {})
    batches = StepBatches(
        data, item_features(schema), schema, 32, TrainingConfig(batch_positions=1)
    )
    for batch in islice(batches.after(-1), int(sys.argv[2])):
        sys.stdout.write(f"window {int(batch.encoded.start_time_N[0])}\\n")
"""


def output_of(folder: Path, script: str, *arguments: object, world_size: int) -> str:
    """What some processes that run a script print."""
    path = folder / "script.py"
    path.write_text(script)
    group = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={world_size}"]
    done = subprocess.run(
        [sys.executable, *(group if world_size > 1 else []), str(path), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def run(folder: Path, *, world_size: int, steps: int) -> list[tuple[float, float, str]]:
    """The validation loss, the sum of weights, and whether it writes files, of each process."""
    out = output_of(folder, TRAIN, folder / "log", steps, world_size=world_size)
    found = re.findall(r"loss (\S+) (\S+) (True|False)", out)
    return [(float(loss), float(total), writes) for loss, total, writes in found]


@pytest.mark.full
def test_two_processes_train_as_one_does(tmp_path: Path) -> None:
    """In as many events, two processes reach the loss of one within noise, with equal weights.

    Only one of them writes files.
    """
    write_histories(tmp_path / "log", demo_histories())
    [alone] = run(tmp_path, world_size=1, steps=120)
    first, second = run(tmp_path, world_size=2, steps=60)
    assert first[0] == second[0] == pytest.approx(alone[0], abs=0.05)
    assert first[1] == second[1]
    assert {first[2], second[2]} == {"True", "False"}


@pytest.mark.full
@pytest.mark.parametrize("shards", [1, 3, 4])
def test_two_processes_see_each_window_once(tmp_path: Path, shards: int) -> None:
    """In each epoch, of one shard, of shards that can be divided evenly, and of others."""
    log = ViewingLog.from_events(
        ViewingEvent(f"m{member:02}", "abc"[step], 1000 * member + step)
        for member in range(24)
        for step in range(3)
    )
    shard_folder(tmp_path / "shards", log, shards)
    seen = [
        Counter(re.findall(r"window (\d+)", out))
        for windows in (12, 24)
        for out in [output_of(tmp_path, WINDOWS, tmp_path / "shards", windows, world_size=2)]
    ]
    every = {str(1000 * member) for member in range(24)}
    assert seen[0] == Counter(dict.fromkeys(every, 1))
    assert seen[1] == Counter(dict.fromkeys(every, 2))
