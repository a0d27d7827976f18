"""The panel's TypeScript: it is what ships, its types hold, and its own tests pass."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from sizzle.premiere_panel import PANEL
from tests.node_project import SOURCE, NodeProject

pytestmark = pytest.mark.first


def _files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_what_ships_is_what_the_sources_build_to(project: NodeProject, tmp_path: Path) -> None:
    """Nobody edits the built panel, or forgets to build it: `npm run build` mends this."""
    answer = project.run("build.mjs", str(tmp_path / "panel"))
    assert answer.returncode == 0, answer.stderr
    assert _files(tmp_path / "panel") == _files(PANEL)


def test_types_hold(project: NodeProject) -> None:
    """Every call fits Adobe's own declarations of Premiere's API, the fake's methods too."""
    answer = project.run("node_modules/typescript/bin/tsc", "--noEmit")
    assert answer.returncode == 0, answer.stdout


def test_its_own_tests_pass(project: NodeProject) -> None:
    """Vitest, against a fake Premiere that throws where Premiere would."""
    answer = project.run("node_modules/vitest/vitest.mjs", "run", "--reporter=dot")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    passed = re.search(r"Tests\s+(\d+) passed", answer.stdout)
    assert passed is not None, answer.stdout
    assert int(passed[1]) > 150


def test_packages_are_pinned_and_come_from_no_particular_place() -> None:
    """Exact versions with checksums; the lock file names no server, so any mirror serves."""
    package = json.loads((SOURCE / "package.json").read_text())
    assert package["devDependencies"]["@adobe/premierepro"] == "26.3.0"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", pin) for pin in package["devDependencies"].values())
    assert "dependencies" not in package
    locked = json.loads((SOURCE / "package-lock.json").read_text())["packages"]
    others = {name: entry for name, entry in locked.items() if name}
    assert [name for name, entry in others.items() if "resolved" in entry] == []
    assert [name for name, entry in others.items() if "integrity" not in entry] == []
