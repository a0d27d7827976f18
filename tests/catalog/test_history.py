"""What versions there are, what changed between them, and where a clip has been."""

from __future__ import annotations

import pytest

from sizzle.catalog import Catalog, ClipChange, NotFoundError
from sizzle.catalog.manifest import manifest_name
from sizzle.timecode import TimeRange
from tests.catalog import sample_index


def test_versions_are_listed_with_what_they_hold(catalog: Catalog) -> None:
    """Number, parent, time, counts, and which one is announced and pinned."""
    clock = iter(range(1_900_000_000, 2_000_000_000))
    catalog = Catalog(catalog.storage, clock=lambda: float(next(clock)))
    catalog.publish(sample_index.index("autumn"), sample_index.index("winter", ("saga",)))
    catalog.publish(sample_index.index("spring", ("saga",)))
    catalog.rollback()
    catalog.pin(2)
    first, second = catalog.versions()
    assert (first.version, first.parent, first.assets, first.clips) == (1, 0, 2, 32)
    assert (second.version, second.parent, second.assets, second.clips) == (2, 1, 3, 40)
    assert (first.announced, first.pinned, second.announced, second.pinned) == (1, 0, 0, 1)
    assert 1_900_000_000 <= first.published < second.published


def test_a_torn_version_is_listed_as_such(catalog: Catalog) -> None:
    """One bad manifest hides no other."""
    catalog.publish(sample_index.index())
    catalog.publish(sample_index.index("winter"))
    catalog.storage.put(manifest_name(1), b"torn")
    torn, good = catalog.versions()
    assert "torn" in torn.problem
    assert (good.version, good.problem) == (2, "")


def test_diff_lists_what_was_added_removed_and_moved(catalog: Catalog) -> None:
    """Per asset, and within it per title and clip; what is equal is not mentioned."""
    catalog.publish(
        sample_index.index("autumn", ("saga", "tide"), lengths=(4, 2)), sample_index.index("old")
    )
    catalog.publish(sample_index.index("same"))
    catalog.withdraw("old")
    catalog.publish(
        sample_index.index("autumn", ("saga", "moth"), lengths=(4, 3)), sample_index.index("new")
    )
    autumn, new, old = catalog.diff(2, 4)
    assert (autumn.asset_id, autumn.kind, autumn.media_changed) == ("autumn", "changed", True)
    assert (autumn.titles_added, autumn.titles_removed) == (("moth",), ("tide",))
    assert autumn.titles_changed == ()
    assert autumn.clips == (
        ClipChange("moth-clip-1", None, TimeRange(7, 11)),
        ClipChange("moth-clip-2", None, TimeRange(11, 14)),
        ClipChange("saga-clip-2", TimeRange(4, 6), TimeRange(4, 7)),
        ClipChange("tide-clip-1", TimeRange(6, 10), None),
        ClipChange("tide-clip-2", TimeRange(10, 12), None),
    )
    assert [change.kind for change in autumn.clips] == [
        "added",
        "added",
        "moved",
        "removed",
        "removed",
    ]
    assert (new.kind, len(new.clips), old.kind, len(old.clips)) == ("added", 24, "removed", 24)
    assert catalog.diff(4, 2)[0].clips[0].kind == "removed"
    assert catalog.diff(3, 3) == ()


def test_diff_sees_names_and_metadata(catalog: Catalog) -> None:
    """A title that only says something else of itself is changed, and none of its clips."""
    catalog.publish(sample_index.index())
    catalog.publish(sample_index.index(metadata={"genre": "drama"}))
    (autumn,) = catalog.diff(1, 2)
    assert autumn.titles_changed == ("moth", "saga", "tide")
    assert (autumn.media_changed, autumn.clips) == (False, ())


def test_diff_of_what_is_not_there(catalog: Catalog) -> None:
    """A version that does not exist is named."""
    catalog.publish(sample_index.index())
    with pytest.raises(NotFoundError, match="no version 7"):
        catalog.diff(1, 7)
    assert [asset.kind for asset in catalog.diff(0, 1)] == ["added"]


def test_the_history_of_a_clip(catalog: Catalog) -> None:
    """When it was added, moved, removed and added again, in each asset that has it."""
    catalog.publish(sample_index.index("autumn", ("saga",), lengths=(4, 2)))
    catalog.publish(sample_index.index("winter", ("saga",), lengths=(9, 9)))
    catalog.publish(sample_index.index("autumn", ("saga",), lengths=(5, 2)))
    catalog.publish(
        sample_index.index("autumn", ("saga",), lengths=(5,)), checks=sample_index.ANY_CHANGE
    )
    catalog.publish(
        sample_index.index("autumn", ("saga",), lengths=(5, 2)), checks=sample_index.ANY_CHANGE
    )
    seen = [(s.version, s.asset_id, s.source) for s in catalog.history("saga-clip-2")]
    assert seen == [
        (1, "autumn", TimeRange(4, 6)),
        (2, "winter", TimeRange(9, 18)),
        (3, "autumn", TimeRange(5, 7)),
        (4, "autumn", None),
        (5, "autumn", TimeRange(5, 7)),
    ]
    only = [sighting.version for sighting in catalog.history("saga-clip-2", "winter")]
    assert only == [2]


def test_the_history_of_nothing(catalog: Catalog) -> None:
    """A key that no version has is said to be none."""
    catalog.publish(sample_index.index())
    with pytest.raises(NotFoundError, match="saga-clip-99"):
        catalog.history("saga-clip-99")
