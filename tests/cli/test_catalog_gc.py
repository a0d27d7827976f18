"""`sizzle catalog gc` with a folder of packages."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import insert
from typer.testing import CliRunner

from sizzle.catalog import Catalog
from sizzle.cli.app import app
from sizzle.database import Database, database_url
from sizzle.database.send_tables import SENDS
from tests.catalog import sample_index


def removed(catalog: Path, packages: Path, state: Path) -> list[str]:
    """The packages that a run says it removed."""
    options = ["--keep", "1", "--catalog", str(catalog), "--packages", str(packages), "--json"]
    options += ["--state", str(state)]
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
    assert removed(tmp_path / "catalog", packages, tmp_path / "state") == []
    mark = packages / "unused" / "autumn-1"
    mark.write_text(str(float(mark.read_text()) - 30 * 24 * 3600))
    assert removed(tmp_path / "catalog", packages, tmp_path / "state") == ["autumn-1"]
    assert (packages / "autumn-2").exists()


def test_package_of_a_sent_reel_stays(tmp_path: Path) -> None:
    """The version that a send was cut from keeps its package; others go."""
    catalog = Catalog.open(tmp_path / "catalog")
    packages, versions = tmp_path / "packages", []
    (packages / "current").mkdir(parents=True)
    for length in (1, 2, 3):
        catalog.publish(sample_index.index(lengths=(length,)))
        versions.append(catalog.index("autumn").version)
        (packages / f"autumn-{length}").mkdir()
        (packages / "current" / versions[-1]).write_text(f"autumn-{length}\n")
    database = Database(database_url(tmp_path / "state", None))
    (tmp_path / "state").mkdir()
    database.upgrade()
    send = {
        **dict.fromkeys(("campaign_id", "app", "endpoint_id", "member_id", "topic"), ""),
        **dict.fromkeys(("due", "created", "updated"), 0),
        "send_id": "s1",
        "activity_id": "a1",
        "channel": "EMAIL",
        "class": "marketing",
        "state": "handed over",
        "asset_version": versions[0],
    }
    with database.writing() as connection:
        connection.execute(insert(SENDS), send)
    removed(tmp_path / "catalog", packages, tmp_path / "state")
    mark = packages / "unused" / "autumn-2"
    mark.write_text("0")
    assert not (packages / "unused" / "autumn-1").exists()
    assert removed(tmp_path / "catalog", packages, tmp_path / "state") == ["autumn-2"]
    assert (packages / "autumn-1").exists()
