"""The panel's requests, sent to the service itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.ingests.ingest_app import LAYOUT, export, open_ingests
from tests.browser import serving
from tests.node_project import NodeProject


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service that takes timelines, on this machine, by a name as a panel needs it."""
    media = tmp_path_factory.mktemp("media")
    with (
        open_ingests(tmp_path_factory.mktemp("service"), media) as ingests,
        serving(ingests.app) as served,
    ):
        yield served.replace("127.0.0.1", "localhost")


@pytest.fixture(scope="module")
def script(project: NodeProject) -> Path:
    """The panel's side, built for Node.js."""
    answer = project.run("build.mjs", "preview/check", "tests/service_check.ts")
    assert answer.returncode == 0, answer.stderr
    return project.folder / "preview" / "check" / "index.js"


def _check(project: NodeProject, script: Path, *arguments: str) -> dict[str, Any]:
    answer = project.run(str(script), *arguments)
    assert answer.returncode == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def test_the_panel_gets_the_findings_of_what_it_sends(
    project: NodeProject, script: Path, address: str
) -> None:
    """By the layout that goes with it: a marker a frame late is one finding, with its edit."""
    xml = export().decode().replace("<in>40</in>", "<in>41</in>", 1)
    report = _check(project, script, address, "any", xml, LAYOUT)
    assert report["sequence"] == "Mega Asset"
    [finding] = report["findings"]
    assert (finding["rule"], finding["frame"]) == ("marker-off-cut", 41)
    assert [edit["operation"] for edit in finding["edits"]] == ["move-marker"]


def test_the_panel_reports_what_the_service_says(
    project: NodeProject, script: Path, address: str
) -> None:
    """A file that cannot be read, and a layout that is none: what is wrong, and how to mend it."""
    unreadable = _check(project, script, address, "any", "<fcpxml/>", LAYOUT)
    assert "FCPXML" in unreadable["message"]
    assert unreadable["fix"]
    no_layout = _check(project, script, address, "any", export().decode(), "clips = 7")
    assert no_layout["message"].startswith("short.toml") or "layout" in no_layout["message"]
    assert no_layout["fix"]
