"""Renders many reels at once, each in a process of its own."""

from __future__ import annotations

import os
import signal
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from multiprocessing import get_context, parent_process
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import NoReturn

from player_stub.render.audio_track import can_be_copied
from player_stub.render.mixing import write_sound
from player_stub.render.render_reel import Rendered, render
from player_stub.render.sequence import SUFFIXES, write_sequence
from player_stub.render.settings import PLAIN, ReelMedia, Settings
from sizzle.errors import SizzleError
from sizzle.reel.timecode_list import TimecodeList, to_moment


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

    @property
    def keeps_the_bed(self) -> bool:
        """Whether it is a film whose sound is a stretch of the bed."""
        is_film = self.output.suffix.lower() not in SUFFIXES
        return is_film and self.settings.keeps_the_bed and self.reel.bed.is_plain


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
    with _beds_encoded_once(jobs) as ready, _pool(min(workers, len(jobs))) as pool:
        rest: dict[Future[Outcome], int] = {
            pool.submit(_outcome, job): place for place, job in enumerate(ready)
        }
        while rest:
            for done in wait(rest, return_when=FIRST_COMPLETED).done:
                outcomes[rest.pop(done)] = done.result()
                on_done(len(jobs) - len(rest), len(jobs))
    return outcomes


@contextmanager
def _beds_encoded_once(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    """The jobs, with each bed that several of them would encode made AAC for all of them."""
    sharing: defaultdict[tuple[Path, Fraction], list[Job]] = defaultdict(list)
    for job in jobs:
        if job.keeps_the_bed:
            sharing[job.media.bed, job.reel.rate.to_frame_rate().fraction].append(job)
    with TemporaryDirectory() as scratch:
        made: dict[Job, Path] = {}
        for number, some in enumerate(each for each in sharing.values() if len(each) > 1):
            output = Path(scratch) / f"{number}.m4a"
            if _encode_bed(some, output):
                made |= dict.fromkeys(some, output)
        yield [replace(job, media=replace(job.media, aac=made.get(job))) for job in jobs]


def _encode_bed(jobs: Sequence[Job], output: Path) -> bool:
    """Make AAC of the bed, from its start to where the last of the reels ends; or not."""
    longest = max(jobs, key=lambda job: job.reel.bed.range.stop.frame)
    reel, media = longest.reel, longest.media
    start = to_moment(reel.rate.to_frame_rate(), 0)
    bed = reel.bed.model_copy(update={"range": reel.bed.range.model_copy(update={"start": start})})
    try:
        if can_be_copied(media.bed):
            return False
        write_sound(reel.model_copy(update={"bed": bed}), media, PLAIN, output)
    except SizzleError:
        return False  # each job will say for itself what is wrong
    return True


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
    """A worker that is terminated cleans up as one that was interrupted.

    Where who started it is killed outright it just ends: nobody waits for its films any more.
    """
    signal.signal(signal.SIGTERM, _stop)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _stop(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def _outcome(job: Job) -> Outcome:
    try:
        return job.run()
    except SizzleError as error:
        return error
