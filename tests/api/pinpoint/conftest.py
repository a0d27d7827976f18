"""A service of Pinpoint's operations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.pinpoint.pinpoint_app import PinpointApp


@pytest.fixture
def service(tmp_path: Path) -> Iterator[PinpointApp]:
    """One without events."""
    made = PinpointApp(tmp_path)
    yield made
    made.close()
