"""The `sizzle` command as tests run it: each time in a process of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory

from tests.forks import start

SIZZLE = [sys.executable, "-c", "from sizzle.cli import main; main()"]
"""Starts the program afresh, for tests of the start, of signals, and of what outlives a kill."""


def sizzle(
    *arguments: object, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> CompletedProcess[str]:
    """Run `sizzle` to its end in a process of its own; gives its exit code and what it printed."""
    command = ["sizzle", *map(str, arguments)]
    with TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        place = (cwd or Path.cwd()).absolute()
        variables = dict(os.environ if environment is None else environment)
        process = start(_run, command, place, variables, out, err)
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
