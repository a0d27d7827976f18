"""A film that several tests cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mega.numbered_films import film


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """120 numbered frames at 24000/1001 with a start timecode, called `one.mov`."""
    path = tmp_path_factory.mktemp("footage") / "one.mov"
    coding = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "3", "-timecode", "10:00:00:00")
    return film(path, 120, "24000/1001", coding=coding)
