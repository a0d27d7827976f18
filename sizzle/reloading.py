"""Values that newer ones replace while requests are answered: one way to follow all changes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, Self, TypeVar

from sizzle.errors import InputError

T = TypeVar("T")

_COLLAPSED: Final = 0.1  # of what there was before

_log = logging.getLogger(__name__)


class Reloadable(Generic[T]):
    """A value in use. Take `current` once for a request, so that it sees one value throughout.

    Here it never changes; subclasses follow something that does. Safe to share between threads.

    Args:
        current: the value.

    Attributes:
        healthy: whether the last attempt to read a newer value went well.
        last_error: what went wrong last, however long ago; empty if nothing ever did.
    """

    def __init__(self, current: T) -> None:
        self.current = current
        self.healthy = True
        self.last_error = ""
        self._refreshing = threading.Lock()

    def refresh(self) -> bool:
        """Replace the value if there is a newer one.

        One that cannot be read leaves the last good one in use, and the log says why.

        Returns:
            Whether all is well.
        """
        with self._refreshing:
            try:
                self.current = self.newest(self.current)
                self.healthy = True
            except Exception as error:  # whatever it is must not end the thread that recovers
                what = str(error) or repr(error)
                if self.healthy or what != self.last_error:
                    _log.error("%s: the last good value stays in use: %s", self, what)
                self.healthy, self.last_error = False, what
            return self.healthy

    def newest(self, current: T) -> T:
        """The value that should be in use, which is `current` where nothing has changed.

        Raises:
            Exception: a newer one cannot be read.
        """
        return current


class CollapsedError(InputError):
    """A file that has a tenth of what it had: it was cut off, or another one took its place."""


class FileReloader(Reloadable[T]):
    """A value that is read from files, and read again when one of them changes.

    What could not be read is tried again when a file changes again.

    Args:
        paths: of the files.
        load: reads the value.
        counts: how many of what a value has. A newer value that has lost nine tenths of anything is
            not taken, as one that cannot be read.
        take_collapsed: take such a value all the same, but do not call it healthy until a file
            changes again.

    Raises:
        Exception: what `load` raises, where it fails at the start.
    """

    def __init__(
        self,
        paths: Iterable[Path],
        load: Callable[[], T],
        *,
        counts: Callable[[T], Mapping[str, int]] = lambda _: {},
        take_collapsed: bool = False,
    ) -> None:
        self._paths = tuple(paths)
        self._load = load
        self._counts = counts
        self._take_collapsed = take_collapsed
        self._seen = self._stamps()
        super().__init__(load())

    def __str__(self) -> str:
        return ", ".join(map(str, self._paths))

    def refresh(self) -> bool:
        """Read the value again if a file has changed. Returns whether all is well."""
        if self._stamps() == self._seen:
            return self.healthy
        before = self._counts(self.current)
        well = super().refresh()
        lost = collapse(before, self._counts(self.current))
        if well and lost:
            self.healthy, self.last_error = False, lost
            _log.error("%s: %s", self, lost)
        return self.healthy

    def newest(self, current: T) -> T:
        """The value as it is now in the files. Raises CollapsedError, or what `load` does."""
        stamps = self._stamps()
        if stamps == self._seen:
            return current
        self._seen = stamps
        value = self._load()
        lost = collapse(self._counts(current), self._counts(value))
        if lost and not self._take_collapsed:
            raise CollapsedError(lost, fix="restore the file; if it is right, restart the service.")
        _log.info("%s: read again", self)
        return value

    def _stamps(self) -> tuple[object, ...]:
        return tuple(map(_stamp, self._paths))


def collapse(before: Mapping[str, int], after: Mapping[str, int]) -> str:
    """What has lost nine tenths or more, in words; empty where nothing has."""
    for name, count in before.items():
        if count and after[name] <= count * _COLLAPSED:
            return f"There are {after[name]} {name} instead of {count}."
    return ""


@dataclass(frozen=True)
class _Stamp:
    """Distinguishes a file from the one that was there before."""

    inode: int
    size: int
    modified_ns: int


def _stamp(path: Path) -> _Stamp | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return _Stamp(stat.st_ino, stat.st_size, stat.st_mtime_ns)


class PeriodicRefresh:
    """Calls a function repeatedly in a thread of its own, as long as its context lasts.

    Args:
        interval: seconds between two calls.
        refresh: the function; it raises nothing.
    """

    def __init__(self, interval: float, refresh: Callable[[], object]) -> None:
        self._interval = interval
        self._refresh = refresh
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="periodic-refresh", daemon=True)

    def __enter__(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it, once a call in progress is done."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._interval):
            self._refresh()
