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
from concurrent.futures import ProcessPoolExecutor

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


_COLUMNS = ("refused", "findings", "right")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--times", type=int, default=10_000, help="mutations of each export")
    parser.add_argument("--from-seed", type=int, default=0, help="the first seed")
    return parser.parse_args()


def _run(times: int, first: int) -> tuple[dict[str, Counter[str]], list[Wrong]]:
    outcomes: dict[str, Counter[str]] = {}
    wrong: list[Wrong] = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        pieces = [
            (name, pool.submit(fuzz, name, content, range(seed, min(seed + _BATCH, first + times))))
            for name, content in exports()
            for seed in range(first, first + times, _BATCH)
        ]
        for name, piece in pieces:
            counts, got_through = piece.result()
            outcomes.setdefault(name, Counter()).update(counts)
            wrong += got_through
    return outcomes, wrong


if __name__ == "__main__":
    main()
