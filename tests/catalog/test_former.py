"""A catalog that 0.1.0 published still opens, and publications go on from it.

`former/` holds the bytes that 0.1.0 wrote; they are never written again.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sizzle.catalog import Catalog
from tests.catalog import sample_index

FORMER = Path(__file__).parent / "former"
WITH_METADATA = {"genre": "drama", "språk": "norsk"}
AUTUMN = ("saga", "tide", "moth")


@pytest.fixture
def former(tmp_path: Path) -> Catalog:
    """A copy of the former catalog: four versions, the second pinned, the fourth packaged."""
    shutil.copytree(FORMER, tmp_path / "catalog")
    return Catalog.open(tmp_path / "catalog")


def test_every_version_is_read(former: Catalog) -> None:
    """Versions, pin, clips, titles and metadata are what was published."""
    assert [version.problem for version in former.versions()] == [""] * 4
    assert (former.announcement().version, former.announcement().current) == (4, 2)
    wanted = sample_index.index(metadata=WITH_METADATA)
    mapped = former.index("autumn")
    mapped.verify()
    assert (wanted.asset, wanted.titles) == (mapped.asset, tuple(mapped.titles))
    assert [mapped.clip(clip.key) for clip in wanted.clips] == list(wanted.clips)
    other = sample_index.interleaved("other")
    assert [former.index("other").clip(clip.key) for clip in other.clips] == list(other.clips)
    former.unpin()
    assert len(former.index("autumn").titles) == 2
    assert former.segment_map("autumn") == b'{"a": 1}'


def test_history_and_rollback_reach_into_it(former: Catalog) -> None:
    """One asset goes back to its first state, and a clip's history spans both."""
    former.unpin()
    former.rollback_asset("autumn", 1)
    assert [title.title_id for title in former.index("autumn").titles] == list(AUTUMN)
    states = former.history("moth-clip-1", "autumn")
    assert [(state.version, state.source is None) for state in states] == [
        (1, False),
        (3, True),
        (5, False),
    ]


def test_the_same_clips_have_the_same_version(former: Catalog) -> None:
    """Byte for byte what was written then, so publishing them again changes nothing."""
    former.unpin()
    again = former.publish(
        sample_index.index(titles=("saga", "tide")), sample_index.interleaved("other")
    )
    assert (again.version, again.changed) == (4, False)
