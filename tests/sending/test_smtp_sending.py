"""The worker and a real SMTP server, by the server's own clock and log."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.mail_server import HOST
from sizzle.channels import ChannelSettings
from sizzle.channels.smtp import SmtpTransport
from sizzle.outreach.campaign import Action, CampaignState
from sizzle.sending.clock import Clock
from tests.databases import new_database
from tests.sending.world import World
from tests.smtp_sink import Sink, smtp_sink


@pytest.fixture
def world(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An installation without members."""
    found = World.open(new_database("sqlite", tmp_path, tmp_path_factory), tmp_path / "state")
    yield found
    found.database.close()


def transport(sink: Sink, **changes: object) -> SmtpTransport:
    """To the server."""
    given = {"smtp_security": "none", "smtp_host": HOST, "smtp_port": sink.port, **changes}
    return SmtpTransport(ChannelSettings.read(**given))


def test_no_second_of_the_servers_clock_sees_more_than_the_rate(world: World) -> None:
    """Check 15: a limit of ten a second, from four connections at once."""
    world.add_members(25)
    world.start()
    world.real_clock = Clock()
    with smtp_sink() as sink:
        while world.campaigns.get("c-1").state is CampaignState.RUNNING:
            world.work(transport=transport(sink, smtp_rate=10))
    times = [taken.time for taken in sink.taken]
    assert len(times) == 25
    assert all(later - first >= 1.0 for first, later in zip(times, times[10:], strict=False))


def test_451_then_250_and_550_at_once(world: World) -> None:
    """Check 15: busy for three minutes of a clock that is handed in, then all arrive, once."""
    ids = world.add_members(20)
    world.start()
    until = world.clock.time + 180
    with smtp_sink() as sink:
        sink.answer_recipient = lambda address: (
            "550 5.1.1 no such user"
            if address.startswith(ids[0])
            else "451 4.7.1 busy"
            if world.clock.time < until
            else ""
        )
        for _ in range(20):
            due = world.work(transport=transport(sink)).next_due
            if due is None:
                break
            world.clock.time = max(world.clock.time + 1, due / 1000)
    assert Counter(taken.recipient for taken in sink.taken) == Counter(
        f"{one}@example.com" for one in ids[1:]
    )
    assert world.states() == {"handed over": 19, "permanent": 1}
    assert world.clock.time < until + 300


@pytest.mark.full
def test_a_pause_of_5000(world: World) -> None:
    """Check 14: paused at 2,000, restarted, resumed: 5,000 recipients, finished only then."""
    ids = world.add_members(5000)
    world.start()
    with smtp_sink() as sink:

        def pause(_: str) -> str:
            if len(sink.taken) == 1999:
                world.campaigns.act("c-1", Action.PAUSE, "ada", world.now)
            return ""

        sink.answer_data = pause
        world.work(transport=transport(sink))
        assert 2000 <= len(sink.taken) < 2400
        assert world.campaigns.get("c-1").state is CampaignState.PAUSED
        world.work(transport=transport(sink))
        assert len(sink.taken) < 2400
        world.campaigns.act("c-1", Action.RESUME, "ada", world.now)
        asyncio.run(world.worker(transport=transport(sink)).run())
    assert Counter(taken.recipient for taken in sink.taken) == Counter(
        f"{one}@example.com" for one in ids
    )
    assert world.campaigns.get("c-1").state is CampaignState.FINISHED
