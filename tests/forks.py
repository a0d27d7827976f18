"""Processes that tests start: forks of one that has loaded what the program loads.

To load torch alone takes two seconds of a processor, and more than a second without it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import chdir
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

ROOT = Path(__file__).parent.parent
_SERVER = get_context("forkserver")
# One for all: a process has one such server, which loads what was named last before it starts.
_SERVER.set_forkserver_preload(["tests.forks_preload"])


def start(target: Callable[..., object], *arguments: object) -> ForkServerProcess:
    """Start a process that runs a function of a module, and nothing that tests need besides."""
    process = _SERVER.Process(target=target, args=arguments)
    with chdir(ROOT):  # where the server finds the tests' modules
        process.start()
    return process
