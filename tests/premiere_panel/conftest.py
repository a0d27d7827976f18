"""The panel's sources, ready to build, shared by the tests of this package."""

from __future__ import annotations

import pytest

from tests.node_project import NodeProject, open_node_project


@pytest.fixture(scope="package")
def project(tmp_path_factory: pytest.TempPathFactory) -> NodeProject:
    """The sources with their packages."""
    return open_node_project(tmp_path_factory.mktemp("panel") / "source")
