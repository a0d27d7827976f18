"""Verifying films of footage without barcodes: speed, false alarms, and planted faults.

    python -m benchmarks.verify [--films N] [--plants N] [--cuts N] [--results FILE]

The footage pans, creeps, stands still under grain, has a small thing that moves, is dark, frozen or
black. Clean films last at least six seconds and are made in all the ways that there are: rendered
with each option, and encoded again at rate factors from 14 to 28. Faults are planted at 23.

With `--results`, each film's outcome is a line of that file, and those in it are not made again: a
run that was interrupted goes on. Exits with 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.reel_media import RATE, reel_of, timecode_list, write_media
from benchmarks.tables import Row, print_table
from benchmarks.verify_clean import KINDS, clean_film
from benchmarks.verify_media import (
    BLACK,
    GRAIN,
    MOVING,
    SAMPLES_A_FRAME,
    SIZES,
    Footage,
    make_footage,
    read_footage,
    write_film,
)
from benchmarks.verify_plants import CUT, HEADERS, ORDERS, PICTURES, SOUNDS
from player_stub import ReelMedia, RenderSettings, Verification, render_reel, verify_film

_LEAST_SPEEDS = {"copied": 40, "encoded again": 5}  # times real time at 720p
_FAULTS = (*ORDERS, *PICTURES, *SOUNDS, *HEADERS)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A film that was verified.

    Attributes:
        part: `clean`, or the fault that was planted.
        seed: of the film.
        kind: how it was made.
        right: whether it passed if it is clean, or its fault was found.
        found: the checks that failed.
    """

    part: str
    seed: int
    kind: str
    right: bool
    found: tuple[str, ...]


def main() -> None:
    """Measure, print, and exit."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--films", type=int, default=300, help="clean ones")
    parser.add_argument("--plants", type=int, default=20, help="times that each fault is planted")
    parser.add_argument("--cuts", type=int, default=22, help="of the reel at 720p; 0 for none")
    parser.add_argument("--results", type=Path, help="JSON Lines to go on with")
    options = parser.parse_args()
    missed = [_speed(options.cuts)] if options.cuts else []
    wanted = [("clean", seed) for seed in range(options.films)]
    wanted += [(fault, seed) for fault in _FAULTS for seed in range(options.plants)]
    with TemporaryDirectory() as folder:
        outcomes = _outcomes(Path(folder), wanted, options.results)
    missed += [_print_clean(outcomes), _print_faults(outcomes)]
    sys.exit(1 if any(missed) else 0)


def _speed(cuts: int) -> bool:
    """How many times faster than it plays a film of 720p is verified; whether that is too slow.

    By the clock, as two cores help, or by processor time, where other work takes the cores.
    """
    slow, rows = False, []
    with TemporaryDirectory() as folder:
        media = ReelMedia(*write_media(Path(folder)))
        reel = reel_of(cuts)
        length = float(RATE.seconds(reel.duration.frame))
        for name, settings in (
            ("copied", RenderSettings()),
            ("encoded again", RenderSettings(reencode=True)),
        ):
            film = render_reel(reel, media, Path(folder) / "film.mp4", settings).path
            elapsed, processor = _timed(partial(verify_film, reel, film, media))
            slow |= length / min(elapsed, processor) < _LEAST_SPEEDS[name]
            cells = [f"{elapsed:.2f} s", f"{processor:.2f} s"]
            cells += [f"{length / elapsed:.1f}", f"{length / processor:.1f}"]
            rows.append(Row(f"{name}, {length:.0f} s", [*cells, str(_LEAST_SPEEDS[name])]))
    columns = ("film in 720p", "verified in", "processor time", "times real time")
    print_table((*columns, "by processor time", "at least"), rows)
    return slow


def _timed(verify: Callable[[], Verification]) -> tuple[float, float]:
    """Elapsed seconds, and those of processors in all threads, for a film that must pass."""
    clock, processor = time.perf_counter(), time.process_time()
    proof = verify()
    took = time.perf_counter() - clock, time.process_time() - processor
    assert proof.passed, proof.checks
    return took


def _outcomes(
    folder: Path, wanted: Sequence[tuple[str, int]], results: Path | None
) -> list[_Outcome]:
    """The outcomes of all films, those that are known already first."""
    known = [outcome for outcome in _read(results) if (outcome.part, outcome.seed) in {*wanted}]
    done = {(outcome.part, outcome.seed) for outcome in known}
    rest = [each for each in wanted if each not in done]
    if not rest:
        return known
    make_footage(folder)
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for done_film in as_completed([pool.submit(_try, folder, film) for film in rest]):
            known.append(outcome := done_film.result())
            _append(results, outcome)
    return known


def _read(results: Path | None) -> Iterator[_Outcome]:
    if results is None or not results.exists():
        return
    for line in results.read_text(encoding="utf-8").splitlines():
        stored = json.loads(line)
        yield _Outcome(**{**stored, "found": tuple(stored["found"])})


def _append(results: Path | None, outcome: _Outcome) -> None:
    if results is not None:
        results.parent.mkdir(parents=True, exist_ok=True)
        with results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(outcome)) + "\n")


def _try(folder: Path, film: tuple[str, int]) -> _Outcome:
    part, seed = film
    footage = _footage(folder, [*SIZES][seed // len(KINDS) % 2 if part == "clean" else seed % 2])
    with TemporaryDirectory() as scratch:
        if part == "clean":
            return _try_clean(footage, seed, Path(scratch))
        return _try_fault(footage, part, seed, Path(scratch))


def _try_clean(footage: Footage, seed: int, scratch: Path) -> _Outcome:
    kind, reel, film = clean_film(footage, seed, scratch)
    found = _failures(verify_film(reel, film, footage.media))
    return _Outcome("clean", seed, kind, not found, found)


def _try_fault(footage: Footage, fault: str, seed: int, scratch: Path) -> _Outcome:
    """A shot that moves, one of grain, black, and another that moves, with a fault in them."""
    dice = Random(f"{fault} {seed}")  # noqa: S311 - the same faults every time
    starts = (dice.choice(MOVING), dice.choice(GRAIN), BLACK, dice.choice(MOVING))
    reel = timecode_list([(start, start + CUT) for start in starts])
    numbers, sound = reel.source_frames(), footage.music[:, : 4 * CUT * SAMPLES_A_FRAME]
    if fault in ORDERS:
        numbers = ORDERS[fault][0](numbers, dice)
        sound = sound[:, : len(numbers) * SAMPLES_A_FRAME]
    pictures = [footage.pictures[number] for number in numbers]
    if fault in PICTURES:
        pictures = PICTURES[fault](pictures, dice)
    if fault in SOUNDS:
        sound = SOUNDS[fault][0](sound, dice)
    film = scratch / "film.mp4"
    write_film(film, pictures, sound, crf=23, settings=RenderSettings(reencode=True))
    if fault in HEADERS:
        HEADERS[fault][0](film, spoilt := scratch / "spoilt.mp4", dice)
        film = spoilt
    proof = verify_film(reel, film, footage.media)
    return _Outcome(fault, seed, "crf 23", _is_found(fault, proof), _failures(proof))


def _is_found(fault: str, proof: Verification) -> bool:
    """Whether it is named rightly; what brings on other faults may be named by those too."""
    if fault in ORDERS:
        return [fault.kind for fault in proof.faults] == [ORDERS[fault][1]]
    failed = {check.name for check in proof.checks if not check.passed}
    if fault in PICTURES:
        return not failed.isdisjoint({"pictures", "frames"})
    return {**SOUNDS, **HEADERS}[fault][1] in failed


def _failures(proof: Verification) -> tuple[str, ...]:
    failed = [check for check in proof.checks if not check.passed]
    return tuple(f"{check.name}: {check.measured} {check.detail}"[:400] for check in failed)


def _print_clean(outcomes: Sequence[_Outcome]) -> bool:
    clean = [outcome for outcome in outcomes if outcome.part == "clean"]
    rows = _counted(clean, KINDS, lambda each: each.kind, lambda each: not each.right)
    sys.stdout.write("\n")
    print_table(("clean films", "verified", "false alarms"), rows)
    alarms = [outcome for outcome in clean if not outcome.right]
    for alarm in alarms[:20]:
        sys.stdout.write(f"\n- {alarm.kind}, seed {alarm.seed}: {'; '.join(alarm.found)[:500]}")
    return bool(alarms)


def _print_faults(outcomes: Sequence[_Outcome]) -> bool:
    planted = [outcome for outcome in outcomes if outcome.part != "clean"]
    rows = _counted(planted, _FAULTS, lambda each: each.part, lambda each: each.right)
    sys.stdout.write("\n")
    print_table(("planted", "times", "found"), rows)
    missed = [outcome for outcome in planted if not outcome.right]
    for outcome in missed[:20]:
        sys.stdout.write(
            f"\n- {outcome.part}, seed {outcome.seed}: {'; '.join(outcome.found)[:500]}"
        )
    return bool(missed)


def _counted(
    outcomes: Sequence[_Outcome],
    groups: Sequence[str],
    group: Callable[[_Outcome], str],
    counts: Callable[[_Outcome], bool],
) -> list[Row]:
    by_group = {
        name: [outcome for outcome in outcomes if group(outcome) == name] for name in groups
    }
    return [
        Row(name, [len(each), sum(map(counts, each))]) for name, each in by_group.items() if each
    ]


@cache
def _footage(folder: Path, name: str) -> Footage:
    return read_footage(folder, name)


if __name__ == "__main__":
    main()
