"""Databases whose tables the tests make themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.databases import KINDS, empty_database


@pytest.fixture(params=KINDS)
def url(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> URL:
    """A database of each kind, without tables."""
    return empty_database(request.param, tmp_path, tmp_path_factory)
