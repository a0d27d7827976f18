"""What some tests need beside our own: programs as Chromium, nginx and Node.js, and packages.

Without one, the tests that need it are skipped, and the run says which and why. Where `CI=true`
they fail instead: what nobody tried is not proved.
"""

from __future__ import annotations

import os
import shutil
from importlib import import_module
from types import ModuleType
from typing import NoReturn

import pytest

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_SYSTEM = f"{os.environ['PATH']}{os.pathsep}/usr/sbin"  # where Debian has servers


def give_up(why: str) -> NoReturn:
    """Skip the test, or fail it where `CI=true`."""
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


def find_program(*names: str) -> str:
    """The first of these programs that there is, else the test is given up."""
    found = next((path for name in names if (path := shutil.which(name, path=_SYSTEM))), None)
    if found is None:
        give_up(f"NOT TESTED: no {names[0]} on PATH; as root on Debian, `make tools` installs most")
    return found


def find_package(name: str) -> ModuleType:
    """A module of a package that the extra `dev` installs, else the test is given up."""
    try:
        return import_module(name)
    except ImportError as error:
        give_up(f"NOT TESTED: {error}; `pip install -e '.[dev]'` installs it")
