"""Reports the progress of ffmpeg while it runs."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Progress = Callable[[int, int], None]
"""Called with the frames done and the frames of the media, from a thread of its own."""

_SECONDS = 0.5
_FRAME = re.compile(rb"frame=\s*(\d+)\n")


@contextmanager
def reporting_progress(
    report: Path, done: int, total: int, on_progress: Progress | None
) -> Iterator[None]:
    """Read ffmpeg's progress report repeatedly while the block runs.

    Args:
        report: the file that `-progress` names.
        done: frames done before it started.
        total: frames of the media.
        on_progress: called twice a second, if given.
    """
    if on_progress is None:
        yield
        return
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_SECONDS):
            on_progress(min(done + _frames(report), total), total)

    watcher = threading.Thread(target=watch, name="packaging-progress", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def _frames(report: Path) -> int:
    """Frames done, by the last line that gives them."""
    try:
        counts = _FRAME.findall(report.read_bytes())
    except OSError:
        return 0  # not written yet
    return int(counts[-1]) if counts else 0
