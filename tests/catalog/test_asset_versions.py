"""One asset's versions: listed, rolled back to, withdrawn, through the public surface."""

from __future__ import annotations

import pytest

from sizzle.catalog import Catalog, Checks, ConflictError, NotFoundError
from tests.catalog import sample_index


@pytest.fixture
def versions(catalog: Catalog) -> tuple[str, str]:
    """The asset's versions after two publications, with another asset between them."""
    first = catalog.publish(sample_index.index(), sample_index.index("other"))
    catalog.publish(sample_index.interleaved("other"), checks=sample_index.ANY_CHANGE)
    second = catalog.publish(sample_index.index(titles=("saga", "tide")))
    return first.segments["autumn"], second.segments["autumn"]


def test_history_lists_what_an_asset_was(catalog: Catalog, versions: tuple[str, str]) -> None:
    """Newest first, without the version that left it unchanged; a pin decides which is current."""
    found = catalog.asset_history("autumn")
    assert [(version.catalog_version, version.asset_version) for version in found] == [
        (3, versions[1]),
        (1, versions[0]),
    ]
    assert [(version.titles, version.clips, version.current) for version in found] == [
        (2, 16, True),
        (3, 24, False),
    ]
    catalog.pin(2)
    assert [version.current for version in catalog.asset_history("autumn")] == [False, True]


def test_an_asset_is_rolled_back_and_others_stay(
    catalog: Catalog, versions: tuple[str, str]
) -> None:
    """As a new version, whose bytes are those it had; to and fro."""
    other = catalog.index("other").version
    back = catalog.rollback_asset("autumn", 1)
    assert (back.version, catalog.index("autumn").version) == (4, versions[0])
    assert catalog.index("other").version == other
    forth = catalog.rollback_asset("autumn", 3)
    assert (forth.version, catalog.index("autumn").version) == (5, versions[1])


def test_a_rollback_is_refused_where_another_version_was_seen(
    catalog: Catalog, versions: tuple[str, str]
) -> None:
    """Who saw an older version is told, and nothing is published."""
    with pytest.raises(ConflictError, match="meanwhile"):
        catalog.rollback_asset("autumn", 1, replaces="0" * 64)
    assert catalog.index("autumn").version == versions[1]
    assert catalog.rollback_asset("autumn", 1, replaces=versions[1]).changed


def test_a_withdrawn_asset_comes_back_by_a_rollback(
    catalog: Catalog, versions: tuple[str, str]
) -> None:
    """Until then readers have none, its history has no current version, and reels replay it."""
    withdrawn = catalog.withdraw("autumn")
    assert (withdrawn.changed, catalog.assets()) == (True, ("other",))
    assert not any(version.current for version in catalog.asset_history("autumn"))
    assert catalog.index_of_version(versions[1]).clip_count == 16
    assert catalog.announced_asset("autumn") is None
    catalog.rollback_asset("autumn", 3, replaces="")
    assert catalog.index("autumn").version == versions[1]


def test_what_is_announced_is_withdrawn_also_under_a_pin(
    catalog: Catalog, versions: tuple[str, str]
) -> None:
    """Readers stay at the pinned version; once it is unpinned the asset is gone."""
    catalog.publish(sample_index.index("late"))
    catalog.pin(3)
    assert catalog.withdraw("late").pinned == 3
    catalog.withdraw("autumn", checks=Checks(replaces=versions[1]))
    assert catalog.index("autumn").version == versions[1]
    catalog.unpin()
    assert catalog.assets() == ("other",)


@pytest.mark.parametrize(("asset_id", "version"), [("autumn", 9), ("summer", 1)])
def test_a_version_that_is_not_there_is_named(
    catalog: Catalog, versions: tuple[str, str], asset_id: str, version: int
) -> None:
    """The message says which version has no such asset."""
    with pytest.raises(NotFoundError, match=f"Version {version} .* no asset '{asset_id}'"):
        catalog.rollback_asset(asset_id, version)
    with pytest.raises(NotFoundError, match="never had"):
        catalog.asset_history("summer")
