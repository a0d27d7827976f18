"""Runs an iterator ahead of its consumer, in a thread: decoders release the interpreter's lock."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar, cast

T = TypeVar("T")

_END: Final = object()


def prefetch(items: Iterator[T], count: int) -> Generator[T, None, None]:
    """The same items in the same order, up to `count` of them produced in advance.

    An error of the iterator is raised where its item would have been.
    """
    with ThreadPoolExecutor(1) as thread:
        try:
            waiting: deque[Future[T | object]] = deque(
                thread.submit(next, items, _END) for _ in range(count)
            )
            while (item := waiting.popleft().result()) is not _END:
                waiting.append(thread.submit(next, items, _END))
                yield cast(T, item)
        finally:
            thread.shutdown(cancel_futures=True)
