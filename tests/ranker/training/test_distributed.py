"""Training in two processes."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.histories import demo_histories
from ranker import write_histories

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


def run(folder: Path, *, world_size: int, steps: int) -> list[tuple[float, float, str]]:
    """The validation loss, the sum of weights, and whether it writes files, of each process."""
    script = folder / "train.py"
    script.write_text(TRAIN)
    group = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={world_size}"]
    command = [sys.executable, *(group if world_size > 1 else []), str(script)]
    done = subprocess.run(
        [*command, str(folder / "log"), str(steps)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    found = re.findall(r"loss (\S+) (\S+) (True|False)", done.stdout)
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
