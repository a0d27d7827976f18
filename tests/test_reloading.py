"""Whatever changes is followed in one way: the last good value stays until a newer one is read."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sizzle.catalog import Catalog
from sizzle.catalog.manifest import ANNOUNCEMENT
from sizzle.reloading import FileReloader, PeriodicRefresh, Reloadable
from tests.catalog import sample_index


class Followed:
    """Something that changes, as files or as a catalog."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file: Path
        self.reloadable: Reloadable[Any]

    def change(self) -> None:
        """Make a newer value."""
        raise NotImplementedError


class FollowedFile(Followed):
    """A number in a file."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.file = folder / "number"
        self.file.write_text("1")
        self.reloadable = FileReloader([self.file], lambda: int(self.file.read_text()))

    def change(self) -> None:
        """Write a longer number."""
        self.file.write_text(self.file.read_text().strip("x") + "1")


class FollowedCatalog(Followed):
    """The announced version of a catalog."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.catalog = Catalog.open(folder)
        self.catalog.publish(sample_index.index("autumn"))
        self.file = folder / ANNOUNCEMENT
        self.reloadable = self.catalog.reader()

    def change(self) -> None:
        """Publish another version."""
        self.catalog.publish(sample_index.index("winter"))


@pytest.fixture(params=[FollowedFile, FollowedCatalog])
def followed(request: pytest.FixtureRequest, tmp_path: Path) -> Followed:
    """Each kind."""
    made: Followed = request.param(tmp_path)
    return made


def test_a_newer_value_takes_over(followed: Followed) -> None:
    """Once it is refreshed, not before; and nothing is replaced where nothing has changed."""
    reloadable = followed.reloadable
    first = reloadable.current
    assert reloadable.refresh()
    assert reloadable.current is first
    followed.change()
    assert reloadable.current is first
    assert reloadable.refresh()
    assert reloadable.current != first


def test_the_last_good_value_stays_and_the_log_says_why_once(
    followed: Followed, caplog: pytest.LogCaptureFixture
) -> None:
    """However often it is refreshed; and it recovers by itself."""
    reloadable, good = followed.reloadable, followed.file.read_bytes()
    first = reloadable.current
    with caplog.at_level(logging.ERROR):
        followed.file.write_bytes(b"xxx")
        assert [reloadable.refresh() for _ in range(3)] == [False] * 3
    assert reloadable.current is first
    assert (reloadable.healthy, len(caplog.records)) == (False, 1)
    assert reloadable.last_error in caplog.text
    followed.file.write_bytes(good)
    followed.change()
    assert reloadable.refresh()
    assert reloadable.current != first


def test_a_thread_follows_as_long_as_it_should(followed: Followed) -> None:
    """Without being asked; afterwards it is gone."""
    first = followed.reloadable.current
    with PeriodicRefresh(0.01, followed.reloadable.refresh):
        followed.change()
        until(lambda: followed.reloadable.current != first)
    assert "periodic-refresh" not in [thread.name for thread in threading.enumerate()]


def until(condition: Callable[[], bool]) -> None:
    """Wait for something."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("taken", [False, True])
def test_a_file_that_has_lost_nearly_all_is_not_healthy(tmp_path: Path, taken: bool) -> None:
    """It stays as it was, or is taken but flagged, until the file changes again."""
    path = tmp_path / "names"
    path.write_text("a " * 30)
    names = FileReloader(
        [path],
        lambda: path.read_text().split(),
        counts=lambda value: {"names": len(value)},
        take_collapsed=taken,
    )
    path.write_text("a " * 4)
    assert names.refresh()
    path.write_text("a " * 30)
    assert names.refresh()
    path.write_text("a " * 3)
    assert not names.refresh()
    assert not names.refresh()
    assert "3 names instead of 30" in names.last_error
    assert len(names.current) == (3 if taken else 30)
    path.write_text("a " * 31)
    assert names.refresh()
    assert len(names.current) == 31
