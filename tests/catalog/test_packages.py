"""How an asset is packaged is published like its index, and goes with it through versions."""

from __future__ import annotations

import pytest

from sizzle.catalog import Catalog, CatalogError, ConflictError, NotFoundError
from sizzle.catalog.manifest import MAPS, manifest_name
from sizzle.errors import InputError
from tests.catalog import sample_index

MAP, OTHER = b"where all fragments lie", b"where they lie now"


@pytest.fixture
def packaged(catalog: Catalog) -> Catalog:
    """Two assets, of which one is packaged."""
    catalog.publish(sample_index.index("autumn"), sample_index.index("winter"))
    catalog.publish_package(catalog.index("autumn"), "autumn-1", MAP)
    return catalog


def test_readers_learn_of_a_package_with_the_version_that_has_it(catalog: Catalog) -> None:
    """Not before, and not for another asset or another index of it."""
    catalog.publish(sample_index.index("autumn"), sample_index.index("winter"))
    index, reader = catalog.index("autumn"), catalog.reader()
    reader.refresh()
    assert reader.package_of("autumn", index.version) is None
    publication = catalog.publish_package(index, "autumn-1", MAP)
    assert (publication.version, publication.changed) == (2, True)
    assert reader.refresh()
    assert reader.package_of("autumn", index.version) == "autumn-1"
    assert reader.package_of("autumn", "another version") is None
    assert reader.package_of("winter", catalog.index("winter").version) is None
    assert (catalog.segment_map("autumn"), catalog.segment_map("winter")) == (MAP, None)


def test_the_same_package_again_makes_no_version(packaged: Catalog) -> None:
    """Nothing changed, so nothing is announced."""
    again = packaged.publish_package(packaged.index("autumn"), "autumn-1", MAP)
    assert (again.version, again.changed) == (2, False)


def test_an_index_that_stays_keeps_its_package(packaged: Catalog) -> None:
    """Publishing it again is no change; a changed one is not packaged yet."""
    assert not packaged.publish(sample_index.index("autumn")).changed
    assert packaged.segment_map("autumn") == MAP
    packaged.publish(sample_index.index("autumn", ("saga", "tide", "reef")))
    assert packaged.segment_map("autumn") is None


def test_a_package_of_another_version_is_not_announced(packaged: Catalog) -> None:
    """An editor published anew while the old media was encoded."""
    old = packaged.index("autumn")
    packaged.publish(sample_index.index("autumn", ("saga", "tide", "reef")))
    with pytest.raises(ConflictError, match="The package is of version") as caught:
        packaged.publish_package(old, "autumn-2", OTHER)
    assert "package the asset again" in caught.value.fix
    packaged.withdraw("autumn")
    with pytest.raises(NotFoundError, match="no asset 'autumn'"):
        packaged.publish_package(old, "autumn-2", OTHER)
    assert packaged.announcement().version == 4


def test_packages_are_rolled_back_and_compared(packaged: Catalog) -> None:
    """A bad encoding is undone like a bad index, and a diff says that only the package differs."""
    packaged.publish_package(packaged.index("autumn"), "autumn-2", OTHER)
    (change,) = packaged.diff(2, 3)
    assert (change.asset_id, change.package_changed, change.media_changed) == (
        "autumn",
        True,
        False,
    )
    assert change.clips == ()
    packaged.rollback()
    assert packaged.segment_map("autumn") == MAP


def test_a_lost_or_damaged_map_is_said_and_mended(packaged: Catalog) -> None:
    """By packaging again, which writes it anew."""
    (entry,) = packaged.storage.list(MAPS)
    for lost in (False, True):
        if lost:
            packaged.storage.delete(entry.name)
        else:
            packaged.storage.put(entry.name, b"torn")
        with pytest.raises(CatalogError, match="missing or damaged"):
            packaged.segment_map("autumn")
        packaged.publish_package(packaged.index("autumn"), "autumn-1", MAP)
        assert packaged.segment_map("autumn") == MAP


def test_maps_of_no_version_are_swept(packaged: Catalog) -> None:
    """And those in use are not."""
    packaged.publish_package(packaged.index("autumn"), "autumn-2", OTHER)
    packaged.gc(keep=1, grace=-60)
    (entry,) = packaged.storage.list(MAPS)
    assert entry.size == len(OTHER)
    assert packaged.segment_map("autumn") == OTHER


@pytest.mark.parametrize("package_id", ["../autumn", "", "a\0b"], ids=["path", "empty", "nul"])
def test_a_package_s_name_is_an_id(packaged: Catalog, package_id: str) -> None:
    """It stands in addresses and paths."""
    with pytest.raises(InputError, match="package id"):
        packaged.publish_package(packaged.index("autumn"), package_id, MAP)


def test_versions_without_packages_read_as_ever(catalog: Catalog) -> None:
    """A manifest says no more of an asset that is not packaged than it did before there were."""
    catalog.publish(sample_index.index("autumn"))
    blob = catalog.storage.read(manifest_name(1))
    assert blob is not None
    assert b"autumn-1" not in blob.data
    assert catalog.segment_map("autumn") is None


def test_packages_of_all_versions_are_in_use(packaged: Catalog) -> None:
    """By the version of the index, for as long as a version of the catalog names them."""
    autumn, winter = packaged.index("autumn").version, packaged.index("winter").version
    packaged.publish_package(packaged.index("autumn"), "autumn-2", OTHER)
    assert packaged.packages_in_use() == {autumn: {"autumn-1", "autumn-2"}, winter: set()}
    packaged.gc(keep=1, grace=0)
    assert packaged.packages_in_use() == {autumn: {"autumn-2"}, winter: set()}
