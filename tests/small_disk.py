"""A disk that is soon full, for real."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own in a folder; skips the test where none can be mounted."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no `mount` here, so a full disk is NOT proved")
    if mounted.returncode:
        pytest.skip(f"cannot mount a tmpfs here, so a full disk is NOT proved: {mounted.stderr}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def filled(disk: Path, room_left: int = 0) -> Iterator[None]:
    """Leave no more room on a disk than that many bytes while the block runs."""
    ballast, room = disk / "ballast", os.statvfs(disk)
    try:
        with suppress(OSError):  # others may have taken some of the room meanwhile
            ballast.write_bytes(bytes(room.f_bavail * room.f_bsize - room_left))
        yield
    finally:
        ballast.unlink()
