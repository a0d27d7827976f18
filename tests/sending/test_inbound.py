"""Bounces, complaints and answers reach the send, and nobody who said no is written to again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sizzle.eventlog import EventLog
from sizzle.outreach.inbound.notice import Notice, NoticeKind
from sizzle.outreach.inbound.reports import read_report
from sizzle.outreach.inbound.webhooks import WebhookSignatureError
from sizzle.sending.inbound import InboundRecorder
from tests.databases import new_database
from tests.outreach.inbound.sample_reports import bounce, complaint
from tests.sending.world import HASH, World


@pytest.fixture
def world(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Three members who have got a mail."""
    found = World.open(new_database("sqlite", tmp_path, tmp_path_factory), tmp_path / "state")
    found.add_members(3)
    found.start()
    found.work()
    yield found
    found.database.close()


def recorder(world: World) -> InboundRecorder:
    """What records there."""
    log = EventLog(world.database, b"k" * 32)
    return InboundRecorder(world.database, log, HASH, world.clock.clock)


def test_who_bounced_or_complained_gets_nothing_more(world: World) -> None:
    """Each is an event of the send, once however often it is reported."""
    first, second, third = world.sends.page("c-1")
    inbound = recorder(world)
    for _ in range(2):
        counts = inbound.record(
            [
                *read_report(bounce(first.message_id)),
                *read_report(complaint(second.message_id)),
                *read_report(bounce(third.message_id, "5.2.2")),
                *read_report(bounce("<forged@example.org>")),
                *read_report(bounce(f"<{first.send_id}@forged.example>")),
            ]
        )
        assert counts == {"recorded": 3, "unknown": 2}
    events = {(one.event.type, one.event.endpoint_id) for one in inbound.log.read()}
    assert events == {
        ("_email.hardbounce", first.endpoint_id),
        ("_email.complaint", second.endpoint_id),
        ("_email.softbounce", third.endpoint_id),
    }
    (hard, *_) = [logged.event for logged in inbound.log.read()]
    assert hard.attributes["campaign_id"] == "c-1"
    assert hard.attributes["campaign_activity_id"] == "c-1.all"
    assert "@" not in hard.attributes["detail"]
    world.start("c-2")
    world.work()
    assert world.states()["skipped: suppressed"] == 1
    assert world.states()["skipped: endpoint inactive"] == 1
    assert len(world.transport.taken) == 4


def test_a_text_message_that_is_answered_with_stop_is_the_last(world: World) -> None:
    """By the number alone; START lets it be written to again."""
    inbound = recorder(world)
    world.put_endpoint("sam", "phone", ChannelType="SMS", Address="+33123456789")
    stop = Notice(NoticeKind.STOP, channel="SMS", address="+33123456789")
    assert inbound.record([stop, stop]) == {"recorded": 2}
    gate = world.gate()
    for kind, refused in ((NoticeKind.STOP, True), (NoticeKind.START, False)):
        world.clock.time += 1
        inbound.record([Notice(kind, channel="SMS", address="+33123456789")])
        assert world.refusal(gate, "SMS", "+33123456789") == ("opted out" if refused else "")


def test_a_call_is_taken_once(world: World) -> None:
    """A replay is refused; after a while only its timestamp refuses it."""
    inbound = recorder(world)
    for name in (b"one", b"two", b"one"):
        inbound.remember_call(name)
    inbound.refuse_replay(b"three")
    with pytest.raises(WebhookSignatureError, match="before"):
        inbound.refuse_replay(b"one")
    world.clock.time += 700
    inbound.remember_call(b"four")
    inbound.refuse_replay(b"one")
