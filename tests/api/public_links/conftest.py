"""A service with sent messages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.public_links.messages_app import MessagesApp
from tests.packager.packaged_asset import Made


@pytest.fixture(scope="module")
def shared(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MessagesApp]:
    """A service that the tests of a module share."""
    app = MessagesApp(made, tmp_path_factory.mktemp("messages"))
    yield app
    app.close()


@pytest.fixture
def service(shared: MessagesApp) -> MessagesApp:
    """A service that has sent nothing yet."""
    shared.clear()
    return shared
