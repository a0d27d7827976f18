"""The catalog's bars, measured beside a dict of tuples, LMDB and SQLite.

    python -m benchmarks.catalog [--assets N] [--folder FOLDER]

Prints Markdown tables, and each bar with whether it is met; exits 1 if one is not. Needs about 1 GB
of disk, and 9 GB for the thousand assets, which are made where there is room. Everything is removed
afterwards.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory
from typing import TypeVar

from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

from benchmarks.catalog_contenders import CONTENDERS, CatalogShape
from benchmarks.catalog_measure import (
    Opening,
    Rates,
    ReaderFleet,
    drop_from_cache,
    in_fresh_process,
    open_many,
    opening,
    rates,
    shares_of_processes,
)
from sizzle.catalog import Catalog
from sizzle.catalog.pack import pack_index
from sizzle.clips import ClipIndex

LONG = CatalogShape(titles=1000, clips=1000)
USUAL = CatalogShape(titles=71_429, clips=14)
ROUNDS = 3
PUBLICATIONS = 25
SHARERS = 4
BYTES_AN_ASSET = 9_000_000
MB = 1e6
T = TypeVar("T")


@dataclass(frozen=True)
class CatalogBar:
    """Something that must be at most, or at least, so much."""

    what: str
    measured: float
    limit: float
    unit: str
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether it is."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit

    def row(self) -> tuple[str, ...]:
        """As a line of a table."""
        sign = "at least" if self.at_least else "at most"
        wanted = f"{sign} {self.limit:,g} {self.unit}"
        return (
            self.what,
            f"{self.measured:,.2f} {self.unit}",
            wanted,
            "met" if self.met else "NOT MET",
        )


def main() -> int:
    """Measure everything; 1 if a bar is not met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.catalog", description=__doc__)
    parser.add_argument("--assets", type=int, help="how many assets of a million clips to open")
    parser.add_argument("--folder", help="where to write; the system's temporary folder by default")
    arguments = parser.parse_args()
    with TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        assets = arguments.assets or _affordable_assets(folder)
        bars = [
            *_contest(LONG, folder / "long"),
            *_contest(USUAL, folder / "usual"),
            *_sharing(folder / "usual"),
            *_publishing(folder / "publishing"),
            *_fleet(folder / "fleet", assets),
        ]
    _print("Bars", ("bar", "measured", "wanted", "verdict"), [bar.row() for bar in bars])
    return 0 if all(bar.met for bar in bars) else 1


def _affordable_assets(folder: Path) -> int:
    return 1000 if shutil.disk_usage(folder).free > 1100 * BYTES_AN_ASSET else 100


def _contest(shape: CatalogShape, folder: Path) -> Iterator[CatalogBar]:
    """All contenders with the same clips, in turn, several times; the best of each counts."""
    folder.mkdir()
    for contender in CONTENDERS:
        _say(f"{shape}: writing {contender.name}")
        in_fresh_process(contender.write, shape, folder)
    openings: list[list[Opening]] = [[] for _ in CONTENDERS]
    speeds: list[list[Rates]] = [[] for _ in CONTENDERS]
    for round_ in range(ROUNDS):
        for number, contender in enumerate(CONTENDERS):
            _say(f"{shape}: {contender.name}, round {round_ + 1} of {ROUNDS}")
            openings[number].append(in_fresh_process(opening, number, shape, folder))
            speeds[number].append(in_fresh_process(rates, number, shape, folder, round_))
        assert len({found[-1].check for found in speeds}) == 1, "the contenders disagree"
    opened = [min(tries, key=lambda o: o.seconds) for tries in openings]
    quickest = [Rates(max(t.first for t in s), max(t.second for t in s), 0) for s in speeds]
    _print(f"{shape}", CONTEST_HEAD, _contest_rows(opened, quickest))
    return _contest_bars(shape, opened[0], quickest[0], quickest[1])


CONTEST_HEAD = (
    "",
    "open",
    "first look-up",
    "private, open",
    "private, all clips used",
    "first million look-ups",
    "second million",
)


def _contest_rows(opened: list[Opening], quickest: list[Rates]) -> Iterator[tuple[str, ...]]:
    for contender, found, speed in zip(CONTENDERS, opened, quickest, strict=True):
        yield (
            contender.name,
            f"{found.seconds * 1e3:,.2f} ms",
            f"{found.first * 1e6:,.0f} us",
            f"{found.opened / MB:,.2f} MB",
            f"{found.used / MB:,.2f} MB",
            f"{speed.first / 1e6:.2f} M/s ({speed.first / quickest[1].first:.0%} of the dict)",
            f"{speed.second / 1e6:.2f} M/s ({speed.second / quickest[1].second:.0%})",
        )


def _contest_bars(
    shape: CatalogShape, ours: Opening, speed: Rates, dict_speed: Rates
) -> Iterator[CatalogBar]:
    slower = min(speed.first, speed.second)
    share = min(speed.first / dict_speed.first, speed.second / dict_speed.second)
    yield CatalogBar(f"{shape}: open", ours.seconds * 1e3, 5, "ms")
    yield CatalogBar(f"{shape}: private memory, open", ours.opened / MB, 2, "MB")
    yield CatalogBar(f"{shape}: look-ups a second", slower / 1e6, 1, "million", at_least=True)
    yield CatalogBar(f"{shape}: share of the dict's rate", share * 100, 60, "%", at_least=True)


def _sharing(folder: Path) -> Iterator[CatalogBar]:
    """Several processes that use all clips of one segment at once."""
    _say(f"{SHARERS} processes use one segment")
    size = (folder / CONTENDERS[0].name).stat().st_size
    shares = in_fresh_process(shares_of_processes, USUAL, folder, SHARERS)
    used = sum(shares)
    rows = [(str(SHARERS), f"{size / MB:.2f} MB", f"{used / MB:.2f} MB")]
    _print("One copy for all", ("processes", "segment", "memory for it, of all together"), rows)
    yield CatalogBar(
        f"memory of {SHARERS} processes for one segment", used / size, 1.01, "x its size"
    )


def _publishing(folder: Path) -> Iterator[CatalogBar]:
    """One changed asset of a million clips among a thousand, against writing just its bytes."""
    catalog = Catalog.open(folder / "catalog")
    small = CatalogShape(titles=1, clips=14)
    _say("publishing a thousand assets")
    catalog.publish(LONG.packed("asset"), *(small.packed(f"asset-{n}") for n in range(999)))
    writes, packing, publishing = [], [], []
    for number in range(1, PUBLICATIONS + 1):
        _say(f"publication {number} of {PUBLICATIONS}")
        changed, seconds = _timed(partial(LONG.packed, "asset", shift=number))
        packing.append(seconds)
        writes.append(_timed(partial(_write, folder / f"file-{number}", changed.data))[1])
        publishing.append(_timed(partial(catalog.publish, changed))[1])
    _, whole = _timed(partial(pack_index, _clip_index()))
    rows = [
        ("write and flush the asset's bytes", *_spread(writes)),
        ("check, publish, read back and announce it", *_spread(publishing)),
        ("before that: pack it from arrays of frames", *_spread(packing)),
        ("before that: pack it from a ClipIndex", *_spread([whole])),
    ]
    _print("One changed asset among 1,000", ("", "mean", "median", "least", "most"), rows)
    # Of means, since a disk has quick and slow moments and either work may meet either of them.
    ratio = fmean(publishing) / fmean(writes)
    yield CatalogBar("publish and announce 1 of 1,000 assets", ratio, 3, "x writing its bytes")


def _clip_index() -> ClipIndex:
    packed = LONG.packed()
    index = packed.index
    clips = [clip for title in index.titles for clip in index.clips_of(title.title_id)]
    return ClipIndex(index.asset, index.titles, clips)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _fleet(folder: Path, assets: int) -> Iterator[CatalogBar]:
    """Many assets of a million clips each, opened by a process that starts anew."""
    catalog = Catalog.open(folder)
    for first in range(0, assets, 10):
        _say(f"publishing assets, {first} of {assets} done")
        batch = range(first, min(first + 10, assets))
        catalog.publish(*(LONG.packed(f"asset-{n:04}", shift=n) for n in batch))
    size = sum(entry.size for entry in catalog.storage.list("segments"))
    warm = in_fresh_process(open_many, folder)
    drop_from_cache(folder)
    cold = in_fresh_process(open_many, folder)
    head = ("", "open", "private, open", "then one look-up in each", "private then")
    _print(
        f"{assets:,} assets x {LONG}, {size / 1e9:.2f} GB",
        head,
        [("from the page cache", *_fleet_row(warm)), ("from the disk", *_fleet_row(cold))],
    )
    yield CatalogBar(f"open {assets:,} assets x 1,000,000 clips", warm.seconds, 1.5, "s")
    yield CatalogBar("the same from the disk, nothing cached", cold.seconds, 1.5, "s")
    yield CatalogBar("private memory of that", max(warm.opened, cold.opened) / MB, 250, "MB")


def _fleet_row(fleet: ReaderFleet) -> tuple[str, ...]:
    return (
        f"{fleet.seconds:.3f} s",
        f"{fleet.opened / MB:.1f} MB",
        f"{fleet.all_seconds:.3f} s",
        f"{fleet.used / MB:.1f} MB",
    )


def _timed(function: Callable[[], T]) -> tuple[T, float]:
    """What it returns, and how many seconds it takes."""
    start = time.perf_counter()
    result = function()
    return result, time.perf_counter() - start


def _spread(seconds: Sequence[float]) -> tuple[str, ...]:
    return tuple(f"{1e3 * f(seconds):,.1f} ms" for f in (fmean, median, min, max))


def _print(title: str, head: Sequence[str], rows: Iterable[tuple[str, ...]]) -> None:
    table = Table(*head, box=MARKDOWN)
    for row in rows:
        table.add_row(*row)
    console = Console(width=200)
    console.print(f"\n{title}\n", highlight=False)
    console.print(table)


def _say(what: str) -> None:
    sys.stderr.write(f"{what}\n")


if __name__ == "__main__":
    sys.exit(main())
