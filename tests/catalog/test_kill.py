"""Killing a producer at random moments."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sizzle.catalog import Catalog
from tests.catalog import sample_index

SEED = int(os.environ.get("SIZZLE_SEED", random.randrange(2**32)))


def _kill_one(folder: Path, after: float) -> None:
    """Let a producer publish for some seconds, then kill it."""
    command = [sys.executable, "-m", "tests.catalog.endless_publisher", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as producer:
        assert producer.stdout is not None
        producer.stdout.read(1)
        time.sleep(after)
        producer.kill()


def _check_usable(folder: Path) -> None:
    """What is in use reads to the last bit, and the next publication works."""
    catalog = Catalog.open(folder)
    reader = catalog.reader()
    assert (reader.status().healthy, reader.status().last_error) == (True, "")
    for index in reader.indexes.values():
        index.verify()
        lengths = {clip.length for title in index.titles for clip in index.clips_of(title.title_id)}
        assert len(lengths) == 1
    publication = catalog.publish(sample_index.index("spring", lengths=(1 + catalog_age(catalog),)))
    assert publication.changed
    assert "spring" in catalog.assets()


def catalog_age(catalog: Catalog) -> int:
    """The newest version's number, which makes each publication another."""
    return max((version.version for version in catalog.versions()), default=0)


def _kill_many(folder: Path, times: int) -> None:
    chance = random.Random(SEED)
    sys.stderr.write(f"\nkilling {times} producers with SIZZLE_SEED={SEED}\n")
    for _ in range(times):
        _kill_one(folder, chance.uniform(0, 0.04))
        _check_usable(folder)


def test_killed_producers_leave_a_usable_catalog(tmp_path: Path) -> None:
    """Ten producers killed at random moments of publishing and sweeping: 0 unusable catalogs."""
    _kill_many(tmp_path / "catalog", 10)


@pytest.mark.full
def test_two_hundred_killed_producers_leave_a_usable_catalog(tmp_path: Path) -> None:
    """The same two hundred times."""
    _kill_many(tmp_path / "catalog", 200)
