"""Following a catalog: refresh, last good version, recovery and status."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sizzle.catalog import Catalog, CatalogError, NotFoundError, Reader
from sizzle.catalog.folder import FolderStorage
from sizzle.catalog.manifest import ANNOUNCEMENT, manifest_name
from sizzle.catalog.storage import Storage
from sizzle.reloading import PeriodicRefresh
from tests.catalog import sample_index


@pytest.fixture
def faulty(tmp_path: Path) -> FolderStorage:
    """A catalog in a folder, version 1 of which is announced."""
    storage = FolderStorage(tmp_path / "catalog")
    Catalog(storage).publish(sample_index.index(titles=("saga",)))
    return storage


def test_a_reader_follows_publications_pins_and_rollbacks(catalog: Catalog) -> None:
    """Whatever is announced or pinned is what the next refresh serves."""
    reader = catalog.reader()
    assert (reader.status().version, reader.assets(), reader.status().healthy) == (0, (), True)
    catalog.publish(sample_index.index("autumn"))
    assert reader.refresh()
    catalog.publish(sample_index.index("winter"))
    assert reader.assets() == ("autumn",)
    assert reader.refresh()
    assert reader.assets() == ("autumn", "winter")
    catalog.pin(1)
    catalog.publish(sample_index.index("spring"))
    assert reader.refresh()
    status = reader.status()
    assert (status.version, status.announced, status.pinned) == (1, 3, 1)
    catalog.unpin()
    catalog.rollback()
    assert reader.refresh()
    assert (reader.status().version, reader.status().pinned) == (2, None)


def test_an_unchanged_asset_is_not_opened_again(catalog: Catalog) -> None:
    """A new version maps only what changed; the rest is the very same index."""
    catalog.publish(sample_index.index("autumn"), sample_index.index("winter"))
    reader = catalog.reader()
    autumn, winter = reader.index("autumn"), reader.index("winter")
    catalog.publish(sample_index.index("winter", lengths=(40,) * 8))
    reader.refresh()
    assert reader.index("autumn") is autumn
    assert reader.index("winter") is not winter
    assert winter.clips_of("saga", 160)


def test_the_background_thread_follows_and_stops(catalog: Catalog) -> None:
    """Started, it serves a publication without being asked; closed, it is gone."""
    reader = catalog.reader()
    with PeriodicRefresh(0.01, reader.refresh):
        catalog.publish(sample_index.index())
        deadline = time.monotonic() + 5
        while not reader.assets() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert reader.assets() == ("autumn",)
    assert "periodic-refresh" not in [thread.name for thread in threading.enumerate()]


def _tear_announcement(storage: Storage) -> None:
    blob = storage.read(ANNOUNCEMENT)
    assert blob is not None
    storage.put(ANNOUNCEMENT, blob.data[:-1])


def _tear_manifest(storage: Storage) -> None:
    storage.put(manifest_name(2), b"torn")


def _damage_segment(storage: Storage) -> None:
    for entry in storage.list("segments"):
        blob = storage.read(entry.name)
        assert blob is not None
        middle = len(blob.data) // 2
        storage.put(entry.name, blob.data[:middle] + b"x" + blob.data[middle + 1 :])


def _lose_segments(storage: Storage) -> None:
    for entry in storage.list("segments"):
        storage.delete(entry.name)


@pytest.mark.parametrize(
    ("harm", "words", "announced"),
    [
        (_tear_announcement, "torn", 1),
        (lambda storage: storage.delete(ANNOUNCEMENT), "missing", 1),
        (lambda storage: storage.put(ANNOUNCEMENT, b"{}\n[]"), "torn", 1),
        (lambda storage: storage.put(ANNOUNCEMENT, b""), "torn", 1),
        (_tear_manifest, "torn", 2),
        (lambda storage: storage.delete(manifest_name(2)), "no version 2", 2),
        (_damage_segment, "damaged", 2),
        (_lose_segments, "missing", 2),
    ],
)
def test_what_cannot_be_used_leaves_the_last_good_version(
    faulty: FolderStorage, harm: Callable[[Storage], None], words: str, announced: int
) -> None:
    """The reader serves on, says why and what is announced, and recovers when all is well again."""
    reader = Reader(faulty)
    held = reader.index("autumn")
    Catalog(faulty).publish(
        sample_index.index(titles=("saga", "tide")), checks=sample_index.ANY_CHANGE
    )
    harm(faulty)
    for _ in range(2):
        assert not reader.refresh()
        assert reader.index("autumn") is held
        assert held.clip("saga-clip-8").source.end == 720
    assert words in reader.status().last_error
    status = reader.status()
    assert (status.version, status.announced, status.healthy) == (1, announced, False)
    catalog = Catalog(faulty)
    catalog.announce(0)
    catalog.publish(sample_index.index(titles=("moth",)))
    assert reader.refresh()
    assert reader.index("autumn").has_title("moth")
    assert reader.status().healthy
    assert words in reader.status().last_error


def test_an_older_announcement_is_not_followed(faulty: FolderStorage) -> None:
    """A stale copy that lands over a newer announcement does not take readers back."""
    first = faulty.read(ANNOUNCEMENT)
    assert first is not None
    Catalog(faulty).publish(sample_index.index("winter"))
    reader = Reader(faulty)
    faulty.put(ANNOUNCEMENT, first.data)
    assert not reader.refresh()
    assert reader.assets() == ("autumn", "winter")
    assert "older" in reader.status().last_error
    Catalog(faulty).publish(sample_index.index("spring"))
    assert reader.refresh()
    assert reader.assets() == ("autumn", "spring")


def test_a_reader_that_never_could_read_says_why(faulty: FolderStorage) -> None:
    """Without a good version there is an error with the cause; a missing asset is another one."""
    _tear_announcement(faulty)
    reader = Reader(faulty)
    assert (reader.status().version, reader.status().healthy) == (0, False)
    with pytest.raises(CatalogError, match=r"cannot be read: .*torn"):
        reader.index("autumn")
    Catalog(faulty).announce(1)
    reader.refresh()
    with pytest.raises(NotFoundError, match="Version 1 of the catalog has no asset 'summer'"):
        reader.index("summer")


def test_an_unforeseen_error_does_not_stop_the_thread(
    faulty: FolderStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even a bug of ours leaves the last good version in place."""
    reader = Reader(faulty)

    def explode(name: str) -> None:
        raise ZeroDivisionError(name)

    monkeypatch.setattr(faulty, "read", explode)
    assert not reader.refresh()
    assert (reader.assets(), reader.status().last_error) == (("autumn",), "announced")


def test_status_tells_ages(faulty: FolderStorage) -> None:
    """Ages count from publication and from the last good look, and never below zero."""
    now = [2e9]
    published = Catalog(faulty, clock=lambda: 2e9).publish(sample_index.index("winter"))
    reader = Reader(faulty, clock=lambda: now[0])
    now[0] += 60
    assert (reader.status().age, reader.status().checked) == (60, 60)
    assert published.version == reader.status().version
    reader.refresh()
    assert (reader.status().age, reader.status().checked) == (60, 0)
    now[0] = 1e9
    assert (reader.status().age, reader.status().checked) == (0, 0)


def test_readers_never_see_half_a_version(catalog: Catalog) -> None:
    """While two assets are published together again and again, both always have one length."""
    catalog.publish(*(sample_index.index(asset, ("saga",), lengths=(1,)) for asset in "ab"))
    reader = catalog.reader()
    mixed: list[tuple[int, int]] = []

    def watch() -> None:
        while publishing.is_alive():
            held = reader.indexes
            lengths = (held["a"].clip("saga-clip-1").length, held["b"].clip("saga-clip-1").length)
            if lengths[0] != lengths[1]:
                mixed.append(lengths)
            time.sleep(0.0005)  # many times a publication; without it, publishing takes longer

    def publish() -> None:
        for length in range(2, 16):
            catalog.publish(
                *(sample_index.index(asset, ("saga",), lengths=(length,)) for asset in "ab")
            )

    publishing = threading.Thread(target=publish)
    with PeriodicRefresh(0.0005, reader.refresh):
        publishing.start()
        watch()
        publishing.join()
    reader.refresh()
    assert mixed == []
    assert reader.index("a").clip("saga-clip-1").length == 15
