"""Clients generated from the description work against a live service: Python and TypeScript."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from sizzle.api.documentation import description_of
from tests.api.whole_service import whole_service
from tests.browser import serving
from tests.made_once import locked
from tests.node_project import open_node_project
from tests.programs import give_up

pytestmark = pytest.mark.full

_GENERATOR: Final = "openapi-python-client==0.29.1"
"""In an environment of its own, since it needs an older Typer than we do."""

_SCRIPT: Final = """
import json, sys
from datetime import UTC, datetime
from made.client import AuthenticatedClient
from made.api.assets import get_asset
from made.api.events import create_events
from made.api.reels import create_reel
from made.models import CreateEventsEventsRequest, CreateReelReelRequest

address, key = sys.argv[1:]
client = AuthenticatedClient(base_url=address, token=key)
wanted = {"member_id": "member-ada", "asset_id": "demo",
          "device": {"dynamic_sizzles": True, "plays": ["timecodes"]}}
reel = create_reel.sync(client=client, body=CreateReelReelRequest.from_dict(wanted))
event = {"id": "one", "type": "reel_started", "time": datetime.now(UTC).isoformat(),
         "member_id": "member-ada", "reel_id": reel.reel_id}
body = CreateEventsEventsRequest.from_dict({"events": [event]})
recorded = create_events.sync(client=client, body=body)
refused = get_asset.sync("nowhere", client=client)
print(json.dumps({"cuts": len(reel.cuts), "status": recorded.results[0].status,
                  "title": refused.title, "fix": refused.fix}))
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, Path]]:
    """Its address, a key, and a file with its description."""
    folder = tmp_path_factory.mktemp("service")
    with whole_service(folder) as (app, key), serving(app) as address:
        description = folder / "openapi.json"
        description.write_text(json.dumps(description_of(app)))
        yield address, key, description


def check(printed: str) -> None:
    """Whether a client got a reel, recorded an event, and read a problem."""
    answer = json.loads(printed)
    assert answer.pop("cuts") > 10
    assert answer.pop("fix")
    assert answer == {"status": "accepted", "title": "Not found"}


def test_a_client_in_python(service: tuple[str, str, Path], tmp_path: Path) -> None:
    """By openapi-python-client: it reads reels, events and problems as classes."""
    address, key, description = service
    python = _generator()
    made = tmp_path / "made"
    arguments = ["--path", str(description), "--output-path", str(made), "--meta", "none"]
    generate = [str(python.with_name("openapi-python-client")), "generate", *arguments]
    generated = _run(generate, tmp_path)
    # Only what is no JSON is left out: media, and events line by line.
    left_out = [line for line in generated.stdout.splitlines() if "Unsupported" in line]
    assert all("content_type" in line for line in left_out), generated.stdout
    answer = _run([str(python), "-c", _SCRIPT, address, key], tmp_path)
    assert answer.returncode == 0, answer.stderr
    check(answer.stdout)


def test_a_client_in_typescript(service: tuple[str, str, Path], tmp_path: Path) -> None:
    """By openapi-typescript and openapi-fetch: the compiler knows every field."""
    address, key, description = service
    source = Path(__file__).parent / "typescript_client"
    project = open_node_project(tmp_path / "client", source)
    tool = "node_modules/openapi-typescript/bin/cli.js"
    generated = project.run(tool, str(description), "-o", "schema.ts")
    assert generated.returncode == 0, generated.stderr
    compiled = project.run("node_modules/typescript/bin/tsc")
    assert compiled.returncode == 0, compiled.stdout
    answer = project.run("out/client.js", address, key)
    assert answer.returncode == 0, answer.stderr
    check(answer.stdout)


def _generator() -> Path:
    """The Python of an environment with the generator, made once for all runs."""
    home = Path(tempfile.gettempdir()) / f"sizzle-{_GENERATOR}-{sys.version_info.minor}"
    home.mkdir(mode=0o700, exist_ok=True)
    python, done = home / "bin" / "python", home / "installed"
    with locked(home / "lock"):
        if not done.exists():
            venv.create(home, with_pip=True)
            answer = _run([str(python), "-m", "pip", "install", "-q", _GENERATOR], home)
            if answer.returncode:
                give_up(f"NOT TESTED: {_GENERATOR} cannot be installed: {answer.stderr[-800:]}")
            done.touch()
    return python


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=300
    )
