"""A service that explains its reels."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from sizzle.api.app import create_app
from sizzle.api.reels.ranking_cache import Rankings
from sizzle.catalog import Reader
from sizzle.reel.ids import ReelIds
from sizzle.reloading import Reloadable
from tests.api.reels.explained_reels import NOW
from tests.api.reels.reasonable_ranker import Reasonable
from tests.api.sample_service import KEY, catalog_in


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """A catalog with one asset."""
    return catalog_in(tmp_path_factory.mktemp("catalog")).reader()


@pytest.fixture(scope="module")
def client(reader: Reader) -> TestClient:
    """A service whose clock stands still."""
    rankings = Rankings(Reasonable(), clock=lambda: NOW)
    return TestClient(create_app(reader, Reloadable(rankings), ids=ReelIds(KEY)))
