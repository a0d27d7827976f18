"""Measuring one thing in a fresh process each, so that none profits or suffers from another."""

from __future__ import annotations

import gc
import os
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.catalog_contenders import CONTENDERS, CatalogShape
from sizzle.catalog.folder import FolderStorage
from sizzle.catalog.reader import Reader

LOOK_UPS = 1_000_000
T = TypeVar("T")


def in_fresh_process(function: Callable[..., T], *arguments: Any) -> T:  # noqa: ANN401
    """What the function returns there."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def private_bytes() -> int:
    """Memory that only this process has and the system cannot drop: its dirty private pages.

    Clean pages of a mapped file are the system's page cache: one copy for all who map the file.
    """
    gc.collect()
    rollup = Path("/proc/self/smaps_rollup").read_text()
    kilobytes = [
        line.split()[1] for line in rollup.splitlines() if line.startswith("Private_Dirty")
    ]
    return 1024 * int(kilobytes[0])


def shares_of_processes(shape: CatalogShape, folder: Path, processes: int) -> list[int]:
    """How many bytes of one mapped file each of several processes that use all of it accounts for.

    The system divides a page by how many processes have it, so the sum is what memory really holds.
    """
    context = get_context("spawn")
    barrier = context.Barrier(processes)
    with ProcessPoolExecutor(processes, context, _wait_with, (barrier,)) as pool:
        return list(pool.map(_share, [shape] * processes, [folder] * processes))


_barriers: list[Barrier] = []  # of this process: they cannot be sent along with each call


def _wait_with(barrier: Barrier) -> None:
    _barriers.append(barrier)


def _share(shape: CatalogShape, folder: Path) -> int:
    look_up = CONTENDERS[0].open(folder)
    for title in range(shape.titles):
        for number in range(1, shape.clips + 1):
            look_up(f"title-{title:05}-clip-{number}")
    _barriers[0].wait()
    share, ours = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if "-" in line.split()[0]:
            ours = str(folder) in line
        elif ours and line.startswith("Pss:"):
            share += 1024 * int(line.split()[1])
    _barriers[0].wait()
    return share


@dataclass(frozen=True)
class Opening:
    """Seconds to open, seconds of the first look-up, and private bytes then and after all clips."""

    seconds: float
    first: float
    opened: int
    used: int


def opening(contender: int, shape: CatalogShape, folder: Path) -> Opening:
    """Open one contender, and then look up every clip it has."""
    before = private_bytes()
    start = time.perf_counter()
    look_up = CONTENDERS[contender].open(folder)
    opened_at = time.perf_counter()
    look_up("title-00000-clip-1")
    looked_up_at = time.perf_counter()
    opened = private_bytes() - before
    for title in range(shape.titles):
        for number in range(1, shape.clips + 1):
            look_up(f"title-{title:05}-clip-{number}")
    return Opening(opened_at - start, looked_up_at - opened_at, opened, private_bytes() - before)


@dataclass(frozen=True)
class Rates:
    """Look-ups a second of the first million random keys and of a second one, and a check sum."""

    first: float
    second: float
    check: int


def rates(contender: int, shape: CatalogShape, folder: Path, seed: int) -> Rates:
    """Look up two million random keys in one contender."""
    look_up = CONTENDERS[contender].open(folder)
    chance = random.Random(seed)  # noqa: S311 - no secret
    first, check = _rate(look_up, list(_keys(shape, chance)))
    second, more = _rate(look_up, list(_keys(shape, chance)))
    return Rates(first, second, check + more)


def _keys(shape: CatalogShape, chance: random.Random) -> Iterator[str]:
    """New strings each time, as keys that come from outside are: no hash is known in advance."""
    for _ in range(LOOK_UPS):
        title, number = chance.randrange(shape.titles), chance.randrange(shape.clips)
        yield f"title-{title:05}-clip-{number + 1}"


def _rate(look_up: Callable[[str], tuple[int, int]], keys: list[str]) -> tuple[float, int]:
    gc.collect()
    gc.disable()
    start = time.perf_counter()
    for key in keys:
        look_up(key)
    seconds = time.perf_counter() - start
    gc.enable()
    return len(keys) / seconds, sum(look_up(key)[0] for key in keys[::1000])


@dataclass(frozen=True)
class ReaderFleet:
    """Many assets opened: seconds, private bytes, and both again after a look-up in each."""

    seconds: float
    opened: int
    all_seconds: float
    used: int


def open_many(folder: Path) -> ReaderFleet:
    """Open the version in use of a catalog, and then look up one clip of each of its assets."""
    before = private_bytes()
    start = time.perf_counter()
    reader = Reader(FolderStorage(folder))
    opened_at = time.perf_counter()
    opened = private_bytes() - before
    looked_at = time.perf_counter()
    for index in reader.indexes.values():
        index.get("title-00500-clip-500")
    looked_up = time.perf_counter() - looked_at
    assert reader.status().healthy, reader.status()
    return ReaderFleet(opened_at - start, opened, looked_up, private_bytes() - before)


def drop_from_cache(folder: Path) -> None:
    """Make the system forget what it holds in memory of the files below a folder."""
    for path in folder.rglob("*"):
        if path.is_file():
            handle = os.open(path, os.O_RDONLY)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)
