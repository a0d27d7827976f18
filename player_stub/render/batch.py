"""Renders many reels in parallel processes."""

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
from threading import Thread
from typing import NoReturn

from player_stub.render.audio_track import can_be_copied
from player_stub.render.mix_audio import write_audio
from player_stub.render.render_reel import RenderedFilm, render_reel
from player_stub.render.sequence import SUFFIXES, write_sequence
from player_stub.render.settings import DEFAULTS, ReelMedia, RenderSettings
from sizzle.errors import SizzleError
from sizzle.files import scratch_folder
from sizzle.reel.timecode_list import TimecodeList, to_moment


@dataclass(frozen=True, slots=True)
class RenderJob:
    """One film or sequence to render."""

    reel: TimecodeList
    media: ReelMedia
    output: Path
    settings: RenderSettings = DEFAULTS

    def run(self, on_progress: Callable[[int, int], None] | None = None) -> RenderedFilm | None:
        """Render it; None for a sequence. Raises as `render_reel` and `write_sequence`."""
        if self.output.suffix.lower() in SUFFIXES:
            write_sequence(self.reel, self.media, self.output)
            return None
        return render_reel(self.reel, self.media, self.output, self.settings, on_progress)

    @property
    def bed_unchanged(self) -> bool:
        """Whether it is a film whose audio is an unchanged part of the bed."""
        is_film = self.output.suffix.lower() not in SUFFIXES
        return is_film and self.settings.bed_unchanged and self.reel.bed.is_plain


RenderOutcome = RenderedFilm | SizzleError | None
"""A film, an error, or None for a sequence."""


def render_batch(
    jobs: Sequence[RenderJob], workers: int, on_done: Callable[[int, int], None]
) -> list[RenderOutcome]:
    """Run all jobs in parallel; one that fails does not stop the others.

    An interruption ends all of them and leaves no partial files.

    Args:
        jobs: each with its own output.
        workers: how many to run at a time.
        on_done: called with the number of jobs done, and of all.

    Returns:
        The outcome of each job, in their order.
    """
    outcomes: list[RenderOutcome] = [None] * len(jobs)
    with _beds_encoded_once(jobs) as ready, _pool(min(workers, len(jobs))) as pool:
        rest: dict[Future[RenderOutcome], int] = {
            pool.submit(_run_job, job): index for index, job in enumerate(ready)
        }
        while rest:
            for done in wait(rest, return_when=FIRST_COMPLETED).done:
                outcomes[rest.pop(done)] = done.result()
                on_done(len(jobs) - len(rest), len(jobs))
    return outcomes


@contextmanager
def _beds_encoded_once(jobs: Sequence[RenderJob]) -> Iterator[list[RenderJob]]:
    """The jobs, with each bed that several of them would encode, encoded once for all of them."""
    sharing: defaultdict[tuple[Path, Fraction], list[RenderJob]] = defaultdict(list)
    for job in jobs:
        if job.bed_unchanged:
            sharing[job.media.bed, job.reel.rate.to_frame_rate().fraction].append(job)
    with scratch_folder() as scratch:
        made: dict[RenderJob, Path] = {}
        for number, some in enumerate(group for group in sharing.values() if len(group) > 1):
            output = scratch / f"{number}.m4a"
            if _encode_bed(some, output):
                made |= dict.fromkeys(some, output)
        yield [replace(job, media=replace(job.media, aac=made.get(job))) for job in jobs]


def _encode_bed(jobs: Sequence[RenderJob], output: Path) -> bool:
    """Encode the bed from its start to the end of the last reel; False where that is not needed."""
    longest = max(jobs, key=lambda job: job.reel.bed.range.stop.frame)
    reel, media = longest.reel, longest.media
    start = to_moment(reel.rate.to_frame_rate(), 0)
    bed = reel.bed.model_copy(update={"range": reel.bed.range.model_copy(update={"start": start})})
    try:
        if can_be_copied(media.bed):
            return False
        write_audio(reel.model_copy(update={"bed": bed}), media, DEFAULTS, output)
    except SizzleError:
        return False  # each job then reports its own error
    return True


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that end with the block, at once if it fails or is interrupted."""
    # Spawned: a fork would copy the state of the libraries' threads, but not the threads.
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_exit_on_sigterm)
    try:
        yield pool
        pool.shutdown()
    except BaseException:
        for process in pool._processes.values():
            process.terminate()
        pool.shutdown(cancel_futures=True)
        raise


def _exit_on_sigterm() -> None:
    """Have a worker clean up on SIGTERM as on an interruption.

    If its parent is killed outright, it exits at once: nobody waits for its films any more.
    """
    signal.signal(signal.SIGTERM, _stop)
    Thread(target=_exit_with_parent, daemon=True).start()


def _exit_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _stop(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def _run_job(job: RenderJob) -> RenderOutcome:
    try:
        return job.run()
    except SizzleError as error:
        return error
