"""Run every benchmark, and write their tables to docs/benchmarks.md.

    python -m benchmarks [NAME ...]

Each benchmark measures the project and what it is compared with in the same run, so that ratios
hold on other machines. It exits with 1 if a target is missed, which the page says too.
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
    """A module that prints its table, and its introduction on the page."""

    module: str
    title: str
    introduction: str
    options: tuple[str, ...] = ()


_BENCHMARKS = (
    _Benchmark(
        "ingest",
        "Ingest of large timelines",
        "Reading in a child process, checking and indexing, compared with a bare `iterparse` of "
        "the same file. Targets: at most 3 times its time and 400 MB for 10,000 clips, and linear "
        "growth beyond.",
    ),
    _Benchmark(
        "fuzz_ingest",
        "Mutated timelines",
        "10,000 mutations of every timeline of the fixtures. Target: none gives a traceback, "
        "hangs, or passes with an index that differs from its text.",
    ),
    _Benchmark(
        "catalog",
        "The catalog",
        "Compared with a dict of tuples, LMDB and SQLite. The targets are in the last table.",
    ),
    _Benchmark(
        "delivery",
        "Delivery",
        "Packaging compared with bare x264; a reel with ffmpeg, which remuxes it for each request, "
        "and with nginx-vod-module if it is available; a segment with a static file.",
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
        "On footage without barcodes. Targets: 40 times real time at 720p where the film is copied "
        "and 5 where it was encoded again, no false alarm on 300 clean films of at least six "
        "seconds (rendered with each option, and encoded again at rate factors from 14 to 28), and "
        "each fault found 20 times of 20 at 23. A run that was interrupted goes on.",
        ("--results", "build/verify.jsonl"),
    ),
    _Benchmark(
        "service",
        "The service",
        "`sizzle serve` with keys, limits, metrics and log, on uvicorn with uvloop and httptools. "
        "A warm answer repeats one that is cached; a new reel is for a member whose ranking is "
        "cached: both are compared with a bare ASGI application that answers with as many bytes "
        "on the same server. A new member is one that the process has not seen: the history of "
        "199 events is read and ranked for the time of the request, which is compared with the "
        "model's own full pass over the encoded history. Exposures are not recorded: what that "
        "adds is measured below. Medians of 26 alternating rounds; the targets are for processor "
        "time. Two workers are to answer "
        "1.8 times as many new rankings as one, with a core each; of cheaper new reels they "
        "answered 1.61 to 1.87 times as many.",
    ),
    _Benchmark(
        "fairness",
        "A new member beside batches",
        "Four clients ask for one batch of 1,000 members after the other, while a fifth asks for "
        "the reels of 150 members whom the process has not seen, twelve a second. One worker, all "
        "settings at their defaults but the rate of the key. Elapsed times, so the machine has to "
        "be quiet.",
    ),
    _Benchmark(
        "events",
        "Durable events",
        "Recorded over HTTP; the clients run on the same machine. Targets: 64 clients at least 10 "
        "times one, or 0.6 of the same route without durability; batches of 100 at least half the "
        "rate of a bare insert loop.",
    ),
    _Benchmark(
        "living_histories",
        "Histories in the log of events",
        "Over logs of SQLite, of 200,000 members, on the same machine. Ready is from the start of "
        "the command to the first answer of `/readyz`; memory is resident, 220 MB of it torch's. "
        "A new member's history of 199 plays is read from the log.",
    ),
    _Benchmark(
        "first_reels",
        "First rankings, by database and kinds of events",
        "Of 150 members each who are not in memory, by turns from both databases. A member of "
        "plays has 199. One of all kinds has 260 records, 230 of which count: half are plays with "
        "a context, a quarter are cuts seen in reels, and the rest are ratings and viewings of "
        "another system. Medians of processor time of the thread, that of the database's own "
        "processes left out.",
    ),
    _Benchmark(
        "sigv4",
        "Signatures of AWS",
        "A signed request is checked, compared with botocore's computing the signature again. "
        "Target: at most 0.2 ms of processor time.",
    ),
    _Benchmark(
        "compose_mail",
        "Composing mails",
        "A mail with a reel of five titles, from an approved line to the bytes that are handed "
        "over, compared with the standard library's writing the same texts. Target: at most 2 ms "
        "of processor time without DKIM.",
    ),
    _Benchmark(
        "metrics",
        "Figures among a million events",
        "Processor time of a question, that of PostgreSQL's own processes included. Target: the "
        "figures of a campaign in at most 0.2 s.",
    ),
    _Benchmark(
        "exposures",
        "Recording what is shown",
        "What recording each reel adds to its response, and to the processor time of the process. "
        "Target: a response takes no longer, within 5 us or a tenth, at 500 a second.",
    ),
    _Benchmark(
        "service_changes",
        "The service while versions and models change",
        "Two workers under load for a minute, while versions are published and models replaced. "
        "Target: no error, and no answer that mixes two versions or models.",
    ),
    _Benchmark(
        "chaos",
        "Everything that operators fear, at once",
        "Two workers behind nginx, on each database, for ten minutes. Devices, batches, editors, "
        "slow clients and holders of revoked keys ask, while workers and the service are killed, "
        "workers halted, versions published, models replaced, tables migrated, the disk full, the "
        "database down or locked. Each answer is compared with what it must be. Target: no wrong "
        "answer, and nothing lost that was accepted.",
    ),
    _Benchmark(
        "cluster",
        "Two machines beside one",
        "Through nginx, each machine with two workers in a network namespace, held to a fifth of a "
        "core by a control group; PostgreSQL, and moto's S3 for catalog and packages. Medians of "
        "alternating rounds. Target: two serve at least 1.8 times one.",
    ),
    _Benchmark(
        "outreach_sending",
        "Sending",
        "A mail that is planned, let through the gate, composed, recorded and handed over, beside "
        "one that aiosmtplib alone hands over. Target: at most 3 times the processor time.",
    ),
    _Benchmark(
        "journeys",
        "Journeys",
        "Runs that go on, each with a message, among many that wait, beside bare SQL that reads "
        "and writes the same rows. Targets: at most 6 times the processor time, and a look that "
        "takes no longer among 100 times as many.",
    ),
    _Benchmark(
        "outreach_segments",
        "Segments among a million endpoints",
        "Processor time of a preview's count, that of PostgreSQL's own processes included, beside "
        "a loop that reads all endpoints; and the rows a second of an import. Target: at most 2 s.",
    ),
    _Benchmark(
        "campaign_lift",
        "Lift that is watched daily",
        "Simulated campaigns whose effect is known: how often the confidence sequence leaves it "
        "out, beside the fixed interval. Targets: at the planned end the interval covers it in 93 "
        "% of runs; 40 looks at nothing alarm in at most 5 %.",
    ),
    _Benchmark(
        "outreach_report",
        "The report of a campaign of 100,000 members",
        "Processor time when a page asks, that of PostgreSQL's own processes included, beside a "
        "loop over all events and assignments that counts the same. Target: at most 0.1 s.",
    ),
    _Benchmark(
        "outreach_pages",
        "Pages of 100,000 members",
        "Processor time of the pages of the marketer's desk, with the client that asks and "
        "PostgreSQL's own processes. Target: at most 100 ms each.",
    ),
    _Benchmark(
        "outreach_export",
        "Exports of a million rows",
        "CSV as a client of the service gets it, while it is made: sends with what became of "
        "each, and members as they were assigned. Target: the process takes at most 64 MB more.",
    ),
    _Benchmark(
        "outreach_affinity",
        "Audiences of titles",
        "Processor time of one thread for each member, with histories of 199 events, beside the "
        "best titles of the same members. Target: at most 1 ms for one title.",
    ),
    _Benchmark(
        "ranker_serving",
        "The ranker",
        "Processor time of one thread; width 64, two blocks, 3,700 titles, histories of 199.",
    ),
    _Benchmark(
        "ranker_shards",
        "Training on more events than fit in memory",
        "Parquet by day as shards of tokens, and 200 steps of 8,192 positions on them, beside "
        "pyarrow's reading and sorting of the same columns. Targets: at most 5 times its processor "
        "time, 2 GB a process, and two processes 1.8 times as fast as one.",
    ),
)


def main() -> None:
    """Run the named benchmarks, or all, and write the page; other sections stay as they are."""
    wanted = sys.argv[1:] or [benchmark.module for benchmark in _BENCHMARKS]
    page = _sections(_PAGE.read_text(encoding="utf-8")) if _PAGE.exists() else {}
    for benchmark in _BENCHMARKS:
        if benchmark.module in wanted:
            page[benchmark.title] = _section(benchmark)
            _PAGE.write_text(_text(page), encoding="utf-8")


def _sections(page: str) -> dict[str, str]:
    """The text under each heading of the page."""
    sections = re.findall(r"^## (.+?)$(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    return {title: text.strip() for title, text in sections}


def _text(page: dict[str, str]) -> str:
    known = [benchmark.title for benchmark in _BENCHMARKS if benchmark.title in page]
    return "\n".join([_HEAD, *(f"## {title}\n\n{page[title]}\n" for title in known)])


_HEAD = (
    "# Benchmarks\n\n"
    "Written by `make bench`; each section names the command that measures it again.\n"
)


def _section(benchmark: _Benchmark) -> str:
    command = ["-m", f"benchmarks.{benchmark.module}", *benchmark.options]
    done = run([sys.executable, *command], stdout=PIPE, text=True, check=False)
    sys.stdout.write(done.stdout)
    if done.returncode not in (0, 1) or not done.stdout.strip():
        raise SystemExit(f"{benchmark.module} failed: exit status {done.returncode}")
    verdict = "" if done.returncode == 0 else "\n\nA target was missed in this run."
    machine = (
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores ({platform.machine()}), "
        f"load average {os.getloadavg()[0]:.1f}, "
        f"Python {platform.python_version()}."
    )
    command_line = f"`python {' '.join(command)}`"
    printed = "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())
    return f"{benchmark.introduction}\n\n{command_line}\n\n{printed}{verdict}\n\n{machine}"


if __name__ == "__main__":
    main()
