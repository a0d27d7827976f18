"""A worker that is killed at any moment sends nothing twice, and loses nobody."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import pytest

from sizzle.outbox.sends import Sends
from sizzle.outreach.campaign import CampaignState
from sizzle.outreach.inbound.mail_logs import read_mail_log
from sizzle.sending.clock import Clock
from sizzle.sending.settle import settle
from tests.databases import KINDS, empty_database
from tests.forks import start
from tests.sending.world import World
from tests.smtp_sink import Sink, smtp_sink


@pytest.mark.parametrize(
    ("kind", "sends", "kills"),
    [
        pytest.param("sqlite", 120, 10),
        *(pytest.param(kind, 5000, 200, marks=pytest.mark.full) for kind in KINDS),
    ],
)
def test_nobody_twice_and_nobody_lost(
    kind: str, sends: int, kills: int, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Check 13: those of whom it is unknown are listed, and the server's log settles them."""
    url = empty_database(kind, tmp_path, tmp_path_factory)
    world = World.open(url, tmp_path / "state")
    world.real_clock = Clock()
    ids = world.add_members(sends)
    world.start()
    text = url.render_as_string(hide_password=False)
    log = tmp_path / "sink.log"
    chance = random.Random(7)
    with smtp_sink(log) as sink:
        arguments = (text, str(tmp_path / "state"), sink.port)
        for number in range(kills):
            kill_one(sink, arguments, number, sends * (number + 1) // (kills + 1), chance)
        run_to_the_end(arguments, "last")
        unknown = world.sends.unknown(limit=sends)
        states = world.states()
        assert Counter(states) == {"handed over": sends - len(unknown), "unknown": len(unknown)}
        delivered = Counter(taken.recipient for taken in sink.taken)
        assert max(delivered.values()) == 1
        # Each of whom it is said that they got it did.
        arrived = {str(taken.mail["Message-ID"]) for taken in sink.taken}
        listed = {send.message_id for send in unknown}
        assert len(arrived | listed) == sends
        assert world.campaigns.get("c-1").state is CampaignState.FINISHED

        with log.open() as lines:
            found = settle(Sends(world.database), read_mail_log(lines), world.now, complete=True)
        assert found.handed_over == len(arrived & listed)
        assert found.planned == len(listed - arrived)
        assert found.unknown == 0
        run_to_the_end(arguments, "after settling")
        assert Counter(taken.recipient for taken in sink.taken) == Counter(
            f"{one}@example.com" for one in ids
        )
        assert world.states() == {"handed over": sends}
    print(f"{kind}: {kills} kills, {len(unknown)} unknown, {found.handed_over} had arrived")  # noqa: T201
    world.database.close()


def kill_one(
    sink: Sink, arguments: tuple[str, str, int], number: int, until: int, chance: random.Random
) -> None:
    """Start a worker, and kill it at a random moment after so many mails have arrived."""
    process = start(worker, *arguments, f"worker-{number}")
    end = time.monotonic() + 60
    while len(sink.taken) < until and process.is_alive():
        assert time.monotonic() < end, "the worker sends nothing"
        time.sleep(0.001)
    time.sleep(chance.random() * 0.03)
    process.kill()
    process.join(20)


def run_to_the_end(arguments: tuple[str, str, int], name: str) -> None:
    """Have a worker send all that is left."""
    process = start(worker, *arguments, name)
    process.join(300)
    assert process.exitcode == 0


def worker(url: str, state: str, port: int, name: str) -> None:
    """What the process runs."""
    from tests.sending.killed_worker import send_until_killed

    send_until_killed(url, state, port, name)
