"""Renders many reels at once, each in a process of its own."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import NoReturn

from player_stub.render.film import Rendered, render
from player_stub.render.sequence import SUFFIXES, write_sequence
from player_stub.render.settings import PLAIN, ReelMedia, Settings
from sizzle.errors import SizzleError
from sizzle.reel.timecode_list import TimecodeList


@dataclass(frozen=True, slots=True)
class Job:
    """One film or sequence to make."""

    reel: TimecodeList
    media: ReelMedia
    output: Path
    settings: Settings = PLAIN

    def run(self, on_progress: Callable[[int, int], None] | None = None) -> Rendered | None:
        """Make it; None where it is a sequence. Raises as `render` and `write_sequence`."""
        if self.output.suffix.lower() in SUFFIXES:
            write_sequence(self.reel, self.media, self.output)
            return None
        return render(self.reel, self.media, self.output, self.settings, on_progress)


Outcome = Rendered | SizzleError | None
"""A film, what went wrong, or nothing to tell of a sequence."""


def render_many(
    jobs: Sequence[Job], workers: int, on_done: Callable[[int, int], None]
) -> list[Outcome]:
    """Do all jobs, several at a time; one that fails stops no other.

    An interruption ends all that run and leaves no half file.

    Args:
        jobs: each with an output of its own.
        workers: how many to do at a time.
        on_done: called with the jobs done and their count.

    Returns:
        What came of each job, in their order.
    """
    outcomes: list[Outcome] = [None] * len(jobs)
    with _pool(min(workers, len(jobs))) as pool:
        rest: dict[Future[Outcome], int] = {
            pool.submit(_outcome, job): place for place, job in enumerate(jobs)
        }
        while rest:
            for done in wait(rest, return_when=FIRST_COMPLETED).done:
                outcomes[rest.pop(done)] = done.result()
                on_done(len(jobs) - len(rest), len(jobs))
    return outcomes


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that end with the block: at once where it fails or is interrupted."""
    # Started afresh, as a fork would take the libraries' threads along half-way.
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_end_when_told)
    try:
        yield pool
        pool.shutdown()
    except BaseException:
        for process in pool._processes.values():
            process.terminate()
        pool.shutdown(cancel_futures=True)
        raise


def _end_when_told() -> None:
    """A worker that is terminated cleans up as one that was interrupted."""
    signal.signal(signal.SIGTERM, _stop)


def _stop(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def _outcome(job: Job) -> Outcome:
    try:
        return job.run()
    except SizzleError as error:
        return error
