"""Values that are exchanged for newer ones while requests are answered."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Reloadable(Generic[T]):
    """A value in use. Take `current` once for a request, so that it sees one value throughout.

    Args:
        current: the value.
    """

    def __init__(self, current: T) -> None:
        self.current = current

    def refresh(self) -> bool:
        """Look for a newer value. Returns whether all is well."""
        return True


class FileReloader(Reloadable[T]):
    """A value that is read from files, and read again when one of them changes.

    A newer one that cannot be read leaves the last good one in use, and says so in the log; it is
    tried again when a file changes again.

    Args:
        paths: of the files.
        load: reads the value.

    Raises:
        Exception: what `load` raises, where it fails at the start.
    """

    def __init__(self, paths: Iterable[Path], load: Callable[[], T]) -> None:
        self._paths = tuple(paths)
        self._load = load
        self._seen = self._stamps()
        self._healthy = True
        super().__init__(load())

    def refresh(self) -> bool:
        """Read it again if a file has changed since."""
        stamps = self._stamps()
        if stamps == self._seen:
            return self._healthy
        self._seen = stamps
        try:
            self.current = self._load()
            self._healthy = True
            _log.info("read again: %s", ", ".join(map(str, self._paths)))
        except Exception as error:  # whatever is in the file must not end the thread that recovers
            self._healthy = False
            _log.error("kept the last one: %s", error)
        return self._healthy

    def _stamps(self) -> tuple[object, ...]:
        return tuple(map(_stamp, self._paths))


@dataclass(frozen=True)
class _Stamp:
    """What tells a file from the one that was there before."""

    inode: int
    size: int
    changed: int


def _stamp(path: Path) -> _Stamp | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return _Stamp(stat.st_ino, stat.st_size, stat.st_mtime_ns)


class PeriodicRefresh:
    """Calls something again and again in a thread of its own, until it is closed.

    Args:
        interval: seconds between two calls.
        work: what to call; it raises nothing.
    """

    def __init__(self, interval: float, work: Callable[[], object]) -> None:
        self._interval = interval
        self._work = work
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End, once the call at work is done."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._interval):
            self._work()
