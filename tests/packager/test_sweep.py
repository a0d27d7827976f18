"""Removing packages: those in use stay, and others for as long as their addresses may be."""

from __future__ import annotations

import fcntl
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sizzle.packager import Packages, current, package, sweep_packages
from tests.packager.packaged_asset import QUICK, Made

DAY = 24 * 3600.0


@pytest.fixture(scope="module")
def both(made: Made, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder of two packages of one version, and the id of the current one."""
    root = tmp_path_factory.mktemp("two") / "packages"
    shutil.copytree(made.root, root)
    return root, package(made.index, root, replace(QUICK, ladder=(72,))).folder.name


@pytest.fixture
def two(made: Made, both: tuple[Path, str], tmp_path: Path) -> tuple[Path, str, str]:
    """A copy of these two packages, to be swept, and their ids: the older one, the current one."""
    root = tmp_path / "packages"
    shutil.copytree(both[0], root)
    return root, made.packaged.folder.name, both[1]


def test_what_a_version_names_and_what_was_made_last_stay(two: tuple[Path, str, str]) -> None:
    """However long; the second without the catalog's word, as it may be about to be announced."""
    root, older, later = two
    for now in (0, 100 * DAY, 200 * DAY):
        assert sweep_packages(root, {"v1": {older}}, now) == ()
    assert Packages(root).named(older)
    assert Packages(root).named(later)


def test_others_stay_for_thirty_days_and_then_go(two: tuple[Path, str, str]) -> None:
    """From when they were first seen to be out of use; what is played is not touched."""
    root, older, later = two
    assert sweep_packages(root, {"v1": {later}}, DAY) == ()
    assert sweep_packages(root, {"v1": {later}}, 30.9 * DAY) == ()
    assert (root / older).exists()
    assert sweep_packages(root, {"v1": {later}}, 31 * DAY) == (older,)
    assert not (root / older).exists()
    assert current(root, "v1") == later


def test_one_that_is_used_again_begins_anew(made: Made, two: tuple[Path, str, str]) -> None:
    """Packaged with its settings again, it is current."""
    root, older, later = two
    sweep_packages(root, {"v1": set()}, DAY)
    assert package(made.index, root, QUICK).folder.name == older
    assert sweep_packages(root, {"v1": set()}, 100 * DAY) == ()
    assert sweep_packages(root, {"v1": {later}}, 200 * DAY) == ()


def test_a_version_that_the_catalog_forgot_is_played_from_nothing(
    two: tuple[Path, str, str],
) -> None:
    """Its reels cannot be replayed any more, so its packages go, and all that names them."""
    root, older, later = two
    sweep_packages(root, {}, 0)
    assert set(sweep_packages(root, {}, 30 * DAY)) == {older, later}
    assert list((root / "current").iterdir()) == list((root / "unused").iterdir()) == []


def test_one_that_is_being_made_stays(two: tuple[Path, str, str]) -> None:
    """Its maker holds a lock on it."""
    root, _, later = two
    making = root / ".v1-abc.making"
    making.mkdir()
    descriptor = os.open(making, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    sweep_packages(root, {"v1": {later}}, 0)
    assert making.name not in sweep_packages(root, {"v1": {later}}, 40 * DAY)
    os.close(descriptor)
    assert sweep_packages(root, {"v1": {later}}, 41 * DAY) == (making.name,)


def test_a_folder_that_does_not_exist_has_none(tmp_path: Path) -> None:
    """Nothing was packaged yet."""
    assert sweep_packages(tmp_path / "none", {}, 0) == ()
