"""A media folder, encoded once, and a service over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.ingests.ingest_app import Studio, make_media, open_studio
from tests.made_once import made_once


@pytest.fixture(scope="package")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The media folder."""
    return made_once(tmp_path_factory, "export", make_media)


@pytest.fixture(scope="package")
def studio(tmp_path_factory: pytest.TempPathFactory, media: Path) -> Iterator[Studio]:
    """A service that several tests share; each uses assets of its own."""
    with open_studio(tmp_path_factory.mktemp("service"), media) as studio:
        yield studio
