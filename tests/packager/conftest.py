"""One small packaged asset, made once for all tests that only read it."""

from __future__ import annotations

import pytest

from tests.packager import packaged_asset


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> packaged_asset.Made:
    """Three titles of three clips each, in two sizes, over a bed."""
    return packaged_asset.shared(tmp_path_factory)
