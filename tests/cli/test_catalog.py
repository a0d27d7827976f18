"""The commands on one asset's versions, over a catalog in a folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sizzle.catalog import Catalog
from sizzle.cli.app import app
from tests.catalog import sample_index


@pytest.fixture
def location(tmp_path: Path) -> Path:
    """A catalog whose asset had three titles, then two."""
    catalog = Catalog.open(tmp_path / "catalog")
    catalog.publish(sample_index.index())
    catalog.publish(sample_index.index(titles=("saga", "tide")))
    return tmp_path / "catalog"


def run(*arguments: str, location: Path) -> str:
    """What a command prints on standard output and standard error."""
    answer = CliRunner().invoke(app, ["catalog", *arguments, "--catalog", str(location)])
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_an_asset_s_history_is_listed(location: Path) -> None:
    """As JSON with every fact, and as a table."""
    found = json.loads(run("asset-history", "autumn", "--json", location=location))
    assert [(each["catalog_version"], each["titles"], each["current"]) for each in found] == [
        (2, 2, True),
        (1, 3, False),
    ]
    assert "in use" in run("asset-history", "autumn", location=location)


def test_an_asset_is_rolled_back(location: Path) -> None:
    """And the command says as which version; again, that it was so already."""
    output = run("rollback-asset", "autumn", "--to-version", "1", location=location)
    assert "published as version 3" in output
    assert len(Catalog.open(location).index("autumn").titles) == 3
    output = run("rollback-asset", "autumn", "--to-version", "1", location=location)
    assert "already so in version 3" in output


def test_an_asset_is_withdrawn(location: Path) -> None:
    """Under a pin the command says that readers stay."""
    Catalog.open(location).pin(1)
    output = run("withdraw", "autumn", location=location)
    assert "Readers stay at version 1" in output
    Catalog.open(location).unpin()
    assert Catalog.open(location).assets() == ()
