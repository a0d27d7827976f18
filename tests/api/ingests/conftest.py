"""A media folder, encoded once, and a service over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.ingests.ingest_app import Studio, make_media, open_studio


@pytest.fixture(scope="package")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The media folder."""
    return make_media(tmp_path_factory.mktemp("studio"))


@pytest.fixture(scope="package")
def studio(tmp_path_factory: pytest.TempPathFactory, media: Path) -> Iterator[Studio]:
    """A service that several tests share; each uses assets of its own."""
    with open_studio(tmp_path_factory.mktemp("service"), media) as studio:
        yield studio
