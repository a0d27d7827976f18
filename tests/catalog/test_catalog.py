"""Publishing to a catalog and looking up in it, through the public surface."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from sizzle.catalog import Catalog, CatalogError, NotFoundError
from sizzle.errors import InputError
from tests.catalog import sample_index


def test_published_index_answers_as_the_one_in_memory(catalog: Catalog) -> None:
    """What is mapped equals what was published: asset, titles, every clip, every length."""
    index = sample_index.index(metadata={"genre": "drama", "språk": "norsk"})
    publication = catalog.publish(index)
    mapped = catalog.index("autumn")
    assert index.asset == mapped.asset
    assert index.titles == tuple(mapped.titles)
    assert publication.segments["autumn"] == mapped.version
    for title in index.titles:
        assert index.title(title.title_id) == mapped.title(title.title_id)
        for length in (None, 160, 80, 40, 39):
            expected = index.clips_of(title.title_id, length)
            assert expected == mapped.clips_of(title.title_id, length)
    for clip in index.clips:
        assert clip == mapped.clip(clip.key)
        assert (clip.source.start, clip.source.end) == mapped.get(clip.key)


def test_versions_count_up_and_the_newest_is_in_use(catalog: Catalog) -> None:
    """Each publication is one more version, made from the last, and what is asked for is newest."""
    first = catalog.publish(sample_index.index())
    second = catalog.publish(sample_index.index(titles=("saga", "tide")))
    assert (first.version, second.version, second.parent) == (1, 2, 1)
    assert catalog.index("autumn").version == second.segments["autumn"]
    with pytest.raises(NotFoundError):
        catalog.index("autumn").title("moth")


def test_unchanged_publication_makes_no_version(catalog: Catalog) -> None:
    """Publishing what is there already is fine and changes nothing."""
    first = catalog.publish(sample_index.index())
    again = catalog.publish(sample_index.index())
    assert (first.version, False) == (again.version, again.changed)


def test_many_assets_are_one_version(catalog: Catalog) -> None:
    """Several assets published together appear together, and others stay as they are."""
    catalog.publish(sample_index.index("autumn"))
    publication = catalog.publish(sample_index.index("winter"), sample_index.index("spring"))
    assert publication.version == 2
    assert catalog.assets() == ("autumn", "spring", "winter")
    catalog.withdraw("winter")
    assert catalog.assets() == ("autumn", "spring")


def test_an_asset_given_twice_is_refused(catalog: Catalog) -> None:
    """Which of the two should stay is not for us to guess."""
    with pytest.raises(InputError, match="twice"):
        catalog.publish(sample_index.index(), sample_index.index(lengths=(40,) * 8))


def test_an_empty_catalog_says_so(catalog: Catalog) -> None:
    """Nothing is an answer before anything is published, not a crash, and nothing is written."""
    assert catalog.assets() == ()
    with pytest.raises(NotFoundError, match="autumn"):
        catalog.index("autumn")
    assert not list(catalog.storage.list("manifests"))


def test_withdrawing_what_is_not_there_is_an_error(catalog: Catalog) -> None:
    """A misspelt asset is named, not passed over."""
    with pytest.raises(NotFoundError, match="sumer"):
        catalog.withdraw("sumer")


def test_publishing_again_mends_a_segment(catalog: Catalog) -> None:
    """A segment that is lost or damaged comes back by publishing the same asset again."""
    publication = catalog.publish(sample_index.index())
    name = f"segments/{publication.segments['autumn']}"
    catalog.storage.delete(name)
    again = catalog.publish(sample_index.index())
    assert (publication.version, False) == (again.version, again.changed)
    blob = catalog.storage.read(name)
    assert blob is not None
    assert publication.segments["autumn"] == hashlib.sha256(blob.data).hexdigest()


def test_a_missing_segment_says_where_and_what_to_do(tmp_path: Path) -> None:
    """The error names the file and the ways out."""
    catalog = Catalog.open(tmp_path)
    version = catalog.publish(sample_index.index()).segments["autumn"]
    (tmp_path / "segments" / version).unlink()
    with pytest.raises(CatalogError) as caught:
        catalog.index("autumn")
    assert str(tmp_path / "segments" / version) == caught.value.where
    assert "publish the asset again" in caught.value.fix


def test_locations(tmp_path: Path) -> None:
    """A path, its text, and a file address are the same folder; unknown kinds say so."""
    expected = str(tmp_path / "my catalog")
    for location in (tmp_path / "my catalog", expected, (tmp_path / "my catalog").as_uri()):
        assert expected == Catalog.open(location).storage.location
    with pytest.raises(CatalogError, match="gopher"):
        Catalog.open("gopher://example.org/catalog")
