"""A service of Pinpoint's operations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.pinpoint.pinpoint_app import PinpointApp


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PinpointApp]:
    """A service that the tests of a module share."""
    made = PinpointApp(tmp_path_factory.mktemp("pinpoint"))
    yield made
    made.close()


@pytest.fixture
def service(shared: PinpointApp) -> PinpointApp:
    """A service without events and endpoints, by the real time."""
    shared.clear()
    return shared
