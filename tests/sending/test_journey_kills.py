"""A worker that is killed in the middle of a step leaves no run half done."""

from __future__ import annotations

import random
import time
from collections import Counter
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import event, func, make_url, select

from sizzle.database.journey_tables import JOURNEY_RUNS
from sizzle.database.send_tables import SENDS
from sizzle.outbox.endpoint import EndpointFields
from sizzle.outbox.endpoints import Endpoint, write_endpoints
from sizzle.outreach.journeys.durations import DAY
from tests.databases import KINDS, new_database
from tests.forks import start
from tests.outreach.journeys.sample_journeys import send
from tests.sending.journey_world import (
    happen,
    planned,
    standing,
    start_journey,
    three_members,
)
from tests.sending.world import NOON, World

WAIT = {"id": "pause", "type": "wait", "for": "1 day", "next": "second"}
LATER = int((NOON + 2 * 24 * 3600) * 1000)


@pytest.mark.full
@pytest.mark.parametrize(("kind", "members", "kills"), [(kind, 30_000, 100) for kind in KINDS])
def test_each_run_has_its_messages_once_however_often_workers_are_killed(
    kind: str, members: int, kills: int, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """At random moments: as members enter by events, wait, and get their messages planned."""
    url = new_database(kind, tmp_path, tmp_path_factory)
    world = World.open(url, tmp_path / "state")
    ids = [f"m-{number:05}" for number in range(members)]
    put_many(world, ids)
    start_journey(world, send(next="pause"), WAIT, send("second"), goal=None)
    for start_of in range(0, members, 500):
        happen(world, *ids[start_of : start_of + 500], event_id=f"{start_of}")
    text, chance = url.render_as_string(hide_password=False), random.Random(11)
    for _ in range(kills):
        before = progress(world)[1]
        assert before < 2 * members, "it is done before so many kills"
        process = start(work_until_killed, text, str(tmp_path / "state"), before >= members)
        end = time.monotonic() + 60
        while progress(world)[1] == before:
            assert time.monotonic() < end, "no run goes on"
            time.sleep(0.004)
        time.sleep(chance.random() * 0.02)
        process.kill()
        process.join(20)
        assert_whole(world)
    for now in (int(world.now), LATER, LATER + DAY):
        while world.journey_work().work(now):
            pass
    assert standing(world) == {"completed": members}
    assert planned(world) == sorted(
        (one, f"welcome.{step}") for one in ids for step in ("hello", "second")
    )
    world.database.close()


class Killed(BaseException):
    """What ends a worker of this process in the middle of its work."""


def test_ending_at_any_statement_leaves_each_message_once(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A worker ends at its first statement, another at its second, and so on, until one is done."""
    world = three_members(tmp_path, tmp_path_factory)
    start_journey(world, send(next="pause"), WAIT, send("second"), goal=None)
    happen(world, "m-0000", "m-0001")
    ended = 0
    for day in range(3):
        now, left = world.now + day * DAY, 0
        while not worked_until(world, left, now):
            assert_whole(world)
            left, ended = left + 1, ended + 1
    assert ended > 30
    assert standing(world) == {"completed": 2}
    assert planned(world) == [
        (one, f"welcome.{step}") for one in ("m-0000", "m-0001") for step in ("hello", "second")
    ]
    world.database.close()


def worked_until(world: World, statements: int, now: int) -> bool:
    """Work, and end before a statement after so many. Returns whether nothing was left to do."""
    counter = count()
    engine = world.database._engine

    def end(*_: object) -> None:
        if next(counter) == statements:
            raise Killed

    event.listen(engine, "before_cursor_execute", end)
    try:
        while world.journey_work().work(now):
            pass
    except Killed:
        return False
    finally:
        event.remove(engine, "before_cursor_execute", end)
    return True


def put_many(world: World, ids: list[str]) -> None:
    """Members with a mail address each, in one transaction."""
    given = [
        {"ChannelType": "EMAIL", "Address": f"{one}@example.com", "User": {"UserId": one}}
        for one in ids
    ]
    endpoints = [
        Endpoint("app", f"mail-{one}", EndpointFields.read(fields), one, created=1, updated=1)
        for one, fields in zip(ids, given, strict=True)
    ]
    with world.database.writing() as connection:
        write_endpoints(connection, {}, endpoints)


def progress(world: World) -> tuple[int, int]:
    """How many runs and sends there are."""
    with world.database.reading() as connection:
        runs, sends = (
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (JOURNEY_RUNS, SENDS)
        )
    return runs, sends


def assert_whole(world: World) -> None:
    """Runs that have passed a message have it, and those that have not have none."""
    with world.database.reading() as connection:
        steps = select(JOURNEY_RUNS.c.run_id, JOURNEY_RUNS.c.step, JOURNEY_RUNS.c.outcome)
        runs = {run_id: (step, end) for run_id, step, end in connection.execute(steps)}
        sends = Counter(run_id for (run_id,) in connection.execute(select(SENDS.c.run_id)))
    expected = {run_id: 2 if end else 1 for run_id, (step, end) in runs.items() if step != "hello"}
    assert sends == expected


def work_until_killed(url: str, state: str, later: bool) -> None:
    """What the process runs: let runs go on, now or where their waits are over."""
    world = World.open(make_url(url), Path(state))
    world.clock.time = (LATER if later else world.now + 600_000) / 1000
    while True:
        if not world.journey_work().work(world.now):
            time.sleep(0.005)
