"""What docs/service.md and docs/operations.md have operators type works as it is written there."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.request import Request, urlopen

import pytest

from sizzle.api.server.settings import Settings
from tests.api.server_process import prepare
from tests.command_line import sizzle
from tests.databases import empty_database
from tests.ports import free_port, wait_for

DOCS: Final = Path(__file__).parents[2] / "docs"
NOT_RUN: Final = {
    "python3 -m venv /opt/sizzle": "it belongs to the next line",
    "/opt/sizzle/bin/pip install": "it downloads gigabytes; the Containerfile has the same line",
    "useradd --system sizzle": "it would change the machine that runs the tests",
    "cp deploy/systemd/* /etc/systemd/system/": "so would this; tests/deploy checks the units",
    "systemctl enable --now": "systemd does not run where tests do",
}
"""What no test runs, by how it begins, and why."""

_PASSWORD: Final = "correct horse battery"


def lines_of(page: str) -> list[str]:
    """The commands of a page's console blocks."""
    text = (DOCS / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^ *```console\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    return [line for line in "".join(blocks).splitlines() if line.strip()]


def block_with(page: str, word: str) -> str:
    """The block of a page that has a word, without its indentation."""
    text = (DOCS / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^( *)```\w*\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    [found] = [
        re.sub(f"^{indent}", "", block, flags=re.M) for indent, block in blocks if word in block
    ]
    return found


@dataclass(frozen=True)
class Shell:
    """A terminal of an operator, in a folder with a catalog, a model and histories.

    Attributes:
        folder: where commands are typed.
        environment: the settings.
    """

    folder: Path
    environment: Mapping[str, str]

    def type(self, line: str) -> str:
        """Run a line. Returns what it shows."""
        words = shlex.split(line, comments=True)
        assert words[0] == "sizzle", line
        done = sizzle(*words[1:], cwd=self.folder, environment=self.environment)
        assert done.returncode == 0, (line, done.stderr)
        return done.stdout

    def type_and_answer(self, line: str, answers: Sequence[str]) -> str:
        """Run a line, answering what it asks. Returns what the terminal shows."""
        pid, terminal = self.start(line)
        shown, left = b"", list(answers)
        while piece := _read(terminal):
            shown += piece
            if left and shown.endswith(b": "):  # sooner, it would be thrown away
                os.write(terminal, f"{left.pop(0)}\n".encode())
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        assert status == 0, (line, shown.decode())
        return shown.decode()

    def start(self, line: str) -> tuple[int, int]:
        """Start a line. Returns its process and the terminal."""
        pid, terminal = pty.fork()
        if not pid:
            os.chdir(self.folder)
            os.execvpe("bash", ["bash", "-c", line], dict(self.environment))
        return pid, terminal


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how Linux says that the other end is closed
        return b""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that was trained."""
    folder = tmp_path_factory.mktemp("typed")
    prepare(folder)
    (folder / "packages").mkdir()
    return folder


@pytest.fixture
def shell(installed: Path, tmp_path: Path) -> Shell:
    """A terminal, where nothing is set."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SIZZLE_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shutil.copytree(installed, tmp_path, dirs_exist_ok=True)
    own = {"PATH": path, "XDG_DATA_HOME": str(tmp_path / "data"), "TERM": "dumb"}
    return Shell(tmp_path, {**clean, **own})


@pytest.fixture
def serve(shell: Shell) -> Iterator[tuple[Shell, int]]:
    """The service as the page starts it, with the files that it shows, and its port."""
    [line] = [line for line in lines_of("service.md") if line.startswith("sizzle serve ")]
    (shell.folder / "cadences.toml").write_text(block_with("service.md", "[cadences]"))
    (shell.folder / "treatments.toml").write_text(block_with("service.md", "randomised_share"))
    port = free_port()
    files = {"SIZZLE_CADENCES": "cadences.toml", "SIZZLE_TREATMENTS": "treatments.toml"}
    running = Shell(shell.folder, {**shell.environment, **files, "SIZZLE_PORT": str(port)})
    pid, terminal = running.start(f"exec {line}")
    try:
        with_patience(port)
        yield running, port
    finally:
        os.kill(pid, signal.SIGTERM)
        while _read(terminal):
            pass
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def with_patience(port: int) -> None:
    """Until somebody answers."""
    deadline = time.monotonic() + 120
    while True:
        try:
            wait_for(port)
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=60) as answer:
                answer.read()
        except OSError:
            assert time.monotonic() < deadline
        else:
            return


@pytest.mark.full
def test_the_service_starts_and_answers_as_its_page_shows(serve: tuple[Shell, int]) -> None:
    """The command, the request, the cadences, treatments and experiment that are written there."""
    _, port = serve
    request = json.loads(block_with("service.md", '"member_id"'))
    for cadence in (request["cadence"], "trio", "autumn"):
        body = json.dumps({**request, "cadence": cadence}).encode()
        headers = {"content-type": "application/json"}
        sent = Request(f"http://127.0.0.1:{port}/v1/reels", body, headers)
        with urlopen(sent, timeout=60) as answer:
            reel = json.load(answer)
        assert reel["cuts"]
        assert reel["treatment"] == request["treatment"]


def test_commands_of_the_service_page_do_what_it_says(shell: Shell) -> None:
    """In the order of the page, each as it is written."""
    key = ""
    for line in lines_of("service.md"):
        if line.startswith("sizzle serve "):
            continue  # the test above
        asks = "asks for the password" in line or line.startswith("sizzle users password")
        typed = line.replace("0f3kq9x2ab", key)
        shown = shell.type_and_answer(typed, [_PASSWORD] * 2) if asks else shell.type(typed)
        if "keys create" in line:
            listed = json.loads(shell.type("sizzle keys list --json"))
            key = listed[0]["key_id"]
        if line.startswith("sizzle config"):
            assert set(re.findall(r"SIZZLE_\w+", shown)) >= set(Settings.read().shown())
    assert json.loads(shell.type("sizzle keys list --json"))[0]["revoked"]
    assert "ada@example.com" in shell.type("sizzle users list")


def test_commands_of_the_operations_page_do_what_it_says(
    shell: Shell, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each as it is written, but for where a backup goes; what is not run is listed, with why."""
    target = empty_database("postgresql", shell.folder, tmp_path_factory)
    changed = {
        "/srv/sizzle/backup/": "",
        "postgresql://sizzle@db/sizzle": target.render_as_string(hide_password=False),
    }
    left = dict(NOT_RUN)
    for line in lines_of("operations.md"):
        if begin := next((begin for begin in NOT_RUN if line.startswith(begin)), ""):
            left.pop(begin, None)
            continue
        typed = line
        for name, value in changed.items():
            typed = typed.replace(name, f"{value!r}" if "://" in name else value)
        shell.type(typed)
    assert left == {}, "a reason for what the page no longer has"


def test_settings_of_the_operations_page_are_read(shell: Shell) -> None:
    """`sizzle config` takes each of them."""
    block = block_with("operations.md", "SIZZLE_CATALOG=")
    given = dict(line.split("=", 1) for line in block.splitlines())
    given["SIZZLE_SECRET"] = given["SIZZLE_SECRET"].replace("...", "s" * 32)
    shown = Shell(shell.folder, {**shell.environment, **given}).type("sizzle config --json")
    read = {name: str(value) for name, value in json.loads(shown).items()}
    assert read.pop("SIZZLE_SECRET") != given.pop("SIZZLE_SECRET")  # it is masked
    assert read.items() >= given.items()
