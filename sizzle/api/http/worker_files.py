"""The files in which workers keep their metrics, and from which one of them answers for all.

prometheus_client keeps a worker's values in files of its process id. What dead workers have counted
is moved into one file, or there would be more of them with each worker that is replaced. A file
that cannot be read, as of a worker that was killed while it wrote, costs no other's metrics.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import shutil
import struct
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from prometheus_client import multiprocess
from prometheus_client.metrics_core import Metric
from prometheus_client.mmap_dict import MmapedDict

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable of the folder where workers share their metrics."""

_PREFIX: Final = "sizzle-workers-"
_IN_USE: Final = "in-use"
_LOCK: Final = "lock"
_SUMMED: Final = ("counter", "histogram")
_UNREADABLE: Final = (ValueError, RuntimeError, AttributeError, TypeError, OSError, struct.error)

_log = logging.getLogger(__name__)
_reported: Final[set[Path]] = set()


@contextmanager
def worker_folder() -> Iterator[Path]:
    """A new folder for the files, as long as the context lasts.

    Folders of services that were killed, and could not remove theirs, are removed first.
    """
    _sweep()
    with (
        tempfile.TemporaryDirectory(prefix=_PREFIX) as name,
        (Path(name) / _IN_USE).open("wb") as file,
    ):
        fcntl.flock(file, fcntl.LOCK_EX)
        yield Path(name)


def _sweep() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError), (folder / _IN_USE).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)


@contextmanager
def changing() -> Iterator[None]:
    """While values are set that belong together, or made with a first value that is not theirs."""
    with _locked(fcntl.LOCK_SH):
        yield


@contextmanager
def _locked(how: int) -> Iterator[None]:
    folder = os.environ.get(FOLDER)
    if folder is None:
        yield
        return
    with (Path(folder) / _LOCK).open("wb") as file:
        fcntl.flock(file, how)
        yield


class WorkersCollector:
    """Collects the metrics of all workers, for prometheus_client's registry."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        """The sums, or what else each metric is made of, over all files that can be read."""
        with _locked(fcntl.LOCK_EX):
            files = [str(path) for path in sorted(self._folder.glob("*.db")) if _is_sound(path)]
            return list(multiprocess.MultiProcessCollector.merge(files))  # type: ignore[no-untyped-call]


def forget_process(pid: int) -> None:
    """Remove a worker that has ended from the gauges, and keep what it has counted."""
    if FOLDER not in os.environ:
        return
    folder = Path(os.environ[FOLDER])
    with _locked(fcntl.LOCK_EX):
        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]
        for kind in _SUMMED:
            path = folder / f"{kind}_{pid}.db"
            if path.exists():
                if _is_sound(path):
                    _add(path, folder / f"{kind}_ended.db")
                path.unlink()


def _add(counted: Path, sums: Path) -> None:
    """Add a worker's values to those of the workers that ended before."""
    total = MmapedDict(str(sums))  # type: ignore[no-untyped-call]
    for key, value, timestamp, _ in MmapedDict.read_all_values_from_file(str(counted)):  # type: ignore[no-untyped-call]
        total.write_value(key, total.read_value(key)[0] + value, timestamp)  # type: ignore[no-untyped-call]
    total.close()  # type: ignore[no-untyped-call]


def _is_sound(path: Path) -> bool:
    """Whether a file can be read; the log names one that cannot."""
    try:
        for key, *_ in MmapedDict.read_all_values_from_file(str(path)):  # type: ignore[no-untyped-call]
            _name, _sample, labels, _help = json.loads(key)
            labels.items()
    except _UNREADABLE as error:
        if path not in _reported:
            _reported.add(path)
            _log.error("metrics in %s cannot be read, and are left out: %r", path.name, error)
        return False
    return True
