"""Journeys on the command line: checked, tried out, approved by somebody else, sent and closed."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from sqlalchemy import URL
from typer.testing import CliRunner, Result

from sizzle.cli.app import app
from sizzle.database import Database
from sizzle.errors import InputError
from tests.cli.outreach.sending_setup import SENDER, approve_line
from tests.outreach.journeys.sample_journeys import journey_json, send
from tests.sending.journey_world import happen
from tests.sending.world import World

WAIT = {"id": "pause", "type": "wait", "for": "3 days", "next": "second"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with two members, an approved line, and a journey in a file."""
    monkeypatch.chdir(tmp_path)
    for name, value in {**SENDER, "SIZZLE_OUTREACH_FOLDER": str(tmp_path / "outbox")}.items():
        monkeypatch.setenv(name, value)
    world = World.open(database_of(tmp_path), tmp_path / "state")
    world.add_members(2)
    approve_line(world.database, "Tonight: {title}", "Hello,\n\n{title} is here: {link}")
    world.database.close()
    write(tmp_path)
    return tmp_path


def database_of(folder: Path) -> URL:
    """The installation's database."""
    return URL.create("sqlite", database=str(folder / "state" / "sizzle.db"))


def write(folder: Path, *steps: dict[str, Any], **fields: Any) -> None:  # noqa: ANN401
    """Write the file of the journey."""
    given = steps or (send(next="pause"), WAIT, send("second"))
    (folder / "welcome.json").write_text(json.dumps(journey_json(*given, **fields)))


def run(*arguments: str) -> Result:
    """Run a command."""
    own = () if "schema" in arguments else ("--state", "state")
    return CliRunner().invoke(app, ["outreach", *arguments, *own])


def journey(*arguments: str) -> dict[str, object]:
    """Run a command on journeys that succeeds. Returns its JSON."""
    done = run("journey", *arguments, *(() if arguments[0] == "schema" else ("--json",)))
    assert done.exit_code == 0, done.output
    found: dict[str, object] = json.loads(done.stdout)
    return found


def refusal(*arguments: str) -> str:
    """Run a command on journeys that is refused as unusable input. Returns what is wrong."""
    error = run("journey", *arguments).exception
    assert isinstance(error, InputError), error
    assert error.exit_code == 2
    return error.what


def test_a_journey_is_made_approved_sent_and_closed(folder: Path) -> None:
    """By one command each; the workers of campaigns send its messages."""
    assert journey("create", "welcome.json", "--by", "ada")["newest"] == 1
    assert "not approved" in refusal("start", "welcome")
    journey("approve", "welcome", "--version", "1", "--by", "ben")
    assert journey("start", "welcome")["state"] == "running"
    happened(folder, "m-0000", "m-0001")
    assert run("send").exit_code == 0
    shown = journey("show", "welcome", "--picture", "welcome.svg")
    assert shown["standing"] == {"pause": 2}
    assert "2 inside" in (fromstring(Path("welcome.svg").read_text()).get("aria-label") or "")
    assert len(list((folder / "outbox").rglob("*.eml"))) == 2
    member = CliRunner().invoke(app, ["members", "show", "m-0000", "--state", "state", "--json"])
    (entry,) = json.loads(member.stdout)["journeys"]
    assert (entry["journey"], entry["step"], entry["outcome"]) == ("welcome", "pause", "")
    assert journey("close", "welcome")["outcomes"] == {"journey closed": 2}
    assert "closed" in run("journey", "show").output


def happened(folder: Path, *members: str) -> None:
    """Have members sign up now."""
    world = World(Database(database_of(folder)), folder / "state")
    world.clock.time = time.time()
    happen(world, *members)
    world.database.close()


def test_findings_are_listed_with_their_rules_and_exit_with_1(folder: Path) -> None:
    """Also of what the journey names: here a segment and a title that there are not."""
    write(folder, send(promoted_id="nothing", next="second"), WAIT, topic="", segment_id="g")
    checked = run("journey", "check", "welcome.json", "--json")
    assert checked.exit_code == 1
    found = {(one["rule"], one["severity"], one["step"]) for one in json.loads(checked.stdout)}
    assert found >= {
        ("unknown-step", "error", "hello"), ("send-without-topic", "error", "hello"),
        ("unknown-promoted", "error", "hello"), ("unknown-segment", "error", ""),
        ("unreachable-step", "warning", "pause"),
    }  # fmt: skip
    (folder / "welcome.json").write_text('{"steps": [{"id": "x", "type": "dance"}]}')
    broken = run("journey", "check", "welcome.json")
    assert broken.exit_code == 1
    assert "x: unknown-step-type: 'dance' is no type of a step." in broken.output
    assert refusal("create", "welcome.json") == "x: 'dance' is no type of a step."
    assert run("journey", "check", "nowhere.json").exit_code == 1


def test_the_second_of_two_editors_is_told(folder: Path) -> None:
    """They made their change from version 1, and there is version 2 by now."""
    journey("create", "welcome.json")
    write(folder, send("other"))
    assert journey("create", "welcome.json", "--base", "1")["newest"] == 2
    write(folder, send("third"))
    told = "There is version 2 now; this is of version 1."
    assert refusal("create", "welcome.json", "--base", "1") == told
    assert refusal("approve", "welcome", "--version", "1") == told


def test_a_simulation_says_how_many_messages_members_would_get(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a file or of a journey that is kept, by the quiet hours and caps that are set."""
    monkeypatch.setenv("SIZZLE_OUTREACH_PER_WEEK", "1")
    journey("create", "welcome.json")
    arguments = ("--members", "200", "--days", "60", "--entries", "12", "--seed", "3")
    found = journey("simulate", "welcome", *arguments)
    assert found == journey("simulate", "welcome.json", *arguments)
    assert found["most"] == 1
    assert set(dict(found["members_by_most_a_week"])) <= {"0", "1"}  # type: ignore[call-overload]
    shown = run("journey", "simulate", "welcome", *arguments).output
    assert "at most 1 each" in shown
    assert "frequency cap" in shown
    write(folder, send(next="hello"))
    assert "lead back to themselves" in refusal("simulate", "welcome.json")


def test_the_schema_is_printed(folder: Path) -> None:
    """For editors that complete and check what is typed."""
    assert folder
    assert journey("schema")["$schema"] == "https://json-schema.org/draft/2020-12/schema"
