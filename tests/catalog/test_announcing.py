"""Announce, pin, unpin and roll back."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.catalog import Catalog, CatalogError, NotFoundError, TornError
from sizzle.catalog.format import json_bytes
from sizzle.catalog.manifest import ANNOUNCEMENT, Announcement, Manifest, manifest_name
from tests.catalog import sample_index


@pytest.fixture
def three(catalog: Catalog) -> Catalog:
    """A catalog of three versions: one title, two, three."""
    catalog.publish(sample_index.index(titles=("saga",)), sample_index.index("other"))
    catalog.withdraw("other")
    catalog.publish(sample_index.index("winter"))
    return catalog


def test_a_pin_overrides_what_is_announced(three: Catalog) -> None:
    """Pinned, the old version is in use and publications go on unseen; unpinned, they show."""
    three.pin(1)
    assert three.publish(sample_index.index("spring")).pinned == 1
    assert three.assets() == ("autumn", "other")
    assert (three.announcement().version, three.announcement().pinned) == (4, 1)
    three.unpin()
    assert three.assets() == ("autumn", "spring", "winter")


def test_rolling_back_goes_to_what_the_version_was_made_from(three: Catalog) -> None:
    """Step by step to the first; the next publication is made from there, with a new number."""
    assert [three.rollback().version, three.rollback().version] == [2, 1]
    with pytest.raises(CatalogError, match="no earlier version to go back to"):
        three.rollback()
    publication = three.publish(sample_index.index("spring"))
    assert (publication.version, publication.parent) == (4, 1)
    assert three.rollback().version == 1


def test_announcing_an_old_version_and_a_new_one(three: Catalog) -> None:
    """Any version that is there can be announced."""
    three.announce(1)
    assert three.assets() == ("autumn", "other")
    three.announce(3)
    assert three.assets() == ("autumn", "winter")


@pytest.mark.parametrize("verb", ["announce", "pin"])
def test_what_is_not_there_cannot_be_used(three: Catalog, verb: str) -> None:
    """A version that does not exist, or lacks a segment, is refused, and what is in use stays."""
    with pytest.raises(NotFoundError, match="no version 9"):
        getattr(three, verb)(9)
    other = Manifest.from_bytes(_data(three, manifest_name(1)), "").assets["other"]
    three.storage.delete(f"segments/{other.segment}")
    fresh = Catalog(three.storage)
    if fresh.storage.local(f"segments/{other.segment}", other.segment) is None:
        with pytest.raises(CatalogError, match="segment of asset other is missing"):
            getattr(fresh, verb)(1)
    assert three.assets() == ("autumn", "winter")


def test_each_announcement_has_a_higher_number(three: Catalog) -> None:
    """Going back in versions is going on in announcements, whatever the clock does."""
    times = iter([5e9, 1.0, 2.0, 6e9])
    catalog = Catalog(three.storage, clock=lambda: next(times))
    sequences = [three.announcement().sequence, *(catalog.pin(1).sequence for _ in range(4))]
    assert sequences == sorted(set(sequences))


@pytest.mark.parametrize("content", [None, b"", b"garbage", b"torn"])
def test_a_lost_announcement_is_not_guessed(three: Catalog, content: bytes | None) -> None:
    """Publishing over a lost announcement refuses, since what was pinned is not known any more.

    It says to announce a version, which mends it, and readers see that as newer than what was lost.
    """
    before = three.announcement()
    torn = _data(three, ANNOUNCEMENT)[:-3]
    three.storage.delete(ANNOUNCEMENT)
    if content is not None:
        three.storage.put(ANNOUNCEMENT, torn if content == b"torn" else content)
    for attempt in (lambda: three.publish(sample_index.index("spring")), lambda: three.pin(1)):
        with pytest.raises(CatalogError, match=r"sizzle catalog announce"):
            attempt()
    mended = three.announce(3)
    assert mended.sequence > before.sequence
    assert three.publish(sample_index.index("spring")).version == 4


def test_a_publication_that_died_before_announcing_leaves_an_empty_catalog(
    catalog: Catalog,
) -> None:
    """A first version that was never announced is not in use, and does not stop the next one."""
    catalog.publish(sample_index.index())
    first = Announcement(version=0, pinned=None, oldest=0, sequence=1, at=0.0)
    catalog.storage.put(ANNOUNCEMENT, first.to_bytes())
    assert catalog.assets() == ()
    assert catalog.publish(sample_index.index()).version == 2


def test_manifests_are_sealed(three: Catalog) -> None:
    """A manifest in which one bit differs, or that has another's name, is refused as torn."""
    data = bytearray(_data(three, manifest_name(3)))
    for bit in range(0, len(data) * 8, 7):
        data[bit // 8] ^= 1 << bit % 8
        with pytest.raises(TornError):
            Manifest.from_bytes(bytes(data), "manifest")
        data[bit // 8] ^= 1 << bit % 8
    three.storage.put(manifest_name(3), _data(three, manifest_name(2)))
    with pytest.raises(TornError, match="contains version 2"):
        three.assets()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)
ENTRY = st.lists(st.integers() | JSON, min_size=3, max_size=3).map(lambda rest: ["a" * 64, *rest])


@given(
    body=st.one_of(
        JSON,
        st.fixed_dictionaries(
            {
                "version": st.integers() | JSON,
                "parent": st.integers(0) | JSON,
                "published": st.floats() | JSON,
                "assets": st.dictionaries(st.just("autumn") | st.text(), ENTRY | JSON, max_size=2),
            }
        ),
        st.fixed_dictionaries(
            {key: st.integers() | JSON for key in ("version", "pinned", "oldest", "sequence", "at")}
        ),
    )
)
def test_hostile_small_files_are_refused_or_sound(body: object) -> None:
    """Any JSON under a right seal is what it should be, or torn: no other error, no other type."""
    content = json_bytes(body)
    data = hashlib.sha256(content).hexdigest().encode() + b"\n" + content
    with suppress(TornError):
        manifest = Manifest.from_bytes(data, "manifest")
        assert all(len(item.segment) == 64 and item.size >= 0 for item in manifest.assets.values())
    with suppress(TornError):
        assert Announcement.from_bytes(data).current >= 0


def _data(catalog: Catalog, name: str) -> bytes:
    blob = catalog.storage.read(name)
    assert blob is not None
    return blob.data


def test_unpinning_does_not_leave_readers_with_nothing(catalog: Catalog) -> None:
    """A version that was pinned before any was announced: the error names what to announce."""
    catalog.publish(sample_index.index("autumn"))
    announcement = catalog.announcement()
    catalog.storage.put(
        ANNOUNCEMENT, announcement.followed_by(replace(announcement, version=0), 0.0).to_bytes()
    )
    catalog.pin(1)
    reader = catalog.reader()
    with pytest.raises(CatalogError, match="Version 1 is pinned, and none is announced") as error:
        catalog.unpin()
    assert "catalog announce 1" in error.value.fix
    assert reader.refresh()
    assert reader.assets() == ("autumn",)
    catalog.announce(1)
    catalog.unpin()
    assert reader.refresh()
    assert reader.assets() == ("autumn",)
