"""What tests of the routes of outreach share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.outreach.sending_desk import Desk, open_desk


@pytest.fixture
def desk(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A service with three members and an approved snapshot of them."""
    with open_desk(tmp_path, tmp_path_factory) as found:
        yield found
