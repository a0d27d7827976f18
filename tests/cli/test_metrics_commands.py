"""Figures of engagement on the command line: tables, JSON, CSV, a picture; exposures in files."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sqlalchemy import URL
from typer.testing import CliRunner, Result

from sizzle.cli.app import app
from sizzle.database import Database
from sizzle.engagement import Exposure, Probabilities
from sizzle.eventlog import EventLog
from tests.engagement.sample_exposures import DAY, exposure, play, progress, reel_event
from tests.events.sample_events import NOW, event


def run(folder: Path, *arguments: object) -> Result:
    """Run `sizzle` with a state of its own, in this process."""
    return CliRunner().invoke(app, [*map(str, arguments), "--state", str(folder)])


def reels() -> Iterator[Exposure]:
    """Two treatments, of ten members each."""
    for number in range(20):
        yield exposure(
            f"reel-{number}",
            member_id=f"member-{number}",
            treatment="ab"[number % 2],
            cadence=("trio", "duo")[number % 2],
            probabilities=Probabilities(0.5, (0.25, 0.5), randomised=number == 3),
        )


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder with twenty reels, events about them, and some about messages."""
    log = EventLog(Database(URL.create("sqlite", database=str(tmp_path / "sizzle.db"))), b"k" * 32)
    log.submit_exposures(list(reels())).result()
    events = [reel_event("started", "r-x", "reel-1", member_id="nobody")]
    for number in range(0, 20, 2):
        about = {"reel_id": f"reel-{number}", "member_id": f"member-{number}"}
        events += [
            progress(f"{number}-{cut}", cut, 80, **about) for cut in range(1, 2 + number // 5)
        ]
    events.append(reel_event("completed", "r-c", "reel-18", member_id="member-18"))
    events.append(play("r-p", "comet", member_id="member-7", time=NOW + DAY))
    attributes = {"campaign_id": "spring", "campaign_activity_id": "mail"}
    opened = {"type": "_campaign.opened_notification", "endpoint_id": "e", "member_id": ""}
    events.append(event("r-o", attributes=attributes, **opened))
    log.append(events)
    log.close()
    return tmp_path


def test_the_tables_name_their_denominators(state: Path) -> None:
    """And what cannot be counted is said, with the finding about treatments in plain words."""
    result = run(state, "metrics", "--weights", "a=1,b=3")
    assert result.exit_code == 0
    for text in ("10 (50.0%)", "1 (10.0%)", "1 (5.0%)", "spring, trio"):
        assert text in result.stdout, result.stdout
    assert "Undecided whether more members of b or of a watched a reel to its end." in result.stderr
    for text in ("0.0% of 10 started", "100.0% of 10", "-100.0 to -60.8"):
        assert text in result.stdout, result.stdout
    assert "Undecided whether more members of b or of a started a reel." in result.stderr
    assert "within chance" in result.stderr
    assert "1 events about reels are not counted: no exposure." in result.stderr
    assert "1 events came from endpoints that nobody registered" in result.stderr
    broken = run(state, "metrics", "--weights", "a=1,b=30").stderr
    assert "ATTENTION: The treatments do not have as many members as planned: a 10" in broken


def test_json_and_csv_have_the_same(state: Path) -> None:
    """All of it; messages alone where a campaign is named."""
    options = ("metrics", "--asset", "spring", "--from", "2026-09-21", "--to", "2026-09-22")
    report = json.loads(run(state, *options, "--json").stdout)
    assert report["reels"]["total"]["shown"] == 20
    assert report["period"]["start"] == "2026-09-21T00:00:00.000Z"
    rows = list(csv.DictReader(run(state, *options, "--csv").stdout.splitlines()))
    cuts = [row for row in rows if row["table"] == "cut"]
    assert [int(row["reached"]) for row in cuts] == [
        row["reached"] for row in report["reels"]["cuts"]
    ]
    earlier = json.loads(run(state, *options, "--zone", "Pacific/Kiritimati", "--json").stdout)
    assert earlier["reels"]["total"]["shown"] == 0
    messages = json.loads(run(state, "metrics", "--campaign", "spring", "--json").stdout)
    assert messages["reels"] is None
    assert messages["messages"][0]["unknown_endpoint"] == 1
    assert "No event about such messages" in run(state, "metrics", "--campaign", "no").stderr


def test_a_picture_of_retention(state: Path) -> None:
    """A curve that never rises for the cadence that was started; none for the other."""
    path = state / "retention.svg"
    assert run(state, "metrics", "--picture", path).exit_code == 0
    drawing = ElementTree.fromstring(path.read_text())
    space = "{http://www.w3.org/2000/svg}"
    (line,) = drawing.iter(f"{space}polyline")
    heights = [float(point.split(",")[1]) for point in line.attrib["points"].split()]
    assert len(heights) == 5
    assert heights == sorted(heights)
    texts = " ".join(drawing.itertext())
    assert "trio of spring: 10 started, 10.0% to the end" in texts
    assert "cut 2, B:80: 7 of 10, 2 left" in texts


def test_what_cannot_be_answered_is_said(state: Path) -> None:
    """Each with what is wrong, and no file is left."""
    path = state / "curve.svg"
    for arguments, says in (
        (("--picture", path, "--from", "2030-01-01"), "There is no curve to draw"),
        (("--picture", path, "--campaign", "spring"), "Messages have no retention curve"),
        (("--picture", state / "curve.png"), "Charts are written as SVG"),
        (("--json", "--csv"), "Both --csv and --json"),
        (("--asset", "autumn"), "recorded are reels of: spring"),
        (("--zone", "Europe/Pari"), "Europe/Paris"),
        (("--from", "2026-12-01", "--to", "2026-11-01"), "not after its start"),
        (("--baseline", "c"), "a, b"),
    ):
        assert says in str(run(state, "metrics", *arguments).exception)
    assert list(state.glob("curve*")) == []


@pytest.mark.parametrize("name", ["all.jsonl", "all.jsonl.gz", "all.parquet"])
def test_exposures_are_exported(state: Path, name: str) -> None:
    """Each with its cuts and its probabilities; other suffixes are refused."""
    path = state / name
    assert "20 exposures" in run(state, "exposures", "export", path).stderr
    if name.endswith("parquet"):
        import pyarrow.parquet as pq

        records = pq.read_table(path).to_pylist()
    else:
        text = gzip.decompress(path.read_bytes()) if name.endswith("gz") else path.read_bytes()
        records = [json.loads(line) for line in text.splitlines()]
    assert len(records) == 20
    third = records[3]
    assert third["time"] == "2026-09-21T14:13:20.000Z"
    assert third["cuts"][1] == {"title_id": "borealis", "frames": 80}
    assert (third["cadence_probability"], third["slot_probabilities"]) == (0.5, [0.25, 0.5])
    assert [record["randomised"] for record in records].count(True) == 1
    assert "suffix" in str(run(state, "exposures", "export", state / "all.csv").exception)
