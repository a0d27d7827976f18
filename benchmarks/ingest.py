"""Ingest of large timelines beside a bare `iterparse` of the same file.

    python -m benchmarks.ingest

The files are Premiere-like: filters, logging and label elements on every clip, no `<rate>` on the
track. Ingest is the whole of it: read in a child process, checked against the layout, indexed.
Exits with 1 where a bar is missed.
"""

from __future__ import annotations

import gc
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from xml.etree.ElementTree import iterparse

from benchmarks.premiere_like import write_timeline
from benchmarks.tables import Row, print_table
from sizzle.clips import Clip, ClipIndex, MegaAsset, Title
from sizzle.ingest import read_timeline
from sizzle.layout import DEFAULT, check

_ROUNDS = 5
_MOST_TIMES = 3.0  # of a bare iterparse
_MOST_MEMORY = 400  # MB
_MOST_GROWTH = 1.15  # of the ratio, from 10,000 clips to 30,000: iterparse itself is linear


@dataclass(frozen=True, slots=True)
class IngestRun:
    """Seconds, and the most memory that this process and its children held, in MB."""

    seconds: float
    memory: int


def main() -> None:
    """Measure three sizes, print, and exit."""
    rows, ratios = [], []
    missed = False
    with TemporaryDirectory() as folder:
        for clips in (2_996, 9_996, 30_002):
            path = Path(folder) / f"{clips}.xml"
            write_timeline(path, clips)
            bare, ours = _measure(_parse, path), _measure(_ingest, path)
            times = ours.seconds / bare.seconds
            ratios.append(times)
            if clips == 9_996:
                missed = times > _MOST_TIMES or ours.memory > _MOST_MEMORY
            size = f"{path.stat().st_size / 1e6:.1f} MB"
            cells = [size, f"{bare.seconds:.2f} s", f"{ours.seconds:.2f} s", f"{times:.2f}"]
            rows.append(Row(str(clips), [*cells, f"{ours.memory} MB"]))
    print_table(("clips", "file", "iterparse", "ingest", "ratio", "memory"), rows)
    growth = ratios[-1] / ratios[-2]
    sys.stdout.write(f"\nratio at 30,002 clips beside that at 9,996: {growth:.2f} times\n")
    sys.exit(1 if missed or growth > _MOST_GROWTH else 0)


def _measure(work: Callable[[Path], None], path: Path) -> IngestRun:
    """The median of several rounds, each in a fresh process, so that none warms up another."""
    rounds = []
    for _ in range(_ROUNDS):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            rounds.append(pool.submit(_once, work, path).result())
    return IngestRun(median(run.seconds for run in rounds), max(run.memory for run in rounds))


def _once(work: Callable[[Path], None], path: Path) -> IngestRun:
    gc.collect()
    began = time.perf_counter()
    work(path)
    seconds = time.perf_counter() - began
    used = (resource.getrusage(who).ru_maxrss for who in _PROCESSES)
    return IngestRun(seconds, max(used) // 1024)


_PROCESSES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _parse(path: Path) -> None:
    for _ in iterparse(path):  # noqa: S314 - we wrote the file
        pass


def _ingest(path: Path) -> None:
    reading = read_timeline(path)
    checked = check(reading.timeline, DEFAULT)
    assert not checked.findings
    assert not reading.findings
    ids = dict.fromkeys(clip.key.title_id for clip in checked.clips)
    clips = [Clip(clip.key.title_id, clip.key.number, clip.item.record) for clip in checked.clips]
    timeline = reading.timeline
    asset = MegaAsset("bench", timeline.rate, timeline.start, timeline.duration, "mega.mp4")
    ClipIndex(asset, [Title(each, each) for each in ids], clips)


if __name__ == "__main__":
    main()
