"""What stops a publication, and that nothing is left of it."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import pytest

from sizzle.catalog import Catalog, Checks, Packed, RefusedError, pack
from sizzle.clips import Title
from tests.catalog import sample_index


def _packed(*titles: tuple[str, Sequence[int]], duration: int = 1000) -> Packed:
    rows = [(Title(title_id, ""), array("I", pairs)) for title_id, pairs in titles]
    return pack(sample_index.asset(duration=duration), rows)


GOOD = _packed(("saga", [0, 40, 40, 80]), ("tide", [80, 120]))


@pytest.mark.parametrize(
    ("bad", "rule", "words"),
    [
        (_packed(("saga", [0, 40]), ("saga", [40, 80])), "duplicate-key", "saga is listed twice"),
        (_packed(("saga", [960, 1001])), "clip-outside", "saga-clip-1 ends after the media"),
        (_packed(("saga", [0, 40, 39, 80])), "clips-overlap", "saga-clip-2 starts before"),
        (_packed(("saga", [0, 40]), ("tide", [20, 60])), "clips-overlap", "tide-clip-1"),
        (_packed(("saga", [0, 40, 60, 50])), "clip-empty", "saga-clip-2"),
        (_packed(("saga", [0, 40, 50, 50])), "clip-empty", "saga-clip-2"),
        (_packed(("saga", [0, 40]), ("tide", [])), "title-empty", "tide has no clips"),
    ],
)
def test_malformed_assets_are_refused(catalog: Catalog, bad: Packed, rule: str, words: str) -> None:
    """Each rule names the clip or title, and the version before stays in place."""
    catalog.publish(GOOD)
    with pytest.raises(RefusedError) as caught:
        catalog.publish(bad, checks=sample_index.ANY_CHANGE)
    assert rule in [objection.rule for objection in caught.value.objections]
    assert words in " ".join(objection.what for objection in caught.value.objections)
    assert [version.version for version in catalog.versions()] == [1]
    assert GOOD.sha256 == catalog.index("autumn").version


def test_a_count_that_falls_or_grows_too_much_is_refused(catalog: Catalog) -> None:
    """Half the clips gone or half as many more pass by default, one beyond does not."""
    catalog.publish(sample_index.index(titles=("saga",), lengths=(40,) * 8))
    for count in (3, 13):
        with pytest.raises(RefusedError, match=f"from 8 to {count}, by more than 50%"):
            catalog.publish(sample_index.index(titles=("saga",), lengths=(40,) * count))
    catalog.publish(sample_index.index(titles=("saga",), lengths=(40,) * 4))
    catalog.publish(sample_index.index(titles=("saga",), lengths=(40,) * 6))
    catalog.publish(sample_index.index(titles=("saga",)), checks=sample_index.ANY_CHANGE)


def test_a_title_in_use_may_not_vanish(catalog: Catalog) -> None:
    """Titles that cadences or campaigns show stop a version without them; others may go."""
    catalog.publish(sample_index.index())
    checks = Checks(titles_in_use={"moth", "never there"})
    with pytest.raises(RefusedError, match="moth would be removed"):
        catalog.publish(sample_index.index(titles=("saga", "tide")), checks=checks)
    with pytest.raises(RefusedError, match="moth would be removed"):
        catalog.withdraw("autumn", checks=checks)
    catalog.publish(sample_index.index(titles=("saga", "moth")), checks=checks)


def test_a_broken_layout_is_refused(catalog: Catalog) -> None:
    """Findings of the validation stop a publication and are repeated in its refusal."""
    with pytest.raises(RefusedError, match="gap of 3 frames at 01:00:02:00") as caught:
        catalog.publish(
            sample_index.index(),
            checks=Checks(findings=["gap of 3 frames at 01:00:02:00", "another"]),
        )
    assert len(caught.value.objections) == 2
    assert catalog.assets() == ()


def test_one_bad_asset_stops_all_that_come_with_it(catalog: Catalog) -> None:
    """A publication is whole: none of its assets appears if one is refused."""
    bad = _packed(("saga", [960, 1001]))
    with pytest.raises(RefusedError):
        catalog.publish(sample_index.index("winter"), bad)
    assert catalog.assets() == ()
