"""Both kinds of storage, so that whatever holds for one is shown to hold for the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from obstore.store import MemoryStore

from sizzle.catalog import Catalog
from sizzle.catalog.folder import FolderStorage
from sizzle.catalog.objects import ObjectStorage
from sizzle.catalog.storage import Storage


@pytest.fixture(params=["folder", "object store"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """An empty place for files."""
    if request.param == "folder":
        return FolderStorage(tmp_path / "catalog")
    return ObjectStorage(MemoryStore(), tmp_path / "cache", "memory:///")


@pytest.fixture
def catalog(storage: Storage) -> Catalog:
    """An empty catalog."""
    return Catalog(storage)
