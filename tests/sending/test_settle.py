"""Logs of mail servers say what became of mails, in the forms that servers write."""

from __future__ import annotations

from pathlib import Path

import pytest

from sizzle.outbox.claim_records import Composed
from sizzle.outbox.claims import ClaimStore
from sizzle.outbox.transports import TransportState
from sizzle.outreach.campaign import CampaignState
from sizzle.outreach.inbound.mail_logs import LogEntry, LogStatus, read_mail_log
from sizzle.outreach.vocabulary import Channel
from sizzle.sending.settle import Settled, settle
from tests.databases import new_database
from tests.sending.world import World

POSTFIX = """\
Nov 30 10:00:01 mx postfix/smtpd[812]: 4F3B1: client=localhost[127.0.0.1]
Nov 30 10:00:01 mx postfix/cleanup[814]: 4F3B1: message-id=<a@example.org>
Nov 30 10:00:02 mx postfix/smtp[815]: 4F3B1: to=<ada@example.com>, relay=mx, status=sent (250 ok)
Nov 30 10:00:03 mx postfix/cleanup[814]: 4F3B2: message-id=<b@example.org>
Nov 30 10:00:04 mx postfix/smtp[815]: 4F3B2: to=<ben@example.com>, status=bounced (550 no user)
Nov 30 10:00:05 mx postfix/submission/cleanup[814]: 4F3B3: message-id=<c@example.org>
Nov 30 10:00:06 mx postfix/smtp[815]: 4F3B3: to=<cy@example.com>, status=deferred (timed out)
Nov 30 10:00:07 mx postfix/smtp[815]: 99999: to=<di@example.com>, status=bounced (of another)
"""
EXIM = """\
2026-11-30 10:00:01 1u2abc-000000001Ab-1Xyz <= s@example.org H=x P=esmtp S=900 id=a@example.org
2026-11-30 10:00:02 1u2abc-000000001Ab-1Xyz => ada@example.com R=dns T=smtp C="250 OK"
2026-11-30 10:00:03 1u2abd-000000001Ac-2Xyz <= s@example.org H=x P=esmtp S=900 id=b@example.org
2026-11-30 10:00:04 1u2abd-000000001Ac-2Xyz ** ben@example.com R=dns T=smtp: 550 no user
2026-11-30 10:00:05 1u2abe-000000001Ad-3Xyz <= s@example.org H=x P=esmtp S=900 id=c@example.org
2026-11-30 10:00:06 1u2abe-000000001Ad-3Xyz == cy@example.com R=dns T=smtp defer (110)
"""
JSON = """\
{"message_id": "<a@example.org>", "status": "sent"}
{"Message-ID": "b@example.org", "event": "bounce", "reason": "550 no user"}
{"messageId": "<c@example.org>", "status": "deferred"}
{"message_id": "<never@example.org>", "status": "queued"}
{"message_id": ["<x@example.org>"]} and more
{"message_id": 7, "status": []}
[]
"""


@pytest.mark.parametrize("text", [POSTFIX, EXIM, JSON], ids=["postfix", "exim", "json"])
def test_what_logs_say(text: str) -> None:
    """The server has what it has queued; what it sent back it names."""
    last = {entry.message_id: entry for entry in read_mail_log(text.splitlines(keepends=True))}
    assert last == {
        "<a@example.org>": LogEntry("<a@example.org>", LogStatus.TAKEN),
        "<b@example.org>": LogEntry("<b@example.org>", LogStatus.BOUNCED, "550 no user"),
        "<c@example.org>": LogEntry("<c@example.org>", LogStatus.TAKEN),
    }


@pytest.mark.parametrize("line", ["", "\x00", "{" * 30_000, "x" * 10**6, '{"message_id": ""}'])
def test_lines_that_say_nothing_cost_nothing(line: str) -> None:
    """However broken a log is."""
    assert list(read_mail_log([line, POSTFIX.splitlines()[1]])) == [
        LogEntry("<a@example.org>", LogStatus.TAKEN)
    ]


def test_unknown_sends_are_settled_by_a_log(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What it does not have stays unknown, or is sent again where the log is whole."""
    world = World.open(new_database("sqlite", tmp_path, tmp_path_factory), tmp_path / "state")
    world.add_members(3)
    world.start()
    world.plan()
    store = ClaimStore(world.database, "dead")
    transports = {Channel.EMAIL: TransportState("scripted")}
    claimed = store.claim(transports, 3, world.gate().judge, world.now).claimed
    ids = [claim.send.send_id for claim in claimed]
    names = [f"<{letter}@example.org>" for letter in "abz"]
    store.step([Composed(*pair) for pair in zip(ids, names, strict=True)], [], world.now)
    world.work()
    assert world.states() == {"unknown": 3}
    assert world.campaigns.get("c-1").state is CampaignState.FINISHED
    entries = list(read_mail_log(POSTFIX.splitlines()))
    first = settle(world.sends, entries, world.now, complete=False)
    assert first == Settled(handed_over=1, permanent=1, planned=0, unknown=1)
    again = settle(world.sends, entries, world.now, complete=True)
    assert again == Settled(handed_over=0, permanent=0, planned=1, unknown=0)
    assert world.campaigns.get("c-1").state is CampaignState.RUNNING
    world.work()
    assert world.states() == {"handed over": 2, "permanent": 1}
    assert len(world.transport.taken) == 1
    assert world.campaigns.get("c-1").state is CampaignState.FINISHED
    world.database.close()
