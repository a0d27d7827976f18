"""The page's TypeScript: it is what ships, its types hold, and its own tests pass."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from sizzle.web_player import PAGE
from tests.node_project import NodeProject, open_node_project

SOURCE = PAGE.parent / "source"
LOCKED = (SOURCE, Path(__file__).parent / "peers")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> NodeProject:
    """The sources, ready to build and test."""
    return open_node_project(tmp_path_factory.mktemp("player") / "source", SOURCE)


def test_what_ships_is_what_the_sources_build_to(project: NodeProject, tmp_path: Path) -> None:
    """The built page is neither edited nor out of date: `npm run build` corrects this."""
    answer = project.run("build.mjs", str(tmp_path / "page"))
    assert answer.returncode == 0, answer.stderr
    built = {path.name: path.read_bytes() for path in (tmp_path / "page").iterdir()}
    assert built == {path.name: path.read_bytes() for path in PAGE.iterdir()}


def test_types_hold(project: NodeProject) -> None:
    """With TypeScript's strictest options."""
    answer = project.run("node_modules/typescript/bin/tsc", "--noEmit")
    assert answer.returncode == 0, answer.stdout


def test_its_own_tests_pass(project: NodeProject) -> None:
    """Vitest, for everything that needs no browser."""
    answer = project.run("node_modules/vitest/vitest.mjs", "run", "--reporter=dot")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    passed = re.search(r"Tests\s+(\d+) passed", answer.stdout)
    assert passed is not None, answer.stdout
    assert int(passed[1]) > 25


@pytest.mark.parametrize("folder", LOCKED, ids=lambda folder: folder.name)
def test_packages_are_pinned_and_come_from_no_particular_place(folder: Path) -> None:
    """Exact versions with checksums; the lock file names no server, so any mirror serves."""
    package = json.loads((folder / "package.json").read_text())
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", pin) for pin in package["devDependencies"].values())
    assert "dependencies" not in package
    locked = json.loads((folder / "package-lock.json").read_text())["packages"]
    others = {name: entry for name, entry in locked.items() if name}
    assert [name for name, entry in others.items() if "resolved" in entry] == []
    assert [name for name, entry in others.items() if "integrity" not in entry] == []
