"""One durable commit for all that wait: a commit waits for the disk, however much it holds."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Final, Generic, TypeVar

from sizzle.errors import BusyError, SizzleError

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

_MAX_GROUP: Final = 2000  # items of one commit
_MAX_WAITING: Final = 20_000  # items: seconds of work
_RETRY_SECONDS: Final = 1.0


class GroupCommit(Generic[Item, Outcome]):
    """Commits, in a thread of its own, what other threads submit.

    Args:
        commit: commits items durably; gives an outcome for each, in their order.
    """

    def __init__(self, commit: Callable[[Sequence[Item]], Sequence[Outcome]]) -> None:
        self._commit = commit
        self._waiting: deque[tuple[Sequence[Item], Future[Sequence[Outcome]]]] = deque()
        self._items = 0
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def submit(self, items: Sequence[Item]) -> Future[Sequence[Outcome]]:
        """Commit items, together with others that wait.

        Returns:
            Their outcomes once they are durable, or the error for which none of them is.

        Raises:
            BusyError: too many wait.
        """
        future: Future[Sequence[Outcome]] = Future()
        with self._changed:
            if self._closed or self._items + len(items) > _MAX_WAITING:
                raise BusyError("Too many events wait to be stored.", retry_after=_RETRY_SECONDS)
            if self._thread is None:  # not before it is needed: a process may fork until then
                self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
                self._thread.start()
            self._waiting.append((items, future))
            self._items += len(items)
            self._changed.notify()
        return future

    def close(self) -> None:
        """Commit what waits, then end the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while group := self._next_group():
            self._settle(group)

    def _next_group(self) -> list[tuple[Sequence[Item], Future[Sequence[Outcome]]]]:
        """What waits, up to the size of a group; empty once closed."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._waiting) or self._closed)
            group: list[tuple[Sequence[Item], Future[Sequence[Outcome]]]] = []
            size = 0
            while self._waiting and (not group or size + len(self._waiting[0][0]) <= _MAX_GROUP):
                group.append(self._waiting.popleft())
                size += len(group[-1][0])
            self._items -= size
            return group

    def _settle(self, group: list[tuple[Sequence[Item], Future[Sequence[Outcome]]]]) -> None:
        try:
            outcomes = self._commit([item for items, _ in group for item in items])
        except SizzleError as error:
            for _, future in group:
                future.set_exception(error)
        except Exception as error:  # one that the program did not foresee costs no other
            if len(group) == 1:
                group[0][1].set_exception(error)
                return
            for one in group:
                self._settle([one])
        else:
            start = 0
            for items, future in group:
                future.set_result(outcomes[start : start + len(items)])
                start += len(items)
