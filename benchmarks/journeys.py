"""What it costs to let runs of journeys go on, among many that wait.

    python -m benchmarks.journeys [WAITING]

100,000 runs wait in a file of SQLite, and of these 2,000 are due. A worker lets them go on: reads
facts of their members (endpoints, profiles, consents, events since entry), steps, writes where they
are now, and plans a message each. The peer is a bare loop of SQL that reads the same rows and
writes the same values, in as many transactions, and decides nothing. Processor time, medians of
alternating rounds. A look that finds nothing due is measured among 1,000 and among all runs. Exits
with 1 if a step costs more than six times as much, or if a look takes more than twice as long among
100 times as many.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Final

from sqlalchemy import URL, bindparam, insert, select, update

from benchmarks.tables import Row, print_table
from sizzle.database import Database
from sizzle.database.journey_tables import JOURNEY_RUNS
from sizzle.database.member_tables import MEMBERS
from sizzle.database.schema import ENDPOINTS, EVENTS
from sizzle.database.send_tables import SENDS
from sizzle.outbox.address_hash import AddressHash
from sizzle.outbox.endpoint import EndpointFields
from sizzle.outbox.endpoints import Endpoint, write_endpoints
from sizzle.outbox.journey_runs import insert_runs, next_look
from sizzle.outbox.journeys import Journeys
from sizzle.outbox.member_rows import write_members
from sizzle.outbox.members import Members
from sizzle.outbox.promoted import PromotedThings
from sizzle.outreach.journeys.durations import DAY
from sizzle.outreach.journeys.reading import read_journey
from sizzle.outreach.journeys.run import new_run
from sizzle.outreach.journeys.states import JourneyAction
from sizzle.outreach.members.profile import ProfileFields
from sizzle.outreach.vocabulary import Promoted, PromotedKind
from sizzle.sending.journey_entries import JourneyEntries
from sizzle.sending.journey_facts import JourneyFacts
from sizzle.sending.journeys import PAGE, JourneyWork
from sizzle.sending.permissions import StoredPermissions

_WAITING: Final = 100_000
_DUE: Final = 2_000
_FEW: Final = 1_000
_ROUNDS: Final = 5
_LOOKS: Final = 200
_NOW: Final = 1_796_000_000_000
_TARGET: Final = 6.0
_GROWTH: Final = 2.0
_PAGE: Final = 10_000
_CHANGED: Final = (
    update(JOURNEY_RUNS)
    .where(JOURNEY_RUNS.c.run_id == bindparam("of_id"))
    .values(step="later", since=_NOW, due=_NOW + 7 * DAY, branches="{}", updated=_NOW)
)
_HASH: Final = AddressHash(b"k" * 32)
_JOURNEY: Final = """{
    "journey_id": "welcome", "topic": "marketing", "longest": "60 days",
    "trigger": {"on": "event", "event": {"type": "signed_up"}},
    "goal": {"type": "title_played", "attributes": {"title_id": ["aurora"]}},
    "steps": [
        {"id": "wait", "type": "wait", "for": "3 days", "next": "hello"},
        {"id": "hello", "type": "send", "kind": "title", "promoted_id": "aurora", "next": "later"},
        {"id": "later", "type": "wait", "for": "7 days", "next": ""}]}"""


def main() -> None:
    """Measure, and print the table."""
    waiting = int(sys.argv[1]) if len(sys.argv) > 1 else _WAITING
    with tempfile.TemporaryDirectory() as name:
        few = _filled(Path(name) / "few.db", _FEW, 0)
        full = _filled(Path(name) / "full.db", waiting, _DUE)
        ours: list[float] = []
        bare: list[float] = []
        for number in range(_ROUNDS):
            for values, work in ((ours, _step), (bare, _bare)):
                values.append(_measured(full, Path(name) / f"{number}.db", work))
        looks = [_look(path) for path in (few, full)]
    ratio, growth = median(ours) / median(bare), looks[1] / looks[0]
    goes_on, peer = f"{median(ours):.3f} ms", f"{median(bare):.3f} ms"
    rows = [
        Row(f"a run goes on, {_DUE:,} due of {waiting:,}", (goes_on, f"{ratio:.1f} times")),
        Row("the peer: bare SQL that reads and writes the same rows", (peer, "")),
        Row(f"a look that finds none due, of {_FEW:,}", (f"{looks[0]:.3f} ms", "")),
        Row(
            f"a look that finds none due, of {waiting:,}",
            (f"{looks[1]:.3f} ms", f"{growth:.2f} times that of {_FEW:,}"),
        ),
    ]
    print_table(("", "processor time", "beside"), rows)
    sys.exit(int(ratio > _TARGET or growth > _GROWTH))


def _filled(path: Path, waiting: int, due: int) -> Path:
    """A database with members, and a run of each; the first are due."""
    database = Database(URL.create("sqlite", database=str(path)))
    database.upgrade_once()
    PromotedThings(database).save(Promoted(PromotedKind.TITLE, "aurora"), 1)
    journey, journeys = read_journey(_JOURNEY), Journeys(database)
    journeys.save(journey, "ada", _NOW - 5 * DAY)
    journeys.approve("welcome", 1, "ben", _NOW - 5 * DAY)
    journeys.act("welcome", JourneyAction.START, _NOW - 5 * DAY)
    for start in range(0, waiting, _PAGE):
        numbers = range(start, min(start + _PAGE, waiting))
        with database.writing() as connection:
            profiles = {f"m-{n}": ProfileFields(language="en", country="FR") for n in numbers}
            write_members(connection, {}, profiles, 1)
            write_endpoints(connection, {}, [_endpoint(n) for n in numbers])
            runs = [
                new_run("welcome", 1, "wait", f"m-{n}", "e", _NOW - (3 * DAY + 5 if n < due else 0))
                for n in numbers
            ]
            insert_runs(connection, [replace(run, due=run.entered + 3 * DAY) for run in runs], _NOW)
    database.close()
    return path


def _endpoint(number: int) -> Endpoint:
    member_id = f"m-{number}"
    fields = EndpointFields.read(
        {
            "ChannelType": "EMAIL",
            "Address": f"{member_id}@example.com",
            "User": {"UserId": member_id},
        }
    )
    return Endpoint("app", f"mail-{member_id}", fields, member_id, created=1, updated=1)


def _measured(full: Path, copy: Path, work: object) -> float:
    """Milliseconds of a processor for each run, on a copy of the database."""
    shutil.copy(full, copy)
    database = Database(URL.create("sqlite", database=str(copy)))
    database.upgrade_once()
    started = time.process_time()
    assert callable(work)
    done = work(database)
    took = time.process_time() - started
    assert done == _DUE
    with database.reading() as connection:
        assert len(connection.execute(select(SENDS.c.send_id)).all()) == _DUE
        look = next_look(connection, "welcome")
        assert look is not None
        assert look > _NOW
    database.close()
    copy.unlink()
    return took / _DUE * 1000


def _work(database: Database) -> JourneyWork:
    permissions = StoredPermissions(_HASH)
    facts = JourneyFacts(permissions, Members(database, _HASH).profiles, "UTC")
    return JourneyWork(database, facts, JourneyEntries(database))


def _step(database: Database) -> int:
    work, total = _work(database), 0
    while done := work.work(_NOW):
        total += done
    return total


def _bare(database: Database) -> int:
    """Read the same rows, and write the same values, page by page."""
    total = 0
    while done := _bare_page(database):
        total += done
    return total


def _bare_page(database: Database) -> int:
    runs, sends = JOURNEY_RUNS.c, SENDS
    with database.writing(concurrent=True) as connection:
        query = select(JOURNEY_RUNS).where(
            runs.journey_id == "welcome", runs.outcome == "", runs.due <= _NOW
        )
        rows = connection.execute(query.order_by(runs.due).limit(PAGE)).mappings().all()
        ids = [row["member_id"] for row in rows]
        for table in (ENDPOINTS, MEMBERS, EVENTS):
            connection.execute(select(table).where(table.c.member_id.in_(ids))).all()
        if rows:
            connection.execute(_CHANGED, [{"of_id": row["run_id"]} for row in rows])
            connection.execute(insert(sends), list(_send_rows(rows)))
    return len(rows)


def _send_rows(rows: object) -> Iterator[dict[str, object]]:
    assert isinstance(rows, list | tuple)
    for row in rows:
        yield {
            "send_id": row["run_id"], "campaign_id": "welcome", "activity_id": "welcome.hello",
            "app": "app", "endpoint_id": f"mail-{row['member_id']}", "member_id": row["member_id"],
            "channel": "EMAIL", "class": "marketing", "topic": "marketing", "state": "planned",
            "due": _NOW, "expires": _NOW + 2 * DAY, "created": _NOW, "updated": _NOW,
            "run_id": row["run_id"], "journey_version": 1,
        }  # fmt: skip


def _look(path: Path) -> float:
    """Milliseconds of a processor that a look takes which finds nothing due."""
    database = Database(URL.create("sqlite", database=str(path)))
    database.upgrade_once()
    work = _work(database)
    early = _NOW - 5 * DAY + 1000
    work.work(early)
    started = time.process_time()
    for _ in range(_LOOKS):
        assert work.work(early) == 0
    took = (time.process_time() - started) / _LOOKS * 1000
    database.close()
    return took


if __name__ == "__main__":
    main()
