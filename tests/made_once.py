"""What several processes of one test run need, made by the first that asks for it."""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], T]) -> T:
    """What `make` returned for a new folder of that name, in this process or in another one.

    No test may change what is in the folder: all of the run read it.
    """
    base = factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, kept = root / f"once-{name}", root / f"once-{name}.pickle"
    with locked(root / f"once-{name}.lock"):
        if not kept.exists():
            folder.mkdir()
            kept.write_bytes(pickle.dumps(make(folder)))
        made: T = pickle.loads(kept.read_bytes())
        return made


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time run the block, of all that name this file."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
