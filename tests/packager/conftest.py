"""One small packaged asset, made once for all tests that only read it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.packager import packaged_asset


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> packaged_asset.Made:
    """Three titles of three clips each, in two sizes, over a bed."""
    return packaged_asset.shared(tmp_path_factory)


@pytest.fixture
def copy(made: packaged_asset.Made, tmp_path: Path) -> packaged_asset.Made:
    """The packaged asset, to be damaged."""
    root = tmp_path / "packages"
    shutil.copytree(made.root, root)
    packaged = replace(made.packaged, folder=root / made.packaged.folder.name)
    return packaged_asset.Made(made.index, root, packaged)
