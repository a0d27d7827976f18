"""`sizzle members erase`: nothing of a member is left in any table or file of the installation."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet
from sqlalchemy import URL, Double, Integer, Table, insert, select
from typer.testing import CliRunner, Result

from sizzle.cli.app import app
from sizzle.database import Database
from sizzle.database.journey_tables import JOURNEY_RUNS, JOURNEY_SEGMENT_MEMBERS
from sizzle.database.member_tables import SNAPSHOT_MEMBERS
from sizzle.database.metadata import METADATA
from sizzle.database.outcome_tables import ASSIGNMENTS, SEND_OUTCOMES
from sizzle.database.send_tables import SENDS
from sizzle.database.service_tables import REQUESTS
from sizzle.eventlog import EventLog
from sizzle.eventlog.engagement import EngagementLog
from sizzle.outbox import EndpointFields, Endpoints, EndpointUpdate
from sizzle.outreach_jobs import JobKind, OutreachJobs
from tests.databases import KINDS, new_database
from tests.engagement.sample_exposures import exposure, play, progress, reel_event
from tests.events.sample_events import event

NAME = "mallory"
OF_NO_MEMBER = {
    *("apps", "unused_events", "followers", "erased_members", "segments", "snapshots"),
    *("consents", "suppressions", "promoted", "lines", "drafts", "prompts", "verdicts"),
    *("campaigns", "activities", "transports", "sending_store", "webhook_calls", "evaluations"),
    *("journeys", "journey_versions", "experiments", "experiment_days", "send_totals"),
    *("users", "sessions", "sign_in_attempts", "api_keys", "api_access"),
    "workers",
}
"""Tables that have nothing of a member but a keyed hash, or what is kept for days at most."""


@pytest.fixture(params=KINDS)
def url(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> URL:
    """An empty database of each kind."""
    (tmp_path / "state").mkdir()
    return new_database(request.param, tmp_path / "state", tmp_path_factory)


@pytest.fixture
def database(url: URL, tmp_path: Path) -> Iterator[Database]:
    """A database in which every table that can has something of a member."""
    found = Database(url, patience=30)
    log = EventLog(found, b"k" * 32)
    endpoints = Endpoints(found, log.member_hash)
    phone = {"Address": f"tel-{NAME}", "ChannelType": "SMS", "User": {"UserId": NAME}}
    endpoints.submit(
        [EndpointUpdate("shop", f"phone-of-{NAME}", EndpointFields.read(phone), 5)]
    ).result()
    log.submit_exposures([exposure(member_id=NAME), exposure()]).result()
    message = {"campaign_id": "c", "campaign_activity_id": "a", "treatment_id": "0"}
    opened = {"type": "_campaign.opened_notification", "attributes": message, "app": "shop"}
    log.append(
        [
            reel_event("started", "1", member_id=NAME),
            progress("2", 1, 80, member_id=NAME),
            play("3", "aurora", member_id=NAME),
            event("4", member_id=NAME, attributes={"name": f"{NAME} herself"}),
            event("5", member_id="", endpoint_id=f"phone-of-{NAME}", **opened),
            progress("6", 1, 80),
        ]
    )
    with found.writing() as connection:
        row = {"snapshot_id": "s", "number": 1, "member_id": NAME, "reasons": "[]"}
        connection.execute(insert(SNAPSHOT_MEMBERS), row)
        texts = ("send_id", "campaign_id", "activity_id", "app", "endpoint_id", "channel")
        send = dict.fromkeys((*texts, "class", "topic", "state"), "x") | {"member_id": NAME}
        connection.execute(insert(SENDS), {**send, "due": 1, "created": 1, "updated": 1})
        answered = {"name": "1", "started": 1, "worker": "w", "body_sha256": "", "status": 200}
        body = json.dumps({"member_id": NAME}).encode()
        connection.execute(insert(REQUESTS), {**answered, "headers": "[]", "body": body})
        for table in (ASSIGNMENTS, SEND_OUTCOMES, JOURNEY_RUNS, JOURNEY_SEGMENT_MEMBERS):
            connection.execute(insert(table), _filled(table))
    EngagementLog(found).follow()
    add_jobs(OutreachJobs.open(tmp_path / "state" / "outreach", found))
    endpoints.close()
    log.close()
    yield found
    found.close()


def add_jobs(jobs: OutreachJobs) -> None:
    """Two that are done: an import that quotes the member's id, and an audience with the member."""
    quoted, other = ({"what": f"{name!r} is 50 now.", "fix": ""} for name in (NAME, "malory"))
    audience = {
        "output": {"recommendedUsers": ["member-ada", NAME]},
        "chance": [0.2, 0.1],
        "why": [[], []],
    }
    results: tuple[tuple[JobKind, dict[str, Any], dict[str, str]], ...] = (
        (JobKind.IMPORT, {"findings": [quoted, other]}, {}),
        (JobKind.AFFINITY, {"audiences": [{}]}, {"result.jsonl": json.dumps(audience) + "\n"}),
    )
    for kind, result, files in results:
        with jobs.incoming() as folder:
            for name, text in {**files, "result.json": json.dumps(result)}.items():
                (folder / name).write_text(text)
            job = jobs.accept(folder, kind, {}, "somebody").row
        taken = jobs.queue.take(job)
        assert taken is not None
        assert jobs.queue.finish(taken, result, [])


def _filled(table: Table) -> dict[str, object]:
    """A row of the member, with something in every column that needs it."""
    texts = {
        column.name: 1 if isinstance(column.type, Integer | Double) else "[]"
        for column in table.columns
        if not column.nullable
    }
    return {**texts, "member_id": NAME}


def run(folder: Path, url: URL, *arguments: object) -> Result:
    """Run `sizzle` on the database, with a state of its own, in this process."""
    places = ["--state", str(folder / "state")]
    places += ["--database", url.render_as_string(hide_password=False)]
    return CliRunner().invoke(app, [*map(str, arguments), *places], catch_exceptions=False)


def tables_with(database: Database, text: str) -> set[str]:
    """The tables in which a text is, in whatever column."""
    with database.reading() as connection:
        return {
            table.name
            for table in METADATA.sorted_tables
            if text in str(connection.execute(select(table)).all())
        }


def content(path: Path) -> str:
    """All that a file holds, unpacked."""
    if path.suffix == ".parquet":
        return str(parquet.read_table(path).to_pylist())
    data = path.read_bytes()
    return repr(gzip.decompress(data) if path.suffix == ".gz" else data)


def test_nothing_of_a_member_is_left(tmp_path: Path, url: URL, database: Database) -> None:
    """In no table and no file: the database's own, the log beside it, histories and exports."""
    assert tables_with(database, NAME) == {t.name for t in METADATA.sorted_tables} - OF_NO_MEMBER
    histories = tmp_path / "histories.jsonl"
    line = '{"member_id": "%s", "title_id": "a", "at": 1}\n'
    histories.write_text(line % NAME + line % "member-ada")
    (tmp_path / "store").mkdir()
    for out in ("all.jsonl.gz", "all.csv", "days"):
        assert run(tmp_path, url, "events", "export", tmp_path / out).exit_code == 0
    assert run(tmp_path, url, "events", "export", f"file://{tmp_path}/store").exit_code == 0
    for out in ("shown.jsonl", "shown.parquet"):
        assert run(tmp_path, url, "exposures", "export", tmp_path / out).exit_code == 0
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sum(NAME in content(path) for path in files) >= 7
    erase = ("members", "erase", NAME, "--histories", histories, "--json")
    done = run(tmp_path, url, *erase)
    assert done.exit_code == 0
    result = json.loads(done.stdout)
    assert (result["events"], result["exposures"], result["endpoints"]) == (5, 1, 1)
    assert (result["profiles"], result["snapshots"], result["sends"]) == (1, 1, 1)
    assert (result["jobs"], len(result["exports"])) == (2, 6)
    assert tables_with(database, NAME) == set()
    assert tables_with(database, "malory") == {"jobs"}
    assert tables_with(database, "member-ada") == {"events", "viewing_records", "exposures"}
    database.close()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in files if NAME in content(path)] == []
    assert NAME not in str(files)
    kept = ("all.jsonl.gz", "all.csv", "shown.jsonl", "shown.parquet", "histories.jsonl")
    assert all("member-ada" in content(tmp_path / name) for name in kept)
