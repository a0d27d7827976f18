"""A media folder, encoded once, and a service over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.ingests.ingest_app import Ingests, make_media, open_ingests
from tests.made_once import made_once


@pytest.fixture(scope="package")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The media folder."""
    return made_once(tmp_path_factory, "export", make_media)


@pytest.fixture(scope="package")
def ingests(tmp_path_factory: pytest.TempPathFactory, media: Path) -> Iterator[Ingests]:
    """A service that several tests share; each uses assets of its own."""
    with open_ingests(tmp_path_factory.mktemp("service"), media) as ingests:
        yield ingests
