"""Campaigns on the command line: created, approved, sent to a folder, settled, bounced."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, make_url
from typer.testing import CliRunner, Result

from sizzle.cli.app import app
from sizzle.database import Database
from tests.cli.outreach.sending_setup import SENDER, approve_line
from tests.outreach.inbound.sample_reports import bounce
from tests.sending.world import World

CAMPAIGN = {
    "campaign_id": "premiere",
    "kind": "title",
    "promoted_id": "aurora",
    "snapshot_id": "s-1",
    "start": "2026-01-01T00:00:00Z",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with two members, an approved snapshot and line, and no model."""
    monkeypatch.chdir(tmp_path)
    for name, value in {**SENDER, "SIZZLE_OUTREACH_FOLDER": str(tmp_path / "outbox")}.items():
        monkeypatch.setenv(name, value)
    url = URL.create("sqlite", database=str(tmp_path / "state" / "sizzle.db"))
    world = World.open(url, tmp_path / "state")
    world.add_members(2)
    approve_line(world.database, "Tonight: {title}", "Hello,\n\n{title} is here: {link}")
    world.database.close()
    (tmp_path / "premiere.json").write_text(json.dumps(CAMPAIGN))
    return tmp_path


def run(*arguments: object, given: bytes = b"") -> Result:
    """Run `sizzle outreach` with a state of its own, in this process."""
    command = ["outreach", *map(str, arguments), "--state", "state"]
    return CliRunner().invoke(app, command, input=given)


def as_json(*arguments: object) -> Any:  # noqa: ANN401 - any JSON
    """What a command prints for programs."""
    return json.loads(run(*arguments, "--json").stdout)


def test_a_campaign_from_its_file_to_the_folder(folder: Path) -> None:
    """Each member's mail is one file; nobody is mailed without settings."""
    assert run("campaign", "create", "premiere.json", "--by", "ada").exit_code == 0
    assert run("campaign", "create", "premiere.json", "--by", "ada").exit_code == 0
    assert "draft" in str(run("campaign", "start", "premiere").exception)
    assert run("campaign", "approve", "premiere", "--by", "ben").exit_code == 0
    assert as_json("campaign", "start", "premiere")["state"] == "running"
    assert as_json("send") == {"ended": {"handed over": 2}, "recovered": {}, "next_due": None}
    mails = sorted((folder / "outbox").glob("*.eml"))
    assert len(mails) == 2
    assert b"Subject: Tonight: The City of Dawn" in mails[0].read_bytes()
    status = as_json("campaign", "status", "premiere")
    assert (status["state"], status["approved_by"]) == ("finished", "ben")
    assert [count["count"] for count in status["counts"]] == [2]
    assert [each["campaign"] for each in as_json("campaign", "status")] == ["premiere"]
    listed = as_json("campaign", "status", "premiere", "--sends", "handed over")["sends"]
    assert {each["send"] for each in listed} == {path.stem for path in mails}
    assert as_json("send")["ended"] == {}
    # What came back of one of them.
    given = bounce(f"<{listed[0]['send']}@example.org>")
    assert json.loads(run("bounce", "--json", given=given).stdout)["recorded"] == 1
    assert json.loads(run("bounce", "--json", given=b"Subject: hello").stdout)["recorded"] == 0


def test_a_changed_line_is_not_sent(folder: Path) -> None:
    """Check 19: a byte of an approved line was changed in the database."""
    from sqlalchemy import text

    for command in ("create premiere.json", "approve premiere", "start premiere"):
        assert run("campaign", *command.split()).exit_code == 0
    store = Database(make_url(f"sqlite:///{folder}/state/sizzle.db"))
    with store.writing() as connection:
        connection.execute(text("UPDATE lines SET text = replace(text, 'here', 'herf')"))
    store.close()
    assert as_json("send")["ended"] == {"skipped": 2}
    (count,) = as_json("campaign", "status", "premiere")["counts"]
    assert count["reason"] == "content not approved"
    assert not (folder / "outbox").exists()


def test_without_a_sender_nothing_is_sent(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing is named; so are settings, files and states that are none."""
    monkeypatch.delenv("SIZZLE_OUTREACH_POSTAL_ADDRESS")
    assert "SIZZLE_OUTREACH_POSTAL_ADDRESS" in str(run("send").exception)
    monkeypatch.setenv("SIZZLE_OUTREACH_QUIET_HOURS", "night")
    assert "SIZZLE_OUTREACH_QUIET_HOURS" in str(run("send").exception)
    assert "no campaign" in str(run("campaign", "status", "none").exception)
    assert run("campaign", "create", "none.json").exit_code != 0
    assert run("settle", "--log", "none.log").exit_code != 0
    (folder / "x.json").write_text(json.dumps({**CAMPAIGN, "start": "soon"}))
    assert "'soon' is not a time" in str(run("campaign", "create", "x.json").exception)
