"""Starts external programs, and finds the ffmpeg to use; no other module does."""

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
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Final

from sizzle import ffmpeg_abilities
from sizzle.errors import ProcessError
from sizzle.ffmpeg_abilities import FfmpegError

VARIABLE: Final = "SIZZLE_FFMPEG"
"""The environment variable that names another ffmpeg than the packaged one."""

_log = logging.getLogger(__name__)
_SHOWN_BYTES = 2000  # of a program's standard error, for the message of an error
_GUARD = 'read -r _ || kill -9 "$1"'
_ASKING: Final = 60.0  # seconds for ffmpeg to list its abilities, which takes milliseconds


def run(command: list[str], *, stdin: Iterable[bytes] = (), timeout: float) -> bytes:
    """Run a program to its end and return its standard output.

    However this process ends, the program does not outlive it.

    Args:
        command: the program and its arguments; they do not pass through a shell.
        stdin: its standard input in pieces, made while it runs.
        timeout: seconds after which it is killed.

    Raises:
        ProcessError: it cannot be started, failed (the end of its standard error is in the message)
            or took too long.
    """
    _log.info("run: %s", shlex.join(command))
    # Files, not pipes: a program that prints more than a pipe holds would wait for us to read it,
    # while we wait for the program to read its input.
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=printed, stderr=complaints
            )
        except OSError as error:
            raise ProcessError(
                f"{command[0]} cannot be started: {error.strerror}.",
                fix="check that it is installed and that you may run it.",
            ) from error
        status, late = _feed_and_wait(process, stdin, timeout)
        if status != 0:
            raise ProcessError(
                f"{command[0]} {f'took over {timeout:g} s' if late else f'exited with {status}'}.",
                where=_end_of(complaints),
                fix=f"run it by hand to see more: {shlex.join(command)}",
            )
        printed.seek(0)
        return printed.read()


def ffmpeg() -> str:
    """The ffmpeg to use: the one that `SIZZLE_FFMPEG` names, else that of imageio-ffmpeg.

    `SIZZLE_FFMPEG` is a path, or a name to look up on PATH. An ffmpeg that just happens to be on
    PATH is never used: the output would depend on the machine. Each is asked for its version and
    abilities once per process.

    Raises:
        FfmpegError: there is none, it does not run, or it lacks something that we need.
    """
    wanted = os.environ.get(VARIABLE)
    path = _found(wanted) if wanted else _packaged_ffmpeg()
    facts = Path(path).stat()
    _check_ffmpeg(path, facts.st_mtime_ns, facts.st_size)
    return path


def _found(wanted: str) -> str:
    path = shutil.which(wanted)
    if path is None:
        raise FfmpegError(
            f"{VARIABLE} is {wanted!r}, and there is no such program.",
            fix=f"set {VARIABLE} to the path of an ffmpeg, or unset it to use the packaged one.",
        )
    return path


@cache
def _packaged_ffmpeg() -> str:
    """The pinned binary in the wheel of imageio-ffmpeg.

    Its own `get_ffmpeg_exe` would fall back to conda's, then to whatever is on PATH; and importing
    it costs 50 ms.
    """
    spec = find_spec("imageio_ffmpeg")
    for folder in (spec and spec.submodule_search_locations) or ():
        for path in sorted(Path(folder, "binaries").glob("ffmpeg-*")):
            return str(path)
    raise FfmpegError(
        "The package imageio-ffmpeg holds no ffmpeg for this system.",
        fix=f"install an ffmpeg, and set {VARIABLE} to its path.",
    )


@cache
def _check_ffmpeg(path: str, mtime_ns: int, size: int) -> None:
    """Ask an ffmpeg what it can do, again only where the file was replaced."""
    fix = f"unset {VARIABLE} to use the packaged ffmpeg, or set it to the path of another one."
    try:
        printed = {
            name: run([path, "-hide_banner", *question], timeout=_ASKING).decode(errors="replace")
            for name, question in ffmpeg_abilities.QUESTIONS.items()
        }
    except ProcessError as error:
        raise FfmpegError(
            f"Its abilities cannot be listed: {error.what}", where=path, fix=fix
        ) from error
    ffmpeg_abilities.check(ffmpeg_abilities.read_build(printed), path, fix)


def _feed_and_wait(
    process: subprocess.Popen[bytes], pieces: Iterable[bytes], timeout: float
) -> tuple[int, bool]:
    """The exit status, and whether the timeout ended it."""
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
    """Kill a program when this process ends, even if it is killed itself and can do nothing.

    A shell waits for the end of a pipe that only this process holds open. The kernel could do it
    too (PR_SET_PDEATHSIG), but only on Linux, and only by code that runs between fork and exec,
    which can hang in a process with threads.
    """
    shell = shutil.which("sh")
    if shell is None:
        yield
        return
    command = [shell, "-c", _GUARD, "guard", str(process.pid)]
    devnull = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=devnull, stderr=devnull) as guard:
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
        pass  # it ended early; its exit status and standard error say why


def _end_of(complaints: IO[bytes]) -> str:
    complaints.seek(0, os.SEEK_END)
    complaints.seek(max(0, complaints.tell() - _SHOWN_BYTES))
    return complaints.read().decode(errors="replace").strip()
