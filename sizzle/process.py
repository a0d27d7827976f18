"""Starts external programs, and finds the ffmpeg to use; no other module does."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import IO, Final

from sizzle import ffmpeg_abilities
from sizzle.errors import DiskFullError, ProcessError
from sizzle.ffmpeg_abilities import FfmpegError

VARIABLE: Final = "SIZZLE_FFMPEG"
"""The environment variable that names another ffmpeg than the packaged one."""

_FIX: Final = f"unset {VARIABLE} to use the packaged ffmpeg, or set it to the path of another one."

_log = logging.getLogger(__name__)
_SHOWN_BYTES = 2000  # of a program's standard error, for the message of an error
_LITTLE = 1 << 16  # bytes
_DISK_FULL = re.compile(f"{os.strerror(errno.ENOSPC)}|{os.strerror(errno.EDQUOT)}")
_GUARD = 'read -r _ || kill -9 "$1"'
_ASKING: Final = 60.0  # seconds for ffmpeg to list its abilities, which takes milliseconds
_LARGEST_FORKED: Final = 1 << 30  # bytes of address space, which a fork inherits


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
            raise _failure(command, status, timeout if late else None, complaints)
        printed.seek(0)
        return printed.read()


def run_module(module: str, argument: str, *, timeout: float) -> bytes:
    """Run `main` of a module of ours in a process of its own and return its standard output.

    Where that is safe, the process is a fork: it need not load again what this one has loaded,
    which takes a new interpreter longer than most of what is done so.

    Args:
        module: as `python -m` takes it.
        argument: its only one.
        timeout: seconds after which it is killed.

    Raises:
        ProcessError: it failed (the end of its standard error is in the message) or took too long.
    """
    command = [sys.executable, "-m", module, argument]
    if not _may_fork():
        return run(command, timeout=timeout)
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as complaints:
        files = (printed.fileno(), complaints.fileno())
        start = os.pipe()
        fork = get_context("fork").Process(target=_become, args=(module, argument, files, start))
        fork.start()
        os.close(start[0])
        with os.fdopen(start[1], "wb", buffering=0) as starter, _guarded(fork.pid):
            with suppress(BrokenPipeError):  # it has ended, and its exit code says how
                starter.write(b".")
            fork.join(timeout)
            late = fork.is_alive()
            fork.kill()
            fork.join()
        if fork.exitcode:
            raise _failure(command, fork.exitcode, timeout if late else None, complaints)
        printed.seek(0)
        return printed.read()


def _may_fork() -> bool:
    """Whether no other thread may hold a lock now, and a fork has room below limits of its own."""
    if sys.platform != "linux" or len(list(Path("/proc/self/task").iterdir())) > 1:
        return False
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE") < _LARGEST_FORKED


def _become(module: str, argument: str, files: tuple[int, int], start: tuple[int, int]) -> None:
    # Nothing is done before the guard is there: this process would outlive one killed meanwhile.
    os.close(start[1])
    if not os.read(start[0], 1):
        return
    for number, file in enumerate(files, start=1):
        os.dup2(file, number)
    sys.stdout, sys.stderr = (open(number, "w", closefd=False) for number in (1, 2))  # noqa: SIM115
    sys.argv = [module, argument]
    import_module(module).main()


class LineProgram:
    """A program that answers each line of its input with a line, and ends when its input does.

    It is started for the first line, and again where it has ended. However this process ends, the
    input does so too, and with it the program. Use it from one thread.

    Args:
        command: the program and its arguments; they do not pass through a shell.
    """

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        # Else the program would go on after what is cut off for each line.
        fcntl.fcntl(self._complaints, fcntl.F_SETFL, os.O_APPEND)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> LineProgram:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        self._complaints.close()

    def answer(self, line: str) -> str:
        """The answer to a line; neither has its end.

        Raises:
            ProcessError: the program ended instead.
        """
        process = self._process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        self._complaints.truncate(0)
        with suppress(BrokenPipeError):  # then there is no answer
            process.stdin.write(line.encode() + b"\n")
            process.stdin.flush()
        answer = process.stdout.readline()
        if not answer.endswith(b"\n"):
            raise _failure(self._command, self._end(), None, self._complaints)
        return answer.decode().removesuffix("\n")

    def complaints(self) -> str:
        """The end of what it has written to its standard error since the last line."""
        return _end_of(self._complaints)

    def _start(self) -> subprocess.Popen[bytes]:
        _log.info("run: %s", shlex.join(self._command))
        pipe = subprocess.PIPE
        return subprocess.Popen(self._command, stdin=pipe, stdout=pipe, stderr=self._complaints)

    def _end(self) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        with suppress(BrokenPipeError), process:  # closes the pipes, and waits
            pass
        return process.returncode


def ffmpeg(*encoders: str) -> str:
    """The ffmpeg to use: the one that `SIZZLE_FFMPEG` names, else that of imageio-ffmpeg.

    `SIZZLE_FFMPEG` is a path, or a name to look up on PATH. An ffmpeg that just happens to be on
    PATH is never used: the output would depend on the machine. Each is asked for its version and
    abilities once per process.

    Args:
        encoders: that are needed beside those that every ffmpeg must have, such as `libsvtav1`.

    Raises:
        FfmpegError: there is none, it does not run, or it lacks something that we need.
    """
    wanted = os.environ.get(VARIABLE)
    path = _found(wanted) if wanted else _packaged_ffmpeg()
    facts = Path(path).stat()
    build = _read_ffmpeg(path, facts.st_mtime_ns, facts.st_size)
    ffmpeg_abilities.check(build, path, _FIX, encoders)
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
def _read_ffmpeg(path: str, mtime_ns: int, size: int) -> ffmpeg_abilities.Build:
    """Ask an ffmpeg what it can do, again only where the file was replaced."""
    try:
        printed = {
            name: run([path, "-hide_banner", *question], timeout=_ASKING).decode(errors="replace")
            for name, question in ffmpeg_abilities.QUESTIONS.items()
        }
    except ProcessError as error:
        raise FfmpegError(
            f"Its abilities cannot be listed: {error.what}", where=path, fix=_FIX
        ) from error
    return ffmpeg_abilities.read_build(printed)


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
        with _guarded(process.pid):
            _feed(process, pieces)
            return process.wait(), overdue.is_set()
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        timer.cancel()


@contextmanager
def _guarded(pid: int | None) -> Iterator[None]:
    """Kill a program when this process ends, even if it is killed itself and can do nothing.

    A shell waits for the end of a pipe that only this process holds open. The kernel could do it
    too (PR_SET_PDEATHSIG), but only on Linux, and only by code that runs between fork and exec,
    which can hang in a process with threads.
    """
    shell = shutil.which("sh")
    if shell is None:
        yield
        return
    command = [shell, "-c", _GUARD, "guard", str(pid)]
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


def _failure(
    command: list[str], status: int | None, overdue: float | None, complaints: IO[bytes]
) -> ProcessError | DiskFullError:
    said = _end_of(complaints)
    if _DISK_FULL.search(said) or (not said and _is_full(Path(tempfile.gettempdir()))):
        return DiskFullError(
            f"{Path(command[0]).name} could not write its output: the disk is full.",
            where=said,
            fix="free space on the disk of the output and on that of temporary files (TMPDIR), and "
            "run it again.",
        )
    ended = f"exited with {status}" if overdue is None else f"took over {overdue:g} s"
    return ProcessError(
        f"{command[0]} {ended}.",
        where=said,
        fix=f"run it by hand to see more: {shlex.join(command)}",
    )


def _is_full(folder: Path) -> bool:
    """Whether a disk is so full that a program cannot even write what is wrong."""
    return shutil.disk_usage(folder).free < _LITTLE


def _end_of(complaints: IO[bytes]) -> str:
    complaints.seek(0, os.SEEK_END)
    complaints.seek(max(0, complaints.tell() - _SHOWN_BYTES))
    return complaints.read().decode(errors="replace").strip()
