"""What all tests share: property tests that fail for what they find, never for a slow machine."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import typer.testing
from hypothesis import settings
from sqlalchemy import URL

from tests.databases import KINDS, new_database

# What collecting loads stays: to look for garbage in it takes more than a second in each process.
gc.disable()
_SELDOM = 50_000  # objects that came and did not go, where Python counts to 700

settings.register_profile("anywhere", deadline=None)
# The same examples each time: a build is red for what a change did, not for its luck.
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "anywhere")

# Commands are read from their functions once, not each time that a test runs one.
typer.testing._get_command = cache(typer.main.get_command)  # type: ignore[attr-defined]

# No test touches the state folder of whoever runs it, nor do processes that tests start.
_DATA_HOME = TemporaryDirectory(prefix="sizzle-tests-")
os.environ["XDG_DATA_HOME"] = _DATA_HOME.name
os.environ.pop("SIZZLE_STATE", None)


@pytest.fixture(params=KINDS)
def url(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> URL:
    """A database of each kind, with empty tables."""
    return new_database(request.param, tmp_path, tmp_path_factory)


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Take back what a command that logs as JSON sets for its whole process."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.setLevel(level)
    for handler in [handler for handler in root.handlers if handler not in handlers]:
        root.removeHandler(handler)


def pytest_collection_finish() -> None:
    """Look for garbage again, among what tests make, and seldom: most of it is no cycle."""
    gc.freeze()
    gc.set_threshold(_SELDOM)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start what takes long before all others."""
    items.sort(key=lambda item: item.get_closest_marker("first") is None)
