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
_NEVER: Final = object()  # no stamp is equal to it

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


class ChangeReloader(Reloadable[T]):
    """A value that is read again when it has changed where it comes from.

    What could not be read is tried again when it changes again.

    Args:
        stamp: gives something that is another one after each change.
        load: reads the value.
        name: of where it comes from, for people.
        counts: how many of what a value has. A newer value that has lost nine tenths of anything is
            not taken, as one that cannot be read.
        take_collapsed: take such a value all the same, but do not call it healthy until it changes
            again.

    Raises:
        Exception: what `stamp` or `load` raises, where it fails at the start.
    """

    def __init__(
        self,
        stamp: Callable[[], object],
        load: Callable[[], T],
        *,
        name: str,
        counts: Callable[[T], Mapping[str, int]] = lambda _: {},
        take_collapsed: bool = False,
    ) -> None:
        self._stamp = stamp
        self._load = load
        self._name = name
        self._counts = counts
        self._take_collapsed = take_collapsed
        self._seen: object = _NEVER
        self._failed = ""
        super().__init__(self.first())
        self.healthy, self.last_error = not self._failed, self._failed

    def __str__(self) -> str:
        return self._name

    def first(self) -> T:
        """The value at the start. Raises what `stamp` or `load` does."""
        self._seen = self._stamp()
        return self._load()

    def fail(self, error: Exception) -> None:
        """Begin with another value, since the right one cannot be read for a while."""
        self._seen, self._failed = _NEVER, str(error)

    def refresh(self) -> bool:
        """Read the value again if it has changed. Returns whether all is well."""
        if self._is_unchanged():
            return self.healthy
        before = self._counts(self.current)
        well = super().refresh()
        lost = collapse(before, self._counts(self.current))
        if well and lost:
            self.healthy, self.last_error = False, lost
            _log.error("%s: %s", self, lost)
        return self.healthy

    def newest(self, current: T) -> T:
        """The value as it is now. Raises CollapsedError, or what `stamp` or `load` does."""
        seen, self._seen = self._seen, _NEVER  # if that fails, it is asked again
        stamp = self._stamp()
        self._seen = stamp
        if stamp == seen:
            return current
        value = self._load()
        lost = collapse(self._counts(current), self._counts(value))
        if lost and not self._take_collapsed:
            raise CollapsedError(lost, fix="restore the file; if it is right, restart the service.")
        _log.info("%s: read again", self)
        return value

    def _is_unchanged(self) -> bool:
        try:
            return self._stamp() == self._seen
        except Exception:  # whatever it is: `newest` meets it again, and says it
            return False


class FileReloader(ChangeReloader[T]):
    """A value that is read from files, and read again when one of them changes.

    Args:
        paths: of the files.
        load: reads the value.
        counts: as `ChangeReloader`.
        take_collapsed: as `ChangeReloader`.

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
        files = tuple(paths)
        super().__init__(
            lambda: file_stamps(files),
            load,
            name=", ".join(map(str, files)),
            counts=counts,
            take_collapsed=take_collapsed,
        )


def collapse(before: Mapping[str, int], after: Mapping[str, int]) -> str:
    """What has lost nine tenths or more, in words; empty where nothing has."""
    for name, count in before.items():
        if count and after[name] <= count * _COLLAPSED:
            return f"There are {after[name]} {name} instead of {count}."
    return ""


def file_stamps(paths: Iterable[Path]) -> object:
    """Something that is another one once a file was replaced, written or removed."""
    return tuple(map(_stamp, paths))


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
