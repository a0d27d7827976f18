"""Run every benchmark, and write their tables to docs/benchmarks.md.

    python -m benchmarks [NAME ...]

Each benchmark measures us and its peers in the same run, so its ratios hold on other machines, and
exits with 1 where a bar is missed; what was missed is written down like the rest.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from subprocess import PIPE, run

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
        "delivery",
        "Delivery",
        "Packaging beside bare x264, a reel beside ffmpeg remuxing it at each request and, where "
        "its module was built and given, nginx-vod-module; a segment beside a static file.",
    ),
    _Benchmark(
        "player",
        "The web player",
        "The first picture of a reel in headless Chromium, compared with the same reel as a static "
        "MP4, with an empty cache. The target is in the table.",
    ),
    _Benchmark(
        "streaming",
        "Streaming of reels",
        "Over generated 3G, 4G and Wi-Fi links, compared with a naive policy and the throughput "
        "rule of long-form players; then some plays for real, from a server through a proxy. "
        "Targets: at most two thirds of the naive policy's start-up and half of its stalls, at no "
        "less quality and no more waste; the simulation within a tenth of the real plays, or 0.1 "
        "(s, MB, of the scale of quality).",
    ),
    _Benchmark(
        "render",
        "Rendering a reel",
        "60 cuts, 5,600 frames of 720p with the bed, and the wrong frames of each contender.",
    ),
    _Benchmark(
        "verify",
        "Verifying a reel",
        "On footage without barcodes. Targets: 5 times real time at 720p, no false alarm on 1,000 "
        "clean reels, and each planted fault named rightly.",
    ),
    _Benchmark(
        "service",
        "The service",
        "`sizzle serve` with its keys, limits, metrics and log, beside a bare ASGI application "
        "that answers with as many bytes. Its bars stand in the table.",
    ),
    _Benchmark(
        "service_changes",
        "The service while everything changes",
        "A minute at two workers, while versions are published and models exchanged under the "
        "load. Bar: no error, and no answer that mixes two.",
    ),
    _Benchmark(
        "ranker_serving",
        "The ranker's answers",
        "One thread, width 64, two blocks, 3,700 titles, histories of 199; processor time.",
    ),
)


def main() -> None:
    """Measure those that are named, or all, and write the page; the other sections stay."""
    wanted = sys.argv[1:] or [each.module for each in _BENCHMARKS]
    page = _sections(_PAGE.read_text(encoding="utf-8")) if _PAGE.exists() else {}
    for each in _BENCHMARKS:
        if each.module in wanted:
            page[each.title] = _section(each)
            _PAGE.write_text(_text(page), encoding="utf-8")


def _sections(page: str) -> dict[str, str]:
    """What stands under each heading of the page."""
    sections = re.findall(r"^## (.+?)$(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    return {title: text.strip() for title, text in sections}


def _text(page: dict[str, str]) -> str:
    known = [each.title for each in _BENCHMARKS if each.title in page]
    return "\n".join([_HEAD, *(f"## {title}\n\n{page[title]}\n" for title in known)])


_HEAD = (
    "# Benchmarks\n\n"
    "Written by `make bench`; each section names the command that measures it again.\n"
)


def _section(benchmark: _Benchmark) -> str:
    command = [sys.executable, "-m", f"benchmarks.{benchmark.module}"]
    done = run(command, stdout=PIPE, text=True, check=False)
    sys.stdout.write(done.stdout)
    if done.returncode not in (0, 1) or not done.stdout.strip():
        raise SystemExit(f"{benchmark.module} did not end: exit status {done.returncode}")
    verdict = "" if done.returncode == 0 else "\n\nA bar was missed in this run."
    machine = (
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}."
    )
    command_line = f"`python -m benchmarks.{benchmark.module}`"
    said = "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())
    return f"{benchmark.says}\n\n{command_line}\n\n{said}{verdict}\n\n{machine}"


if __name__ == "__main__":
    main()
