"""What holds for all tests, so that they can be read, moved and run one by one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((*(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")))


LOADING = (
    "torch",
    "tests.forks.start",
    "tests.command_line.sizzle",
    *(f"ranker.{name}" for name in ("Checkpoint", "Ranker", "load_model", "save_model", "train")),
)
"""What loads torch, or starts a fork of a process that has loaded it."""


@cache
def imported(module: Path) -> tuple[str, ...]:
    """The names of all modules that a module imports, wherever in it."""
    return tuple(_imported(module))


def _imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def loads(module: Path) -> bool:
    """Whether a module, or one of the tests' that it imports, loads what takes seconds."""
    return any(name in LOADING or any(map(loads, modules_named(name))) for name in imported(module))


def modules_named(name: str) -> list[Path]:
    """The tests' own module that a dotted name is of, or is the name of something in."""
    if not name.startswith("tests."):
        return []
    path = ROOT.joinpath(*name.split("."))
    return [
        each for each in (path.with_suffix(".py"), path.parent.with_suffix(".py")) if each.is_file()
    ]


def is_test(name: str) -> bool:
    """Whether a dotted name is that of a test module, or of something in one."""
    first, *others = name.split(".")
    return first == "tests" and any(part.startswith("test_") for part in others)


def test_what_tests_share_is_in_modules_without_tests() -> None:
    """A test module may be split or moved without another breaking."""
    found = [
        f"{module.relative_to(ROOT)} imports {name}"
        for module in MODULES
        for name in imported(module)
        if is_test(name)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tests.reel.test_assemble.INDEX", True),
        ("tests.reel.sample_reels.INDEX", False),
        ("tests.web_player", False),
        ("pytest.test_x", False),
    ],
)
def test_a_test_module_is_recognised(name: str, expected: bool) -> None:
    """A check that finds nothing must be able to find something."""
    assert is_test(name) is expected


def test_one_process_runs_what_loads_torch_or_forks_what_has() -> None:
    """As the Makefile names it: each other process that loads it takes seconds more."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = re.search(r"^LOADED := ((?:.*\\\n)*.*)", makefile, re.MULTILINE)
    assert named is not None
    places = [ROOT / place for place in named[1].replace("\\", "").split()]
    assert [place for place in places if not place.exists()] == []
    elsewhere = [
        module.relative_to(ROOT).as_posix()
        for module in MODULES
        if module.name.startswith("test_")
        and loads(module)
        and not any(module.is_relative_to(place) for place in places)
    ]
    assert elsewhere == []


def test_one_module_names_what_processes_that_tests_fork_have_loaded() -> None:
    """A process has one such server: of two modules that name something, one is not heeded."""
    naming = [
        module.relative_to(ROOT).as_posix()
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "set_forkserver_preload"
    ]
    assert naming == ["tests/forks.py"]
