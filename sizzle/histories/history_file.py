"""The file of histories from before there was a log of events."""

from __future__ import annotations

from pathlib import Path

from ranker import LoggedHistories, ViewingLog


def read_history_file(path: Path, *, optional: bool) -> LoggedHistories:
    """The histories of a JSON Lines file.

    Args:
        path: the file.
        optional: whether there need not be one: it has nothing then.

    Raises:
        HistoryError: it cannot be read.
    """
    if optional and not path.exists():
        return LoggedHistories(ViewingLog.from_events(()))
    return LoggedHistories.read(path)
