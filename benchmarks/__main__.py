"""Run every benchmark, and write their tables to docs/benchmarks.md.

    python -m benchmarks [NAME ...]

Each benchmark measures us and its peers in the same run, so its ratios hold on other machines, and
exits with 1 where a bar is missed; what was missed is written down like the rest.
"""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from subprocess import run

_PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"


@dataclass(frozen=True, slots=True)
class _Benchmark:
    """A module that prints its table, and what the page says of it."""

    module: str
    title: str
    says: str


_BENCHMARKS = (
    _Benchmark(
        "ingest",
        "Ingest of large timelines",
        "Read in a child process, checked and indexed, beside a bare `iterparse` of the same file. "
        "Bars: at most 3 times as long and 400 MB for 10,000 clips, and linear beyond.",
    ),
    _Benchmark(
        "fuzz_ingest",
        "Mutated timelines",
        "10,000 mutations of every timeline of the fixtures. Bar: none gives a traceback, hangs, "
        "or passes with an index that is not what its text says.",
    ),
    _Benchmark(
        "catalog",
        "The catalog",
        "Beside a dict of tuples, LMDB and SQLite. Its bars stand in the table.",
    ),
    _Benchmark(
        "ranker_serving",
        "The ranker's answers",
        "One thread, width 64, two blocks, 3,700 titles, histories of 199; processor time.",
    ),
)


def main() -> None:
    """Run those that are named, or all, and write the page."""
    wanted = sys.argv[1:] or [each.module for each in _BENCHMARKS]
    sections = [_section(each) for each in _BENCHMARKS if each.module in wanted]
    _PAGE.write_text("\n".join([_head(), *sections]), encoding="utf-8")


def _head() -> str:
    return (
        "# Benchmarks\n\n"
        "Written by `make bench`; each section names the command that measures it again.\n\n"
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}.\n"
    )


def _section(benchmark: _Benchmark) -> str:
    command = [sys.executable, "-m", f"benchmarks.{benchmark.module}"]
    done = run(command, capture_output=True, text=True, check=False)
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    verdict = "" if done.returncode == 0 else "\nA bar was missed in this run.\n"
    head = (
        f"## {benchmark.title}\n\n{benchmark.says}\n\n`python -m benchmarks.{benchmark.module}`\n"
    )
    return f"{head}\n{done.stdout}{verdict}"


if __name__ == "__main__":
    main()
