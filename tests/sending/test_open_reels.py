"""Messages show the reel that the service would compose, with all that its member has done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from sizzle.database import Database, database_url
from sizzle.histories.ranker_files import RankerFiles
from sizzle.outreach.campaign import ReelPolicy
from sizzle.secret import installation_secret
from sizzle.sending.open_reels import ReelFiles, with_reels
from sizzle.sending.open_worker import Installation
from sizzle.sending.settings import SendingSettings
from tests.api.living_installation import RANKED_AT, played, prepare, until, worker
from tests.api.living_installation import reel as reel_of

MEMBER = "member-ada"
CADENCES = '[cadences]\nduo = ["A:160 B:80"]\n[sets.autumn]\nduo = 1\n'
TREATMENTS = """
[experiment]
name = "autumn"
[treatments.quick]
weight = 1
cadence = "duo"
randomised_share = 1.0
temperature = 2.0
"""
POLICY = "[plays]\nleast_seconds = 600\n"


@dataclass(frozen=True)
class Beside:
    """A service, and a worker's reels beside it."""

    folder: Path
    service: TestClient
    installation: Installation

    def reel(self, cadence: str) -> str:
        """The id of the reel that a message would show; empty where there is none."""
        assert self.installation.reels is not None
        made = self.installation.reels.of(MEMBER, ReelPolicy(asset_id="demo", cadence=cadence), NOW)
        return made.reel.reel_id if made else ""

    def service_reel(self, cadence: str) -> str:
        """The id of the reel of the service."""
        body = {"asset_id": "demo", "device": {"dynamic_sizzles": True}, "member_id": MEMBER}
        answer = self.service.post("/v1/reels", json={**body, "cadence": cadence})
        return str(answer.json()["reel_id"])

    def watched(self) -> set[str]:
        """What the member has watched, as messages go by it."""
        assert self.installation.watched is not None
        return set(self.installation.watched(MEMBER))

    def play(self, title_id: str, seconds: int) -> None:
        """Have the member watch something."""
        event = played(title_id, MEMBER)
        event["metrics"]["seconds"] = seconds
        answer = self.service.post("/v1/events", json={"events": [event]})
        assert answer.json()["results"][0]["status"] == "accepted"


NOW = RANKED_AT * 1000


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[Beside]:
    """Both, with cadences and a viewing policy of their own."""
    prepare(tmp_path)
    cadences, policy = tmp_path / "cadences.toml", tmp_path / "viewing.toml"
    treatments = tmp_path / "treatments.toml"
    cadences.write_text(CADENCES)
    policy.write_text(POLICY)
    treatments.write_text(TREATMENTS)
    given = {"cadences": cadences, "viewing_policy": policy, "treatments": treatments}
    with worker(tmp_path, **given) as service:
        state = tmp_path / "state"
        installation = Installation(
            Database(database_url(state)), state, installation_secret(state, None),
            SendingSettings.read(public_url="https://reels.example.org"),
        )  # fmt: skip
        files = RankerFiles(
            tmp_path / "ranker.pt", tmp_path / "none.jsonl", None, policy, optional=True
        )
        with with_reels(
            installation, ReelFiles(f"{tmp_path}/catalog", files, cadences, treatments)
        ) as filled:
            yield Beside(tmp_path, service, filled)
        installation.database.close()


def test_a_message_shows_the_reel_of_the_service(beside: Beside) -> None:
    """By its cadences, treatments, and what counts as viewing; after each thing that is watched."""
    cold = {name: beside.reel(name) for name in ("three-act", "duo", "autumn")}
    assert cold == {name: beside.service_reel(name) for name in cold}
    assert len({*cold.values()}) == 1  # the treatment's cadence, in an order that is drawn
    assert beside.reel("quartet") == ""
    # Ten minutes count here, and one does not, other than by default.
    beside.play("title-5", 300)
    beside.play("title-1", 900)
    until(lambda: beside.reel("duo") == beside.service_reel("duo") != cold["duo"])
    assert beside.watched() == {"title-1"}
    assert reel_of(beside.service, MEMBER)["cold_start"] is False
    # A file that changes while the worker runs is read again.
    changed = beside.folder / "cadences.toml"
    changed.write_text(CADENCES.replace('["A:160 B:80"]', '["A:80 B:40"]'))
    before = beside.reel("duo")
    until(lambda: beside.reel("duo") != before)
