"""The one place that starts external programs, and where ffmpeg comes from."""

from __future__ import annotations

import logging
import os
import shlex
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import IO

from sizzle.errors import ProcessError

_log = logging.getLogger(__name__)
_LAST_WORDS = 2000
_GUARD = 'read -r _ || kill -9 "$1"'


def run(command: list[str], *, stdin: Iterable[bytes] = (), timeout: float) -> bytes:
    """Run a program to its end and return what it printed on standard output.

    However this process ends, the program does not outlive it.

    Args:
        command: the program and its arguments; no shell reads them.
        stdin: pieces to feed it, made while it runs.
        timeout: seconds after which it is killed.

    Raises:
        ProcessError: it is not there, failed (its last words are in the message) or took too long.
    """
    _log.info("run: %s", shlex.join(command))
    # Files, not pipes: a program that prints more than a pipe holds would wait for us to read
    # while we wait for it to take its input.
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=printed, stderr=complaints
            )
        except OSError as error:
            raise ProcessError(
                f"{command[0]} cannot be started: {error.strerror}.",
                fix="install it, or point SIZZLE_FFMPEG at an ffmpeg that runs.",
            ) from error
        status, late = _feed_and_wait(process, stdin, timeout)
        if status != 0:
            raise ProcessError(
                f"{command[0]} {f'took over {timeout:g} s' if late else f'exited with {status}'}.",
                where=_last_words(complaints),
                fix=f"run it by hand to see more: {shlex.join(command)}",
            )
        printed.seek(0)
        return printed.read()


def ffmpeg() -> str:
    """The ffmpeg to use: `SIZZLE_FFMPEG`, else the one on PATH, else the packaged one."""
    return os.environ.get("SIZZLE_FFMPEG") or shutil.which("ffmpeg") or _packaged_ffmpeg()


@cache
def _packaged_ffmpeg() -> str:
    import imageio_ffmpeg  # only where no other ffmpeg is: importing it costs 50 ms

    path: str = imageio_ffmpeg.get_ffmpeg_exe()
    return path


def _feed_and_wait(
    process: subprocess.Popen[bytes], pieces: Iterable[bytes], timeout: float
) -> tuple[int, bool]:
    """The exit status, and whether the time ran out before."""
    overdue = threading.Event()

    def end() -> None:
        overdue.set()
        process.kill()

    timer = threading.Timer(timeout, end)
    timer.start()
    try:
        with _guarded(process):
            _feed(process, pieces)
            return process.wait(), overdue.is_set()
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        timer.cancel()


@contextmanager
def _guarded(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Have a program end with us even if we are killed outright, and can do nothing any more.

    A shell waits for the end of a pipe that only we hold open. The kernel would do it too
    (PR_SET_PDEATHSIG), but on Linux alone, and only by code that runs between fork and exec,
    which can hang where there are threads.
    """
    shell = shutil.which("sh")
    if shell is None:
        yield
        return
    command = [shell, "-c", _GUARD, "guard", str(process.pid)]
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere) as guard:
        try:
            yield
        finally:
            guard.kill()


def _feed(process: subprocess.Popen[bytes], pieces: Iterable[bytes]) -> None:
    pipe = process.stdin
    assert pipe is not None
    try:
        with pipe:
            for piece in pieces:
                pipe.write(piece)
    except BrokenPipeError:
        pass  # it ended early: its exit status and last words say why


def _last_words(complaints: IO[bytes]) -> str:
    complaints.seek(0, os.SEEK_END)
    complaints.seek(max(0, complaints.tell() - _LAST_WORDS))
    return complaints.read().decode(errors="replace").strip()
