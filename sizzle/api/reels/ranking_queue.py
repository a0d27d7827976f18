"""Who uses the ranker next: one thread has it, and single requests come before batches.

A batch is cut into pieces of a few members. Between two pieces, the single requests that have come
meanwhile are done, and other batches have their turn: a batch delays nobody for longer than a piece
takes, and all batches go on at the same pace.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Generic, TypeVar

from sizzle.api.http.metrics import QUEUE
from sizzle.errors import BusyError

T = TypeVar("T")

_SINGLES_IN_A_ROW: Final = 16  # before a piece of a batch that waits has its turn
_NEWEST: Final = 0.2  # its share of the average time of a member


class QueueFullError(BusyError):
    """More members wait for their rankings than can be ranked soon."""

    slug: ClassVar[str] = "ranking-queue-full"
    title: ClassVar[str] = "Too many rankings are wanted"


@dataclass(frozen=True, slots=True)
class Piece(Generic[T]):
    """A part of a request that is done without a break: a result for each of some members."""

    members: int
    work: Callable[[], list[T]]


class RankingQueue:
    """Does what needs the ranker, in one thread. `do` and `do_batch` belong to an event loop.

    Args:
        max_members: how many members of single requests may wait, and as many of batches.
        max_seconds: how long a request may wait until its first piece is done.
        clock: seconds, never going back.
    """

    def __init__(
        self,
        max_members: int = 5000,
        max_seconds: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_members = max_members
        self._max_seconds = max_seconds
        self._clock = clock
        self._singles, self._batches = _Lane("single"), _Lane("batch")
        self._singles_in_a_row = 0
        self._member_seconds = 0.001
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="ranking", daemon=True)

    async def do(self, work: Callable[[], T]) -> T:
        """Do the work of a single request, ahead of all batches.

        Raises:
            QueueFullError: too many members wait, or this one has waited for too long.
            Exception: whatever the work raises.
        """
        (result,) = await self._add(self._singles, [Piece(1, lambda: [work()])])
        return result

    async def do_batch(self, pieces: Iterable[Piece[T]]) -> list[T]:
        """Do the pieces of a batch. Returns their results, joined. Raises as `do`."""
        return await self._add(self._batches, pieces)

    async def _add(self, lane: _Lane, pieces: Iterable[Piece[T]]) -> list[T]:
        job = _Job(pieces, self._clock() + self._max_seconds)
        with self._changed:
            if lane.waiting and lane.waiting + job.members > self._max_members:
                raise self._full(lane)
            lane.add(job)
            if not self._thread.is_alive():
                self._thread.start()
            self._changed.notify()
        return await job.future

    def _full(self, lane: _Lane) -> QueueFullError:
        seconds = max(1, round(lane.waiting * self._member_seconds))
        what = f"{lane.waiting} members wait for their rankings."
        return QueueFullError(what, retry_after=seconds)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._singles.jobs or self._batches.jobs)
                lane = self._next_lane()
                job = lane.jobs.popleft()
            self._do_piece(job, lane)

    def _next_lane(self) -> _Lane:
        """Where the next job is; the lock is held."""
        is_batch_due = self._batches.jobs and self._singles_in_a_row >= _SINGLES_IN_A_ROW
        if self._singles.jobs and not is_batch_due:
            self._singles_in_a_row += 1
            return self._singles
        self._singles_in_a_row = 0
        return self._batches

    def _do_piece(self, job: _Job[Any], lane: _Lane) -> None:
        before, start = job.members, self._clock()
        if job.has_begun or start <= job.deadline:
            job.do_piece()
        else:
            job.fail(self._full(lane))
        done = before - job.members
        with self._changed:
            lane.count(-done)
            seconds = (self._clock() - start) / max(1, done)
            self._member_seconds += _NEWEST * (seconds - self._member_seconds)
            if job.members:
                lane.jobs.append(job)


class _Lane:
    """Jobs that wait, and how many members they are for; its owner holds a lock."""

    def __init__(self, name: str) -> None:
        self.jobs: deque[_Job[Any]] = deque()
        self.waiting = 0
        self._gauge = QUEUE.labels(name)
        self._shown = 0

    def add(self, job: _Job[Any]) -> None:
        """Add a job behind all others."""
        self.jobs.append(job)
        self.count(job.members)

    def count(self, members: int) -> None:
        """Count members who begin to wait, or who no longer do.

        The gauge is not set for each: where several workers share the metrics, that takes as long
        as a tenth of a ranking. It may be off by one in eight, and by one more.
        """
        self.waiting += members
        off = abs(self.waiting - self._shown)
        if off > 1 + self._shown // 8 or (off and not self.waiting):
            self._gauge.set(self.waiting)
            self._shown = self.waiting


class _Job(Generic[T]):
    """A request's pieces.

    Attributes:
        members: for whom pieces are left; 0 once the request is answered.
        has_begun: whether a piece is done.
        future: the results.
    """

    def __init__(self, pieces: Iterable[Piece[T]], deadline: float) -> None:
        self._pieces = deque(pieces)
        self._results: list[T] = []
        self._loop = asyncio.get_running_loop()
        self.members = sum(piece.members for piece in self._pieces)
        self.deadline = deadline
        self.has_begun = False
        self.future: asyncio.Future[list[T]] = self._loop.create_future()

    def do_piece(self) -> None:
        """Do the next piece; hand over the results after the last one."""
        self.has_begun = True
        piece = self._pieces.popleft()
        self.members -= piece.members
        if self.future.cancelled():
            self.members = 0
            return
        try:
            self._results += piece.work()
        except Exception as error:  # whatever it is belongs to whoever waits for it
            self.fail(error)
        else:
            if not self._pieces:
                self._settle(lambda: self.future.set_result(self._results))

    def fail(self, error: Exception) -> None:
        """Do no more, and raise this where the results are waited for."""
        self.members = 0
        self._settle(lambda: self.future.set_exception(error))

    def _settle(self, settle: Callable[[], None]) -> None:
        def if_waiting() -> None:
            if not self.future.done():
                settle()

        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(if_waiting)
