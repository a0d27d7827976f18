"""Events from and to files, and what is kept of members, on the command line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from sqlalchemy import make_url
from typer.testing import CliRunner, Result

from sizzle.cli.app import app
from sizzle.database import Database
from sizzle.errors import InputError
from sizzle.eventlog import EventLog
from sizzle.outbox import EndpointFields, Endpoints, EndpointUpdate
from tests.events.sample_events import event, sent

EVENTS = [
    sent(id="e-1", attributes={"title_id": "aurora"}, metrics={"seconds": 61.5}, reel_id="r"),
    sent(id="e-2", member_id="member-mallory", endpoint_id="phone", time="2020-01-01T00:00:00Z"),
    sent(id="é", type="'; DROP TABLE events; --", app="tv"),
]


def run(folder: Path, *arguments: object) -> Result:
    """Run `sizzle` with a state of its own, in this process."""
    state = ["--state", str(folder / "state")]
    return CliRunner().invoke(app, [*map(str, arguments), *state])


def imported(folder: Path, *files: Path) -> dict[str, int]:
    """What came of the events of files."""
    counts: dict[str, int] = json.loads(run(folder, "events", "import", *files, "--json").stdout)
    return counts


def lines(folder: Path) -> list[dict[str, object]]:
    """All events of the log, without their cursors."""
    printed = run(folder, "events", "tail", "--no-follow").stdout.splitlines()
    return [{k: v for k, v in json.loads(line).items() if k != "cursor"} for line in printed]


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A folder whose log has three events."""
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(map(json.dumps, EVENTS)))
    assert imported(tmp_path, path)["accepted"] == 3
    return tmp_path


@pytest.mark.parametrize(
    "name", ["all.jsonl", "all.jsonl.gz", "all.csv", "all.csv.gz", "days", "file://store"]
)
def test_what_is_exported_can_be_imported(filled: Path, tmp_path: Path, name: str) -> None:
    """Into another log, which then has the same; into the same, to which it adds nothing."""
    out = filled / name.removeprefix("file://")
    if name.startswith("file://"):  # an object store
        out.mkdir()
    target = f"file://{out}" if name.startswith("file://") else out
    assert run(filled, "events", "export", target).exit_code == 0
    files = sorted(out.iterdir()) if out.is_dir() else [out]
    assert len(files) == (2 if out.is_dir() else 1)
    assert imported(filled, *files) == {
        "accepted": 0,
        "duplicate": 3,
        "conflict": 0,
        "refused": 0,
    }
    other = tmp_path / "other"
    assert imported(other, *files)["accepted"] == 3
    key = lambda record: str(record["id"])  # noqa: E731
    assert sorted(lines(other), key=key) == sorted(lines(filled), key=key)


def test_csv_has_columns_for_attributes_and_metrics(tmp_path: Path) -> None:
    """Gzipped too; a row that is no event is named by its line, and costs no other."""
    path = tmp_path / "events.csv.gz"
    text = (
        "id,type,time,member_id,attributes.title_id,metrics.seconds\n"
        "e-1,title_played,2026-09-21T14:13:20Z,member-ada,aurora,61.5\n"
        "e-2,title_played,yesterday,member-ada,aurora,1\n"
        "e-3,app_opened,2026-09-21T14:13:20Z,member-ada,,\n"
        "e-4,title_played,2026-09-21T14:13:20Z,member-ada,aurora,nan\n"
        "e-5,app_opened,2026-09-21T14:13:20Z,member-ada,,,surplus\n"
    )
    path.write_bytes(gzip.compress(text.encode()))
    result = run(tmp_path, "events", "import", path)
    assert result.exit_code == 1
    assert "2 accepted, 0 duplicate, 0 conflict, 3 refused." in result.stderr
    for line in (3, 5, 6):
        assert f"line {line}: " in result.stderr
    assert lines(tmp_path)[0]["metrics"] == {"seconds": 61.5}


@pytest.mark.parametrize(
    "name", ["events.txt", "absent.jsonl", "cut.jsonl.gz", "bad.csv.gz", "bad.parquet"]
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    """Of no known kind, absent, cut off, or damaged."""
    whole = gzip.compress(bytes(range(256)) * 10)
    damaged = {"cut": whole[:20], "bad": whole[:40] + b"damage" * 9 + whole[94:]}
    if (content := damaged.get(name.partition(".")[0])) is not None:
        (tmp_path / name).write_bytes(content)
    refused = run(tmp_path, "events", "import", tmp_path / name).exception
    assert isinstance(refused, InputError)
    assert refused.where == str(tmp_path / name)


def test_the_endpoints_of_a_member_are_shown_and_erased(tmp_path: Path) -> None:
    """With events that came before their member was known; other members' events stay."""
    database = f"sqlite:///{tmp_path / 'state' / 'sizzle.db'}"
    store = Database(make_url(database))
    log = EventLog(store, b"k" * 32)
    endpoints = Endpoints(store, log.member_hash)
    fields = EndpointFields.read(
        {"Address": "tel-555", "ChannelType": "SMS", "User": {"UserId": "member-mallory"}}
    )
    endpoints.submit([EndpointUpdate("app", "phone-of-mallory", fields, 5)]).result()
    log.append(
        [
            event("before", app="app", member_id="", endpoint_id="phone-of-mallory"),
            event("others", app="app", member_id="member-ben", endpoint_id="phone-of-mallory"),
            event("elsewhere", app="other", member_id="", endpoint_id="phone-of-mallory"),
        ]
    )
    shown = run(tmp_path, "members", "show", "member-mallory", "--json").stdout
    assert json.loads(shown)["endpoints"] == [
        {"app": "app", "id": "phone-of-mallory", "channel": "SMS", "address": "tel-555"}
    ]
    assert "phone-of-mallory" in run(tmp_path, "members", "show", "member-mallory").stdout
    erased = run(tmp_path, "members", "erase", "member-mallory", "--json").stdout
    assert json.loads(erased) == {
        "events": 1,
        "exposures": 0,
        "endpoints": 1,
        "profiles": 1,
        "snapshots": 0,
        "sends": 0,
        "suppressed": 0,
        "history_lines": 0,
        "jobs": 0,
        "exports": {},
        "unchanged": {},
    }
    assert [logged.event.event_id for logged in log.read()] == ["others", "elsewhere"]
    assert endpoints.find("app", ["phone-of-mallory"]) == {}
    for path in (tmp_path / "state").iterdir():
        assert b"tel-555" not in path.read_bytes()
    endpoints.close()
    log.close()


def test_a_member_is_shown_and_erased(filled: Path) -> None:
    """From the database and the histories; no file of the state has the id afterwards."""
    histories = filled / "histories.jsonl"
    ada = '{"member_id": "member-ada", "title_id": "a", "at": 1}\n'
    histories.write_text(ada + ada.replace("ada", "mallory") + "no history\n")
    shown = json.loads(run(filled, "members", "show", "member-mallory", "--json").stdout)
    assert shown["events"] == {"app_opened": 1}
    assert shown["first"] == "2020-01-01T00:00:00.000Z"
    assert shown["endpoints"] == []
    erase = ("members", "erase", "member-mallory", "--histories", histories, "--json")
    nothing = dict.fromkeys(
        ("exposures", "endpoints", "profiles", "snapshots", "sends", "suppressed", "jobs"), 0
    )
    for count in (1, 0):
        assert json.loads(run(filled, *erase).stdout) == {
            **nothing,
            "events": count,
            "history_lines": count,
            "exports": {},
            "unchanged": {},
        }
    assert histories.read_text() == ada + "no history\n"
    for path in [*(filled / "state").iterdir(), histories]:
        assert b"mallory" not in path.read_bytes()
    assert imported(filled, filled / "events.jsonl")["refused"] == 1
