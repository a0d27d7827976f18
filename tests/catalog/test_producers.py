"""Two and more producers at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sizzle.catalog import Catalog, CatalogError, ConflictError, Publication
from sizzle.catalog.folder import FolderStorage
from sizzle.catalog.manifest import ANNOUNCEMENT
from sizzle.catalog.storage import Storage
from tests.catalog import sample_index
from tests.catalog.faulty_storage import Fault, FaultyStorage


class _Interrupted(FaultyStorage):
    """Lets somebody else act just before the announcement is swapped, once."""

    def __init__(self, inner: Storage, act: Callable[[], object]) -> None:
        super().__init__(inner)
        self._act: Callable[[], object] | None = act

    def swap(self, name: str, data: bytes, token: object) -> bool:
        act = self._act
        if name == ANNOUNCEMENT and act is not None and self.inner.read(ANNOUNCEMENT):
            self._act = None
            act()
        return super().swap(name, data, token)  # type: ignore[arg-type]


def test_producers_of_different_assets_all_succeed(catalog: Catalog) -> None:
    """Eight at once, each an asset of its own: who loses a race retries, and nothing is lost."""
    assets = [f"asset-{number}" for number in range(8)]

    def publish(asset_id: str) -> Publication:
        return Catalog(catalog.storage).publish(sample_index.index(asset_id, ("saga",)))

    with ThreadPoolExecutor(8) as pool:
        publications = list(pool.map(publish, assets))
    assert tuple(assets) == catalog.assets()
    assert len({publication.version for publication in publications}) == 8


def test_the_loser_goes_on_from_the_winner(catalog: Catalog) -> None:
    """A version made while another was announced holds what the other published too."""
    catalog.publish(sample_index.index("autumn"))
    storage = _Interrupted(catalog.storage, lambda: catalog.publish(sample_index.index("winter")))
    publication = Catalog(storage).publish(sample_index.index("spring"))
    assert catalog.assets() == ("autumn", "spring", "winter")
    assert publication.parent == catalog.versions()[-2].parent + 2


def test_two_changes_of_one_asset_do_not_overwrite_each_other(catalog: Catalog) -> None:
    """One wins cleanly; the other is told whose version it is that came first."""
    catalog.publish(sample_index.index())
    theirs = sample_index.index(lengths=(40,) * 8)
    storage = _Interrupted(catalog.storage, lambda: catalog.publish(theirs))
    with pytest.raises(ConflictError, match="asset autumn as version 3 meanwhile"):
        Catalog(storage).publish(sample_index.index(lengths=(50,) * 8))
    assert catalog.index("autumn").clip("saga-clip-1").length == 40


def test_two_equal_changes_are_one(catalog: Catalog) -> None:
    """Who finds that another has published the very same is done."""
    same = sample_index.index()
    storage = _Interrupted(catalog.storage, lambda: catalog.publish(same))
    assert not Catalog(storage).publish(same).changed


def test_a_pin_during_a_publication_is_kept(catalog: Catalog) -> None:
    """Announcing a new version does not undo what somebody pinned meanwhile."""
    catalog.publish(sample_index.index())
    storage = _Interrupted(catalog.storage, lambda: catalog.pin(1))
    assert Catalog(storage).publish(sample_index.index("winter")).pinned == 1
    assert catalog.assets() == ("autumn",)


def test_sweeping_during_a_publication_harms_nothing(catalog: Catalog) -> None:
    """What a publication has written is swept before it is announced: it writes it again."""
    catalog.publish(sample_index.index())
    storage = _Interrupted(catalog.storage, lambda: catalog.gc(keep=1, grace=0))
    Catalog(storage).publish(sample_index.index("winter"))
    Catalog(catalog.storage).reader().index("winter").verify()


@pytest.mark.parametrize("fault", [Fault.SHORT_UNNOTICED, Fault.DROPPED, Fault.LATE])
@pytest.mark.parametrize("where", ["segments", "manifests", "announced"])
def test_what_is_written_is_read_back(tmp_path: Path, fault: Fault, where: str) -> None:
    """A segment, manifest or announcement that the disk only pretends to have kept is noticed."""
    inner = FolderStorage(tmp_path)
    Catalog(inner).publish(sample_index.index())
    before = inner.read(ANNOUNCEMENT)
    storage = FaultyStorage(inner)
    storage.arm(fault, where)
    with pytest.raises(CatalogError):
        Catalog(storage).publish(sample_index.index("winter"))
    if (fault, where) != (
        Fault.SHORT_UNNOTICED,
        "announced",
    ):  # that one tears the announcement itself
        assert before == inner.read(ANNOUNCEMENT)
        assert Catalog(inner).publish(sample_index.index("winter")).changed
