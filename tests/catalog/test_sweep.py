"""Removing old versions: what goes, and what must stay."""

from __future__ import annotations

import pytest

from sizzle.catalog import Catalog, NotFoundError
from sizzle.catalog.manifest import manifest_name
from sizzle.errors import InputError
from tests.catalog import sample_index


@pytest.fixture
def six(catalog: Catalog) -> Catalog:
    """A catalog of six versions of one asset, each with a segment of its own."""
    for length in range(1, 7):
        catalog.publish(sample_index.index(lengths=(length,)))
    return catalog


def _versions(catalog: Catalog) -> list[int]:
    return [version.version for version in catalog.versions()]


def _segments(catalog: Catalog) -> int:
    return len(list(catalog.storage.list("segments")))


def test_the_newest_the_announced_and_the_pinned_stay(six: Catalog) -> None:
    """Everything else goes with its segments, and what is in use still reads."""
    six.announce(2)
    six.pin(1)
    swept = six.gc(keep=2, grace=0)
    assert (swept.versions, len(swept.segments)) == ((3, 4), 2)
    assert swept.bytes > 0
    assert (_versions(six), _segments(six)) == ([1, 2, 5, 6], 4)
    assert six.index("autumn").clip("saga-clip-1").length == 1
    six.unpin()
    assert six.index("autumn").clip("saga-clip-1").length == 2


def test_shared_segments_stay(catalog: Catalog) -> None:
    """A segment that a kept version still uses is kept, however old."""
    catalog.publish(sample_index.index("autumn"))
    catalog.publish(sample_index.index("winter"))
    catalog.gc(keep=1, grace=0)
    assert catalog.index("autumn").has_title("saga")


def test_what_sent_reels_need_stays(six: Catalog) -> None:
    """The segments of held versions are kept, though no version of the catalog has them."""
    six.pin(2)
    held = six.index("autumn").version
    six.unpin()
    six.gc(keep=1, grace=0, held={held, "never published"})
    assert (_versions(six), _segments(six)) == ([6], 2)
    assert six.index_of_version(held).clip("saga-clip-1").length == 2
    six.gc(keep=1, grace=0)
    assert _segments(six) == 1


def test_numbers_are_not_used_again(six: Catalog) -> None:
    """A version's number means one content for ever."""
    six.gc(keep=1, grace=0)
    assert six.publish(sample_index.index(lengths=(9,))).version == 7


def test_what_is_young_is_given_time(six: Catalog) -> None:
    """What a publication at work may be writing or about to use stays for the grace."""
    six.storage.put("unfinished/half", b"half")
    swept = six.gc(keep=1, grace=60)
    assert (swept.versions, swept.segments) == ((1, 2, 3, 4, 5), ())
    assert _segments(six) == 6
    later = Catalog(six.storage, clock=lambda: 4e9)
    assert len(later.gc(keep=1, grace=60).segments) == 5
    assert list(six.storage.list("unfinished")) == []


def test_swept_versions_cannot_be_announced(six: Catalog) -> None:
    """Once a version is going it is refused, even while its files are still there."""
    blob = six.storage.read(manifest_name(3))
    assert blob is not None
    six.gc(keep=2, grace=0)
    six.storage.put(manifest_name(3), blob.data)
    with pytest.raises(NotFoundError, match="Version 3 was removed: 5 is the oldest"):
        six.announce(3)
    with pytest.raises(NotFoundError):
        six.pin(3)
    assert six.announce(5).version == 5


def test_torn_versions_go_too(six: Catalog) -> None:
    """An old manifest that cannot be read is removed like any other."""
    six.storage.put(manifest_name(2), b"torn")
    six.gc(keep=2, grace=0)
    assert (_versions(six), _segments(six)) == ([5, 6], 2)


def test_keeping_none_is_refused(six: Catalog) -> None:
    """At least one version must stay, and nothing is removed by asking for fewer."""
    with pytest.raises(InputError, match="Keeping 0"):
        six.gc(keep=0)
    assert len(_versions(six)) == 6


def test_an_empty_catalog_has_nothing_to_sweep(catalog: Catalog) -> None:
    """Sweeping before the first publication is fine."""
    assert catalog.gc(keep=3).versions == ()
