"""Mutate every export of the fixtures many times: no traceback, no hang, no wrong index.

    python -m benchmarks.fuzz_ingest [--times 10000] [--from-seed 0]

Each read runs in a worker process, so that a crash of a parser is seen as one. Prints a table, and
exits with 1 where a mutation got through; its export and seed make it again.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import NamedTuple

from benchmarks.tables import Row, print_table
from fixtures.exports import exports
from fixtures.fuzz import Wrong, fuzz

_BATCH = 250  # mutations in a piece of work


def main() -> None:
    """Fuzz, print, and exit."""
    arguments = _arguments()
    began = time.perf_counter()
    outcomes, wrong = _run(arguments.times, arguments.from_seed)
    rows = [Row(name, [counts[key] for key in _COLUMNS]) for name, counts in outcomes.items()]
    total = sum((Counter(counts) for counts in outcomes.values()), Counter[str]())
    rows.append(Row("all", [total[key] for key in _COLUMNS]))
    print_table(("export", *_COLUMNS), rows)
    seconds = time.perf_counter() - began
    sys.stdout.write(f"\n{total.total()} mutations in {seconds:.0f} s; {len(wrong)} got through\n")
    for each in wrong[:20]:
        sys.stdout.write(f"{each.export!r}, seed {each.seed}: {each.what}\n")
    sys.exit(1 if wrong else 0)


_COLUMNS = ("refused", "findings", "right", "died")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--times", type=int, default=10_000, help="mutations of each export")
    parser.add_argument("--from-seed", type=int, default=0, help="the first seed")
    return parser.parse_args()


def _run(times: int, first: int) -> tuple[dict[str, Counter[str]], list[Wrong]]:
    outcomes: dict[str, Counter[str]] = {}
    wrong: list[Wrong] = []
    pieces = [
        FuzzSlice(name, content, range(seed, min(seed + _BATCH, first + times)))
        for name, content in exports()
        for seed in range(first, first + times, _BATCH)
    ]
    for piece, (counts, got_through) in _in_processes(pieces):
        outcomes.setdefault(piece.name, Counter()).update(counts)
        wrong += got_through
    return outcomes, wrong


class FuzzSlice(NamedTuple):
    """Some mutations of an export."""

    name: str
    content: bytes
    seeds: range


Result = tuple[Counter[str], list[Wrong]]


def _in_processes(pieces: Sequence[FuzzSlice]) -> Iterator[tuple[FuzzSlice, Result]]:
    """Every piece's result; one that kills its process is halved until the mutation is found.

    In the product a reader that dies is an error message, since it is a process of its own; here
    it is counted as `died`.
    """
    workers = os.cpu_count() or 1
    left = list(pieces)
    while left:
        done = 0
        for result in _until_one_dies(left, workers):
            yield left[done], result
            done += 1
        # The one that died is among those that were at work, which began in order.
        suspects, left = left[done : done + workers], left[done + workers :]
        for piece in suspects:
            yield from _alone(piece)


def _until_one_dies(pieces: Sequence[FuzzSlice], workers: int) -> Iterator[Result]:
    """The pieces' results in order, up to the first whose process was lost."""
    with ProcessPoolExecutor(workers) as pool:
        for future in [pool.submit(fuzz, *piece) for piece in pieces]:
            try:
                yield future.result()
            except BrokenProcessPool:
                return


def _alone(piece: FuzzSlice) -> Iterator[tuple[FuzzSlice, Result]]:
    """A piece in a process that nobody shares."""
    try:
        with ProcessPoolExecutor(1) as pool:
            yield piece, pool.submit(fuzz, *piece).result()
    except BrokenProcessPool:
        if len(piece.seeds) == 1:
            sys.stderr.write(f"{piece.name!r}, seed {piece.seeds[0]} killed its reader\n")
            yield piece, (Counter(died=1), [])
            return
        half = len(piece.seeds) // 2
        yield from _alone(piece._replace(seeds=piece.seeds[:half]))
        yield from _alone(piece._replace(seeds=piece.seeds[half:]))


if __name__ == "__main__":
    main()
