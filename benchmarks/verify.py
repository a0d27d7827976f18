"""Verifying films of footage without barcodes: speed, false alarms, and planted faults.

    python -m benchmarks.verify [--reels N] [--plants N] [--cuts N]

The footage pans, creeps, stands still under grain, has a small thing that moves, is dark, or is
frozen. Clean reels are of random cuts, some copied, some cut smart, some encoded again, from next
to lossless to very rough. Exits with 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.reel_media import RATE, SIZE, reel_of, timecode_list, write_media
from benchmarks.tables import Row, print_table
from player_stub import ReelMedia, RenderSettings, Verification, render_reel, verify_film
from sizzle.reel.timecode_list import TimecodeList
from tests.player_stub.verify import filmed_media
from tests.player_stub.verify.filmed_media import Footage

_LEAST_SPEED = 5  # times real time at 720p
_ENCODINGS = (
    (14, "medium"),
    (18, "veryfast"),
    (23, "veryfast"),
    (28, "veryfast"),
    (34, "ultrafast"),
)
_MOVING = (0, 120, 240, 360)
"""Shots in which every frame differs from the next."""

_Plant = Callable[[list[int], Random], tuple[list[int], str]]


@dataclass(frozen=True, slots=True)
class _Clean:
    """A clean reel that was verified, and the checks that failed."""

    kind: str
    alarms: tuple[str, ...]


def main() -> None:
    """Measure, print, and exit."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--reels", type=int, default=1000)
    parser.add_argument("--plants", type=int, default=20, help="times that each fault is planted")
    parser.add_argument("--cuts", type=int, default=60, help="of the reel at 720p")
    options = parser.parse_args()
    missed = [_speed(options.cuts)]
    with TemporaryDirectory() as folder:
        filmed_media.make_footage(Path(folder))
        missed += [
            _false_alarms(Path(folder), options.reels),
            _faults(Path(folder), options.plants),
        ]
    sys.exit(1 if any(missed) else 0)


def _speed(cuts: int) -> bool:
    """How many times faster than it plays a film of 720p is verified."""
    slowest, rows = float("inf"), []
    with TemporaryDirectory() as folder:
        media = ReelMedia(*write_media(Path(folder)))
        reel = reel_of(cuts)
        for name, settings in (
            ("copied", RenderSettings()),
            ("encoded again", RenderSettings(reencode=True)),
        ):
            film = render_reel(reel, media, Path(folder) / "film.mp4", settings).path
            began = time.perf_counter()
            proof = verify_film(reel, film, media)
            seconds = time.perf_counter() - began
            assert proof.passed, proof.checks
            slowest = min(slowest, speed := float(RATE.seconds(reel.duration.frame)) / seconds)
            rows.append(Row(name, [f"{SIZE[1]}p", f"{seconds:.2f} s", f"{speed:.0f}"]))
    print_table(("film", "size", "verified in", "times real time"), rows)
    return slowest < _LEAST_SPEED


def _false_alarms(folder: Path, reels: int) -> bool:
    tried: Counter[str] = Counter()
    alarms: list[_Clean] = []
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for clean in pool.map(partial(_verify_clean, folder), range(reels), chunksize=4):
            tried[clean.kind] += 1
            alarms += [clean] if clean.alarms else []
    sys.stdout.write("\n")
    rows = [
        Row(kind, [count, sum(each.kind == kind for each in alarms)])
        for kind, count in sorted(tried.items())
    ]
    print_table(("clean reels", "verified", "false alarms"), rows)
    for each in alarms[:20]:
        sys.stdout.write(f"\n- {each.kind}: {'; '.join(each.alarms)[:300]}")
    return bool(alarms)


def _verify_clean(folder: Path, seed: int) -> _Clean:
    """A reel of a few random cuts, made in one of the ways."""
    dice = Random(seed)  # noqa: S311 - the same reels every time
    footage = _footage(folder)
    media = ReelMedia(footage.video, footage.bed)
    ways = ["copied", "smart", *(f"crf {crf}, {preset}" for crf, preset in _ENCODINGS)]
    kind = ways[seed % len(ways)]
    starts = [40 * dice.randrange(12) for _ in range(dice.randint(2, 4))]
    cuts = [(start, start + 40) for start in starts]
    if kind != "copied":
        cuts = [(first := dice.randrange(450), first + dice.randint(12, 30)) for _ in starts]
    reel = timecode_list(cuts)
    with TemporaryDirectory() as scratch:
        film = Path(scratch) / "film.mp4"
        if kind in ("copied", "smart"):
            render_reel(reel, media, film)
        else:
            crf, preset = _ENCODINGS[seed % len(ways) - 2]
            numbers = reel.source_frames()
            filmed_media.encode_again(footage, film, numbers, crf=crf, preset=preset)
        return _Clean(kind, _failures(verify_film(reel, film, media)))


def _failures(proof: Verification) -> tuple[str, ...]:
    failed = [check for check in proof.checks if not check.passed]
    return tuple(f"{check.name}: {check.measured} {check.detail}" for check in failed)


def _drop(numbers: list[int], dice: Random) -> tuple[list[int], str]:
    at = dice.randrange(5, 35)
    return [*numbers[:at], *numbers[at + 1 :]], "missing"


def _double(numbers: list[int], dice: Random) -> tuple[list[int], str]:
    at = dice.randrange(5, 35)
    return [*numbers[: at + 1], *numbers[at:]], "duplicated"


def _swap(numbers: list[int], dice: Random) -> tuple[list[int], str]:
    at = dice.randrange(5, 34)
    return [*numbers[:at], numbers[at + 1], numbers[at], *numbers[at + 2 :]], "swapped"


def _late(numbers: list[int], dice: Random) -> tuple[list[int], str]:
    return [*(number + 1 for number in numbers[:40]), *numbers[40:]], "late"


def _wrong_clip(numbers: list[int], dice: Random) -> tuple[list[int], str]:
    other = dice.choice([start for start in range(0, 480, 40) if start not in numbers])
    return [*range(other, other + 40), *numbers[40:]], "wrong clip"


def _short(numbers: list[int], dice: Random) -> tuple[list[int], str]:
    return numbers[:-1], "missing"


_PLANTS: dict[str, _Plant] = {
    "one frame dropped": _drop,
    "one frame duplicated": _double,
    "two frames swapped": _swap,
    "a cut late by one": _late,
    "a wrong clip of the same length": _wrong_clip,
    "one frame short": _short,
}


def _faults(folder: Path, times: int) -> bool:
    """Plant each fault in the first cut of a reel, a shot that moves, and count what is named."""
    rows, missed = [], False
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for name in _PLANTS:
            named = sum(pool.map(partial(_is_named, folder, name), range(times)))
            missed |= named < times
            rows.append(Row(name, [times, named]))
    sys.stdout.write("\n")
    print_table(("planted", "times", "found and rightly named"), rows)
    return missed


def _is_named(folder: Path, name: str, seed: int) -> bool:
    dice = Random(seed)  # noqa: S311 - the same faults every time
    footage = _footage(folder)
    first = _MOVING[seed % len(_MOVING)]
    reel = timecode_list([(first, first + 40), (40, 80), (280, 320)])
    numbers, kind = _PLANTS[name](reel.source_frames(), dice)
    crf, preset = _ENCODINGS[seed % 4]
    with TemporaryDirectory() as scratch:
        film = Path(scratch) / "film.mp4"
        filmed_media.encode_again(footage, film, numbers, crf=crf, preset=preset)
        return _kinds(reel, film, footage) == [kind]


def _kinds(reel: TimecodeList, film: Path, footage: Footage) -> list[str]:
    return [
        fault.kind
        for fault in verify_film(reel, film, ReelMedia(footage.video, footage.bed)).faults
    ]


def _footage(folder: Path) -> Footage:
    """What `main` has made, once a process."""
    if folder not in _KNOWN:
        _KNOWN[folder] = filmed_media.read_footage(folder)
    return _KNOWN[folder]


_KNOWN: dict[Path, Footage] = {}


if __name__ == "__main__":
    main()
