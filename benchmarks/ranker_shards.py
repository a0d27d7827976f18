"""Training on more events than fit in memory: the time and memory of preparing them, and of steps.

    python -m benchmarks.ranker_shards [--events 100000000] [--steps 200] [--folder FOLDER]

Events are written as Parquet by day to a temporary folder, and removed at the end: 100,000,000 take
about 1.5 GB, and their shards twice as much. Then pyarrow reads and sorts the same columns, the
ranker prepares them, and one process and two train on them. Whatever else the machine does falls on
all; processor time is the steadier measure. Exits with 1 if a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.tables import Row, print_table

_WORK: Final = "benchmarks.ranker_shards_work"
_MOST_TIMES: Final = 5.0
_MOST_MEGABYTES: Final = 2048
_LEAST_SPEED_UP: Final = 1.8

Figures = dict[str, Any]


def main() -> int:
    """Measure, print the tables, and say whether all targets were met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000_000)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--folder", type=Path, help="where the temporary folder is made")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="sizzle-shards-", dir=options.folder) as name:
        written = _run("write", name, options.events)[0]
        sorted_ = _run("sort", name)[0]
        prepared = _run("prepare", name)[0]
        alone = _run("train", name, options.steps)
        both = _run("train", name, options.steps, processes=2)
    _print_times(options.events, written, sorted_, prepared, alone[0])
    speed_up = _print_steps(alone[0], both)
    memory = max(part["megabytes"] for part in (prepared, *alone, *both))
    met = (
        prepared["processor_seconds"] + alone[0]["processor_seconds"]
        <= _MOST_TIMES * sorted_["processor_seconds"]
        and memory <= _MOST_MEGABYTES
        and speed_up >= _LEAST_SPEED_UP
    )
    return 0 if met else 1


def _print_times(
    events: int, written: Figures, sorted_: Figures, prepared: Figures, trained: Figures
) -> None:
    sys.stdout.write(
        f"{events:,} events of {prepared['members']:,} members in {written['bytes'] / 1e9:.2f} GB "
        f"of Parquet; {prepared['tokens']:,} tokens in {prepared['shards']} shards.\n\n"
    )
    parts = {
        "pyarrow reads and sorts": sorted_,
        "prepare: read, deal, merge, write": prepared,
        "train: look at all shards, steps, validate": trained,
    }
    total = {name: prepared[name] + trained[name] for name in ("seconds", "processor_seconds")} | {
        "megabytes": max(prepared["megabytes"], trained["megabytes"])
    }
    rows = [Row(label, _times(part, sorted_)) for label, part in (parts | {"both": total}).items()]
    print_table(("", "elapsed", "processor", "processor, times pyarrow's", "peak memory"), rows)
    sys.stdout.write(
        f"\nTargets: both at most {_MOST_TIMES:g} times, and {_MOST_MEGABYTES:,} MB a process.\n\n"
    )


def _times(part: Figures, beside: Figures) -> list[str]:
    return [
        f"{part['seconds']:.0f} s",
        f"{part['processor_seconds']:.0f} s",
        f"{part['processor_seconds'] / beside['processor_seconds']:.2f}",
        f"{part['megabytes']:,.0f} MB",
    ]


def _print_steps(alone: Figures, both: list[Figures]) -> float:
    """The steps of one and of two processes; gives how many times as many a core's time allows."""
    rows = [
        Row(
            label,
            [
                f"{1000 * part['step_seconds']:.1f} ms",
                f"{1000 * part['step_processor_seconds']:.1f} ms",
                f"{part['megabytes']:,.0f} MB",
                f"{part['loss']:.4f}",
            ],
        )
        for label, part in [("alone", alone), *((f"of two, {one['rank']}", one) for one in both)]
    ]
    print_table(("process", "step", "its processor time", "peak memory", "loss"), rows)
    busy = sum(part["step_processor_seconds"] for part in both) / len(both)
    elapsed = max(part["step_seconds"] for part in both)
    speed_up: float = len(both) * alone["step_processor_seconds"] / busy
    sys.stdout.write(
        f"\nTwo processes take twice as many windows in a step. By processor time, so with a core "
        f"each, they are {speed_up:.2f} times as fast as one (target: {_LEAST_SPEED_UP:g}); by "
        f"elapsed time, on this machine, {len(both) * alone['step_seconds'] / elapsed:.2f} times.\n"
    )
    return speed_up


def _run(what: str, folder: str, *numbers: int, processes: int = 1) -> list[Figures]:
    """The figures of each process that does one part."""
    group = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}", "-m"]
    command = [sys.executable, *(group if processes > 1 else ["-m"]), _WORK, what, folder]
    done = subprocess.run(
        [*command, *map(str, numbers)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    return sorted(map(json.loads, lines), key=lambda part: part["rank"])


if __name__ == "__main__":
    sys.exit(main())
