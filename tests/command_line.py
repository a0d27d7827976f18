"""The `sizzle` command as tests run it: each time in a process of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import chdir
from multiprocessing import get_context
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
SIZZLE = [sys.executable, "-c", "from sizzle.cli import main; main()"]
"""Starts the program afresh, for tests of the start, of signals, and of what outlives a kill."""

# To load torch takes two seconds of a processor. A server loads it once; a command is a fork of it.
FORKS = get_context("forkserver")
"""Starts processes in which all that `command_line_preload` names is loaded."""

FORKS.set_forkserver_preload(["tests.command_line_preload"])


def sizzle(
    *arguments: object, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> CompletedProcess[str]:
    """Run `sizzle` to its end in a process of its own; gives its exit code and what it printed."""
    command = ["sizzle", *map(str, arguments)]
    with TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        place = (cwd or Path.cwd()).absolute()
        variables = dict(os.environ if environment is None else environment)
        process = FORKS.Process(target=_run, args=(command, place, variables, out, err))
        with chdir(ROOT):  # where the server finds the tests' modules
            process.start()
        process.join()
        assert process.exitcode is not None
        return CompletedProcess(command, process.exitcode, _read(out), _read(err))


def _run(command: list[str], cwd: Path, environment: Mapping[str, str], *files: Path) -> None:
    for number, path in enumerate(files, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = command
    from sizzle.cli import main

    main()


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
