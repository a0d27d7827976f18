"""`sizzle catalog gc` with a folder of packages."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from sizzle.catalog import Catalog
from sizzle.cli.app import app
from tests.catalog import sample_index


def removed(catalog: Path, packages: Path) -> list[str]:
    """The packages that a run says it removed."""
    options = ["--keep", "1", "--catalog", str(catalog), "--packages", str(packages), "--json"]
    result = CliRunner().invoke(app, ["catalog", "gc", *options])
    assert result.exit_code == 0, result.output
    found: list[str] = json.loads(result.output)["packages"]
    return found


def test_packages_that_no_version_names_are_removed_after_thirty_days(tmp_path: Path) -> None:
    """Those that the catalog names stay; the first run only notes which are out of use."""
    catalog = Catalog.open(tmp_path / "catalog")
    catalog.publish(sample_index.index())
    catalog.publish_package(catalog.index("autumn"), "autumn-2", b"a segment map")
    packages = tmp_path / "packages"
    for package_id in ("autumn-1", "autumn-2"):
        (packages / package_id).mkdir(parents=True)
    assert removed(tmp_path / "catalog", packages) == []
    mark = packages / "unused" / "autumn-1"
    mark.write_text(str(float(mark.read_text()) - 30 * 24 * 3600))
    assert removed(tmp_path / "catalog", packages) == ["autumn-1"]
    assert (packages / "autumn-2").exists()
