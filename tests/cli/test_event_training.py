"""`sizzle train --from-events`: the nightly job, and the service that takes its model over."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from fixtures.members import planted_world
from ranker import write_histories
from sizzle.api.server.settings import Settings
from sizzle.api.wiring import build
from sizzle.catalog import Catalog
from sizzle.cli.app import app
from sizzle.cli.options import open_event_log
from sizzle.errors import InputError
from sizzle.events import Event
from tests.api.sample_service import ASK
from tests.reel.sample_reels import TITLE_IDS, index_of

SMALL = [
    f"--set={setting}"
    for setting in ("steps=20", "evaluate_every=10", "context=16", "width=16", "blocks=1")
]
WORSE = "--set=learning_rate=0.7"
WORLD = planted_world(members=60, titles=40)


def train(folder: Path, *arguments: str) -> Result:
    """Train from the events of a folder's state, in this process."""
    places = [f"--out={folder / 'ranker.pt'}", f"--state={folder / 'state'}"]
    places.append(f"--catalog={folder / 'catalog'}")
    command = ["train", *arguments, *places, "--device=cpu", "--json"]
    return CliRunner().invoke(app, command, catch_exceptions=True)


def reel_version(service: TestClient) -> str:
    """The version of the model that orders a reel."""
    version: str = service.post("/v1/reels", json=ASK).json()["model_version"]
    return version


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a catalog, and with a log of plays and what does not count."""
    Catalog.open(tmp_path / "catalog").publish(index_of(TITLE_IDS))
    log = open_event_log(None, tmp_path / "state")
    plays = [
        Event(
            event_id=str(number),
            type="title_played",
            member_id=event.member_id,
            time=event.at * 1000,
            received=event.at * 1000,
            attributes={"title_id": event.title_id, "device": event.device},
            metrics={"seconds": 3600.0},
        )
        for number, event in enumerate(WORLD.events)
    ]
    log.append([*plays, Event(event_id="x", type="message", member_id="m", time=1, received=1)])
    log.close()
    return tmp_path


def test_a_better_model_replaces_the_one_in_use(folder: Path) -> None:
    """A running service takes it over; a worse one it never sees, unless that is forced."""
    model = folder / "ranker.pt"
    first = train(folder, "--from-events", *SMALL)
    report = json.loads(first.stdout)
    assert (first.exit_code, report["members"], report["replaced"]) == (0, 60, True)
    histories = folder / "histories.jsonl"
    write_histories(histories, WORLD.events)
    settings = Settings.read(
        catalog=str(folder / "catalog"),
        model=model,
        histories=histories,
        state=folder / "state",
        refresh_seconds=0.05,
    )
    with TestClient(build(settings), "http://localhost", client=("127.0.0.1", 1)) as service:
        assert reel_version(service) == report["model_version"]
        before = model.read_bytes()
        worse = train(folder, "--from-events", *SMALL, WORSE)
        refused = json.loads(worse.stdout)
        assert (worse.exit_code, refused["replaced"]) == (1, False)
        assert refused["NDCG@10 lead"].startswith("-")
        assert refused["targets"] == 20
        assert "--force would replace it" in worse.stderr
        assert model.read_bytes() == before
        forced = json.loads(train(folder, "--from-events", "--force", *SMALL, WORSE).stdout)
        assert forced["replaced"]
        deadline = time.monotonic() + 10
        while reel_version(service) != forced["model_version"]:
            assert time.monotonic() < deadline, "the service does not take the model over"
            time.sleep(0.05)
    assert sorted(path.name for path in folder.glob("ranker*")) == ["ranker.pt"]


def test_too_few_events_write_nothing(tmp_path: Path) -> None:
    """The reason is named."""
    refused = train(tmp_path, "--from-events", *SMALL)
    assert "There are no viewings in these histories" in str(refused.exception)
    assert list(tmp_path.glob("ranker*")) == []


@pytest.mark.parametrize(
    ("arguments", "what"),
    [([], "nothing to train on"), (["log.jsonl", "--force"], "belong to --from-events")],
)
def test_what_does_not_belong_together_is_refused(
    tmp_path: Path, arguments: list[str], what: str
) -> None:
    """The message says what to do."""
    refused = train(tmp_path, *arguments).exception
    assert isinstance(refused, InputError)
    assert what in refused.what
