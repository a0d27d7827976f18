"""`sizzle evaluate --from-exposures`: what models and cadences would have brought."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from sizzle.cli.app import app
from sizzle.errors import InputError, NotFoundError, SizzleError
from tests.api.living_installation import ASK, played, prepare, worker

MEMBERS = 60
TREATMENTS = """
experiment.name = "autumn"
[treatments.drawn]
weight = 1
randomised_share = 1
temperature = 1e-6
"""


def evaluate(*arguments: str) -> Result:
    """The command in this process."""
    return CliRunner().invoke(app, ["evaluate", "--from-exposures", *arguments])


def result_of(*arguments: str) -> Any:  # noqa: ANN401 - any JSON
    """What it prints of the one policy."""
    done = evaluate(*arguments, "--json")
    assert done.exit_code == 0, done.exception
    [policy] = json.loads(done.stdout)
    return policy


def refusal(*arguments: str) -> SizzleError:
    """How it ends that cannot do its work."""
    error = evaluate(*arguments).exception
    assert isinstance(error, SizzleError)
    return error


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Members who watched something, were shown a reel, saw some of it, and watched more."""
    prepare(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIZZLE_STATE", "state")
    (tmp_path / "treatments.toml").write_text(TREATMENTS)
    with worker(tmp_path, treatments=tmp_path / "treatments.toml") as service:
        for number in range(MEMBERS):
            member = f"member-{number}"
            record(service, [played(f"title-{number % 5 + 1}", member)])
            answer = service.post("/v1/reels", json={**ASK, "member_id": member})
            assert answer.status_code == 200, answer.text
            seen = {
                "id": "seen",
                "type": "reel_progress",
                "time": "2026-11-18T11:07:00Z",
                "member_id": member,
                "reel_id": answer.json()["reel_id"],
                "metrics": {"cut": 1, "frames": 10 + number},
            }
            record(
                service, [seen, {**played("title-7", member, 1), "time": "2026-11-19T00:00:00Z"}]
            )
    return tmp_path


def record(service: Any, events: list[dict[str, Any]]) -> None:  # noqa: ANN401 - any client of HTTP
    """Record events."""
    answer = service.post("/v1/events", json={"events": events})
    assert answer.status_code == 202, answer.text


def test_the_model_that_was_used_brings_what_was_seen(shown: Path) -> None:
    """It orders titles as it did at that time: by what members had watched before the reel."""
    result = result_of("ranker.pt")
    assert result["reels"] == result["matching_reels"] == MEMBERS
    assert result["effective_members"] == pytest.approx(MEMBERS)
    assert result["mean_weight"] == pytest.approx(1)
    assert result["can_tell"]
    assert result["seconds_shown"]["mean"] > 0
    assert result["lead"]["mean"] == pytest.approx(0)
    assert result["popular_share"] == pytest.approx(result["popular_share_shown"])
    table = evaluate("ranker.pt")
    assert table.exit_code == 0
    assert f"{MEMBERS} of {MEMBERS}" in table.stdout


def test_what_the_logs_cannot_tell_is_refused(shown: Path) -> None:
    """No other policy, another cadence where none is drawn, no such reel, no such model."""
    assert "no other policy" in refusal().what
    never = refusal("--cadence", "duo")
    assert isinstance(never, NotFoundError)
    assert f"None of {MEMBERS} recorded reels" in never.what
    assert isinstance(refusal("ranker.pt", "--treatment", "other"), NotFoundError)
    assert isinstance(refusal("ranker.pt", "--asset", "other"), NotFoundError)
    missing = CliRunner().invoke(app, ["evaluate"]).exception
    assert isinstance(missing, InputError)
    assert not isinstance(evaluate("absent.pt").exception, SystemExit)
