"""Render a reel of 60 cuts, 5,600 frames of 720p with the bed, compared with other ways to do it.

    python -m benchmarks.render [--cuts N] [--rounds N] [--copying]

Every frame of the media carries its number, so each contender's wrong frames are counted: missing,
extra, or at the wrong place. Exits with 1 if a target is missed. MoviePy is not measured.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import av
import numpy as np

from benchmarks.reel_media import reel_of, write_media
from benchmarks.render_contenders import COPYING, ENCODING, Contender, ours
from benchmarks.tables import Row, print_table
from player_stub import ReelMedia, barcode
from player_stub.verify.alignment import SourceFrame
from player_stub.verify.faults import find_faults
from sizzle.reel.timecode_list import TimecodeList

_MAX_TIMES = 1.3  # the time of a bare packet copy
_MIN_SPEEDUP = 60  # over the fastest contender that encodes
_MAX_MEMORY = 100  # MB
_MAX_GROWTH = 1.3  # of memory, from 60 cuts to 600


@dataclass(frozen=True, slots=True)
class RenderRun:
    """Seconds, and the peak memory of the process and its children, in MB."""

    seconds: float
    memory: int
    wrong: int = 0


def main() -> None:
    """Measure, print, and exit."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cuts", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--copying", action="store_true", help="leave out the contenders that encode"
    )
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        film = Path(folder) / "film.mp4"
        media = ReelMedia(*write_media(Path(folder)))
        reel = reel_of(options.cuts)
        copying = _measure_all(COPYING, reel, media, film, options.rounds)
        encoding = {} if options.copying else _measure_all(ENCODING, reel, media, film, 1)
        large = _once(ours, reel_of(10 * options.cuts), media, film)
    columns = ("contender", "time", "of a bare copy", "memory", "wrong frames")
    bare = copying["bare PyAV packet copy"].seconds
    rows = [_row(name, run, bare) for name, run in {**copying, **encoding}.items()]
    print_table(columns, rows)
    sys.exit(_judge(copying, encoding, large, bare, options.cuts))


def _row(name: str, measured: RenderRun, bare: float) -> Row:
    times = f"{measured.seconds / bare:.2f}"
    cells = [f"{measured.seconds:.2f} s", times, f"{measured.memory} MB", measured.wrong]
    return Row(name, cells)


def _judge(
    copying: dict[str, RenderRun],
    encoding: dict[str, RenderRun],
    large: RenderRun,
    bare: float,
    cuts: int,
) -> int:
    our, peers = copying["ours"], [run for name, run in encoding.items() if "ours" not in name]
    growth = large.memory / our.memory
    targets = [
        (f"at most {_MAX_TIMES} times a bare copy", our.seconds <= _MAX_TIMES * bare),
        (f"at most {_MAX_MEMORY} MB", our.memory <= _MAX_MEMORY),
        ("no wrong frame", our.wrong == 0),
        (f"memory at {10 * cuts} cuts {growth:.2f} times that at {cuts}", growth <= _MAX_GROWTH),
    ]
    if peers:
        times = min(peer.seconds for peer in peers) / our.seconds
        targets.append(
            (f"{times:.0f} times as fast as the fastest that encodes", times >= _MIN_SPEEDUP)
        )
    for words, met in targets:
        sys.stdout.write(f"\n- {'met' if met else 'MISSED'}: {words}")
    sys.stdout.write("\n")
    return 0 if all(met for _, met in targets) else 1


def _measure_all(
    contenders: dict[str, Contender], reel: TimecodeList, media: ReelMedia, film: Path, rounds: int
) -> dict[str, RenderRun]:
    """Contenders take turns, so that other load on the machine affects all of them alike."""
    runs: dict[str, list[RenderRun]] = {name: [] for name in contenders}
    wrong: dict[str, int] = {}
    for _ in range(rounds):
        for name, contender in contenders.items():
            runs[name].append(_once(contender, reel, media, film))
            if name not in wrong:
                wrong[name] = _wrong_frames(reel, film)
    return {
        name: RenderRun(
            median(run.seconds for run in of_contender),
            max(run.memory for run in of_contender),
            wrong[name],
        )
        for name, of_contender in runs.items()
    }


def _once(contender: Contender, reel: TimecodeList, media: ReelMedia, film: Path) -> RenderRun:
    """In a new process, timed after all imports."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_timed, contender, reel, media, film).result()


def _timed(contender: Contender, reel: TimecodeList, media: ReelMedia, film: Path) -> RenderRun:
    began = time.perf_counter()
    contender(reel, media, film)
    seconds = time.perf_counter() - began
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return RenderRun(seconds, max(_own_memory(), children) // 1024)


def _own_memory() -> int:
    """Peak memory of this process in KiB; `getrusage` would include its parent's."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _wrong_frames(reel: TimecodeList, film: Path) -> int:
    return sum(fault.frames for fault in find_faults(reel, list(_numbers(film))))


def _numbers(film: Path) -> list[SourceFrame]:
    with av.open(str(film)) as container:
        container.streams.video[0].thread_type = "AUTO"
        grey = (frame.to_ndarray(format="gray") for frame in container.decode(video=0))
        return [barcode.read(np.asarray(each, np.uint8)) for each in grey]


if __name__ == "__main__":
    main()
