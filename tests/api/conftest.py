"""A packaged asset, and a service that delivers a reel of it."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from sizzle.reel import TimecodeList
from tests.api.delivery_app import app_of
from tests.packager import packaged_asset
from tests.packager.packaged_asset import Made, scattered


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A packaged asset."""
    return packaged_asset.shared(tmp_path_factory)


@pytest.fixture(scope="session")
def reel(made: Made) -> TimecodeList:
    """Eight cuts out of order."""
    return scattered(made.index)


@pytest.fixture(scope="session")
def player(made: Made, reel: TimecodeList) -> TestClient:
    """A player's view of the service, without a socket."""
    return TestClient(app_of(made.root, reel), raise_server_exceptions=False)
