"""`sizzle outreach report`: for people, spreadsheets and programs, as a picture, and as exports."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import URL
from typer.testing import CliRunner, Result

from sizzle.cli.app import app
from sizzle.experiments import HOLDOUT
from sizzle.outbox.experiments import enrol
from sizzle.outreach.results.experiment import experiment_of
from tests.outbox.measured_campaign import MEMBERS, measure_campaign
from tests.sending.world import World


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation whose campaign has been sent and watched."""
    folder = tmp_path_factory.mktemp("installation")
    url = URL.create("sqlite", database=str(folder / "state" / "sizzle.db"))
    world = World.open(url, folder / "state")
    _, log = measure_campaign(world)
    log.close()
    return folder


def run(folder: Path, *arguments: object) -> Result:
    """Run `sizzle outreach report`."""
    state = ["--state", str(folder / "state")]
    return CliRunner().invoke(app, ["outreach", "report", *map(str, arguments), *state])


def as_json(folder: Path, *arguments: object) -> Any:  # noqa: ANN401 - any JSON
    """What it prints for programs."""
    found = run(folder, *arguments, "--json")
    return json.loads(found.stdout)


def test_the_report_says_what_the_campaign_brought(folder: Path) -> None:
    """Everybody is counted as assigned; what became of sends; and the lift, with its intervals."""
    found = as_json(folder, "premiere")
    assert (found["source"], found["state"], found["ended"]) == ("campaign", "finished", True)
    assert found["targeted"] == MEMBERS
    total = found["total"]
    assert total["sent"] == MEMBERS - found["held_out"] == total["sends"]
    assert (total["bounced_hard"], total["delivered"]) == (1, total["sent"] - 1)
    assert (total["opened"], total["opened_by_people"], total["clicked_by_people"]) == (1, 1, 1)
    assert {row["name"]: row["sends"] for row in found["channels"]} == {"EMAIL": total["sends"]}
    names = {row["name"]: row["sends"] for row in found["treatments"]}
    assert names.keys() == {"plain", "reel"}
    assert names["reel"] > names["plain"] > 0
    assigned = {row["treatment"]: row["members"] for row in found["assigned"]}
    assert assigned == {**names, "held out": found["held_out"]}
    plays, minutes, every, *_ = found["lift"]
    assert plays["measure"] == "plays"
    assert plays["difference"] == pytest.approx(plays["value"] - plays["baseline"])
    assert 0 < plays["sequence"][0] < plays["interval"][0] < plays["difference"]
    assert plays["decided"] == "more"
    assert plays["finding"] == "More of the members play what is promoted than of those held out."
    assert minutes["sequence"][0] < minutes["difference"] < minutes["sequence"][1]
    assert every["difference"] == pytest.approx(minutes["difference"])
    assert {row["treatment"] for row in found["lift"]} == {"", "plain", "reel"}
    assert not found["sample_ratio"]["broken"]
    assert found["plan"]["enough"] is False
    assert "Too few members for a lift of 10 points on 30.0%" in found["plan"]["finding"]
    assert found["cannot_tell"] == []


def test_people_read_tables(folder: Path) -> None:
    """With the finding, and what was planned."""
    found = run(folder, "premiere")
    assert found.exit_code == 0
    for words in ("Members, as assigned", "Lift", "held out", "EMAIL"):
        assert words in found.stdout
    assert "More of the members play what is promoted" in found.stderr


def test_spreadsheets_get_each_table(folder: Path) -> None:
    """A row for each thing counted, under one header."""
    rows = list(csv.DictReader(io.StringIO(run(folder, "premiere", "--csv").stdout)))
    report = as_json(folder, "premiere")
    of_lift = [row for row in rows if row["table"] == "lift"]
    assert [float(row["sequence_low"]) for row in of_lift] == [
        row["sequence"][0] for row in report["lift"]
    ]
    kinds = {row["table"] for row in rows}
    assert kinds >= {"campaign", "assigned", "total", "treatment", "lift", "lift_day", "plan"}


def test_exports_have_a_row_for_each(folder: Path) -> None:
    """Of sends with what became of them; of members with their treatment and what they watched."""
    sends = list(csv.DictReader(io.StringIO(run(folder, "premiere", "--export", "sends").stdout)))
    report = as_json(folder, "premiere")
    assert len(sends) == report["total"]["sends"] == len({row["send_id"] for row in sends})
    assert sum(int(row["hard_bounced"]) for row in sends) == 1
    assert sum(int(row["clicked_by_person"]) for row in sends) == 1
    assert {row["state"] for row in sends} == {"handed over"}
    text = run(folder, "premiere", "--export", "members").stdout
    members = list(csv.DictReader(io.StringIO(text)))
    assert len(members) == MEMBERS
    held_out = [row for row in members if row["treatment"] == HOLDOUT]
    assert len(held_out) == report["held_out"]
    minutes = {row["treatment"]: row["minutes"] for row in report["assigned"]}
    watched = sum(int(row["seconds"]) for row in held_out) / 60
    assert minutes["held out"] == pytest.approx(watched, abs=0.1)


def test_the_picture_is_whole_and_safe(folder: Path, tmp_path: Path) -> None:
    """One SVG of all charts, which runs and loads nothing; another ending is refused."""
    assert run(folder, "premiere", "--picture", tmp_path / "p.svg").exit_code == 0
    root = ElementTree.fromstring((tmp_path / "p.svg").read_text())
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "rect", "text", "title", "polyline", "polygon", "circle", "path"}
    assert "SVG" in str(run(folder, "premiere", "--picture", tmp_path / "p.png").exception)


def test_a_draft_says_what_it_can_find(tmp_path: Path) -> None:
    """Before anything is sent: how many members it takes, and what so many show."""
    url = URL.create("sqlite", database=str(tmp_path / "state" / "sizzle.db"))
    world = World.open(url, tmp_path / "state")
    world.add_members(30)
    world.create("draft", holdout=0.2)
    world.database.close()
    found = run(tmp_path, "draft")
    assert found.exit_code == 0
    assert "Too few members for a lift of 2 points on 5.0%" in found.stderr
    assert "Nobody is assigned yet." in found.stderr


def test_a_broken_ratio_is_said_in_red(tmp_path: Path) -> None:
    """And the command exits with 1, as nothing can be compared."""
    url = URL.create("sqlite", database=str(tmp_path / "state" / "sizzle.db"))
    world = World.open(url, tmp_path / "state")
    world.add_members(20)
    world.start("lost", holdout=0.5)
    lost = {f"x-{n}": "all" for n in range(60)}
    with world.database.writing() as connection:
        campaign = world.campaigns.get("lost").campaign
        experiment = experiment_of(campaign, world.now, frozenset({"aurora"}))
        enrol(connection, experiment, lost, world.now)
    world.database.close()
    found = run(tmp_path, "lost")
    assert found.exit_code == 1
    assert "ATTENTION: The treatments do not have as many members as planned" in found.stderr


def test_bad_options_are_refused(folder: Path) -> None:
    """With what is wrong."""
    for arguments, words in (
        ((), "Name a campaign"),
        (("premiere", "--all"), "not both"),
        (("nothing",), "no campaign or journey 'nothing'"),
        (("premiere", "--csv", "--json"), "Both"),
        (("premiere", "--export", "all"), "cannot be exported"),
        (("nothing", "--export", "sends"), "no campaign or journey"),
        (("--all",), "Nobody was held out of all outreach"),
        (("--all", "--quarter", "2026-Q5"), "no quarter"),
    ):
        found = run(folder, *arguments)
        assert found.exit_code != 0
        assert words in str(found.exception)
