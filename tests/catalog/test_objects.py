"""What holds for a catalog in an object store alone: the cache of segments."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from sizzle.catalog import Catalog, CatalogError
from sizzle.catalog.objects import ObjectStorage, default_cache
from tests.catalog import sample_index


def _catalog(store: MemoryStore, cache: Path) -> Catalog:
    return Catalog(ObjectStorage(store, cache, "memory:///"))


def test_a_segment_is_fetched_once_for_a_machine(tmp_path: Path) -> None:
    """A second process maps the copy that the first one fetched, store or no store."""
    store = MemoryStore()
    catalog = _catalog(store, tmp_path)
    version = catalog.publish(sample_index.index()).segments["autumn"]
    catalog.index("autumn")
    catalog.storage.delete(f"segments/{version}")
    assert _catalog(store, tmp_path).index("autumn").clip("saga-clip-1").number == 1


def test_a_damaged_copy_is_fetched_again(tmp_path: Path) -> None:
    """A cache is only a cache: what is wrong in it is replaced."""
    store = MemoryStore()
    version = _catalog(store, tmp_path).publish(sample_index.index()).segments["autumn"]
    _catalog(store, tmp_path).index("autumn")
    copy = tmp_path / "segments" / version
    copy.chmod(0o644)
    copy.write_bytes(copy.read_bytes()[:-1])
    _catalog(store, tmp_path).index("autumn").verify()


def test_a_damaged_object_is_refused(tmp_path: Path) -> None:
    """What the store holds under a hash must have that hash."""
    catalog = _catalog(MemoryStore(), tmp_path)
    version = catalog.publish(sample_index.index()).segments["autumn"]
    catalog.storage.put(f"segments/{version}", b"something else")
    with pytest.raises(CatalogError, match="not what was published"):
        catalog.index("autumn")


def test_copies_that_nobody_uses_are_forgotten(tmp_path: Path) -> None:
    """A copy that was not opened for a week makes room when the next is fetched."""
    store = MemoryStore()
    catalog = _catalog(store, tmp_path)
    old = catalog.publish(sample_index.index()).segments["autumn"]
    catalog.index("autumn")
    new = catalog.publish(sample_index.index(lengths=(40,) * 8)).segments["autumn"]
    month = time.time() - 30 * 86400
    os.utime(tmp_path / "segments" / old, (month, month))
    _catalog(store, tmp_path).index("autumn")
    assert [new] == [path.name for path in (tmp_path / "segments").iterdir()]


def test_an_unknown_kind_of_address_says_so() -> None:
    """A mistyped address is an error of ours that names it."""
    with pytest.raises(CatalogError) as caught:
        ObjectStorage.open("s4://bucket/catalog")
    assert caught.value.where == "s4://bucket/catalog"


def test_an_address_opens_a_store(tmp_path: Path) -> None:
    """The kinds that obstore knows open by address, here the one in memory."""
    catalog = Catalog(ObjectStorage.open("memory:///", tmp_path))
    catalog.publish(sample_index.index())
    assert catalog.assets() == ("autumn",)


def test_the_cache_is_where_caches_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own cache folder, which `XDG_CACHE_HOME` may move."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert Path("/elsewhere/dynamic-sizzles/catalog") == default_cache()
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert Path.home() / ".cache/dynamic-sizzles/catalog" == default_cache()
