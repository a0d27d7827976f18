"""Work that a thread does ahead of who needs it: decoders let go of the interpreter's lock."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar, cast

T = TypeVar("T")

_END: Final = object()


def ahead(items: Iterator[T], most: int) -> Generator[T, None, None]:
    """The same items in the same order, of which up to `most` are made before they are asked for.

    What their making raises is raised where the item would have been.
    """
    with ThreadPoolExecutor(1) as thread:
        try:
            waiting: deque[Future[T | object]] = deque(
                thread.submit(next, items, _END) for _ in range(most)
            )
            while (item := waiting.popleft().result()) is not _END:
                waiting.append(thread.submit(next, items, _END))
                yield cast(T, item)
        finally:
            thread.shutdown(cancel_futures=True)
