"""The parts that `benchmarks.ranker_shards` measures, each in a process of its own.

    python -m benchmarks.ranker_shards_work write FOLDER EVENTS
    python -m benchmarks.ranker_shards_work sort|prepare|train FOLDER [STEPS]

Each prints its figures as a line of JSON. `torchrun` starts several that train.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from pyarrow import parquet

DAYS: Final = 30
EVENTS_A_MEMBER: Final = 50
TITLES: Final = 20_000
_DAY: Final = 86_400
_FIRST: Final = 1_700_000_000


def write(folder: Path, events: int) -> dict[str, Any]:
    """Parquet files by day: members at random, and titles by their popularity."""
    random = np.random.default_rng(0)
    source = folder / "events"
    source.mkdir()
    members = max(2, events // EVENTS_A_MEMBER)
    for day in range(DAYS):
        count = events * (day + 1) // DAYS - events * day // DAYS
        popular = np.minimum(random.pareto(1.0, count) * 50, TITLES - 1)
        columns = {
            "member_id": random.integers(0, members, count, dtype=np.int32),
            "title_id": popular.astype(np.int32),
            "at": _FIRST + day * _DAY + np.sort(random.integers(0, _DAY, count)),
            "seconds": random.integers(60, 7200, count, dtype=np.int32),
        }
        path = source / f"events-{day:02}.parquet"
        parquet.write_table(pa.table(columns), path, row_group_size=1_000_000)
    return {"bytes": sum(path.stat().st_size for path in source.iterdir())}


def sort(folder: Path) -> dict[str, Any]:
    """What the others are compared with: the same columns, read and sorted by member and time."""
    table = parquet.read_table(folder / "events")
    table = table.sort_by([("member_id", "ascending"), ("at", "ascending")])
    return {"rows": len(table)}


def prepare(folder: Path) -> dict[str, Any]:
    """The events as shards."""
    from ranker.data.prepare import prepare as prepare_events

    shards = prepare_events(folder / "events", folder / "shards")
    return {"tokens": shards.tokens, "shards": len(shards), "members": shards.members}


def train(folder: Path, steps: int) -> dict[str, Any]:
    """A model of the default size from the shards; steps are timed without the first and last."""
    import torch

    from ranker import ModelConfig, Progress, TrainingConfig
    from ranker import train as train_model
    from ranker.data.shard_files import ShardFiles
    from ranker.training.distributed import process_group

    torch.set_num_threads(1)
    config = TrainingConfig(steps=steps, negatives=1024, batch_positions=8192, evaluate_every=steps)
    times: list[tuple[float, float]] = []

    def on_step(progress: Progress) -> None:
        if progress.step < steps:  # the last one is followed by the evaluation
            times.append((time.perf_counter(), time.process_time()))

    with process_group():
        shards = ShardFiles(folder / "shards")
        trained = train_model(shards, {}, ModelConfig(), config, on_step=on_step)
    (wall, busy), (last_wall, last_busy) = times[0], times[-1]
    return {
        "loss": trained.best.validation_loss,
        "step_seconds": (last_wall - wall) / (len(times) - 1),
        "step_processor_seconds": (last_busy - busy) / (len(times) - 1),
    }


def main() -> None:
    """Do one part, and print its figures with those of the process."""
    name, folder, *numbers = sys.argv[1:]
    parts: dict[str, Callable[..., dict[str, Any]]] = {
        "write": write,
        "sort": sort,
        "prepare": prepare,
        "train": train,
    }
    began = time.perf_counter()
    found = parts[name](Path(folder), *map(int, numbers))
    about = resource.getrusage(resource.RUSAGE_SELF)
    found |= {
        "seconds": time.perf_counter() - began,
        "processor_seconds": about.ru_utime + about.ru_stime,
        "megabytes": about.ru_maxrss / 1024,
        "rank": int(os.environ.get("RANK", "0")),
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
