"""What it costs to send a mail once, through the gate, beside a loop that only hands mails over.

    python -m benchmarks.outreach_sending

Members with a mail address each get a campaign's mail: planned, claimed through the gate (consents,
suppressions, caps, quiet hours), composed from an approved line, recorded before and after, and
handed over to a real SMTP server in a process of its own. The peer is aiosmtplib alone: one loop
that hands the same number of mails, composed before, to the same server. Processor time of the
sending process, medians of alternating rounds. Exits with 1 if a send costs more than three times
as much.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median

import aiosmtplib
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import URL, insert

from benchmarks.tables import Row, print_table
from sizzle.database import Database
from sizzle.database.member_tables import SNAPSHOT_MEMBERS, SNAPSHOTS
from sizzle.outbox.campaigns import Campaigns
from sizzle.outbox.endpoint import EndpointFields
from sizzle.outbox.endpoints import Endpoint, write_endpoints
from sizzle.outbox.lines import Lines
from sizzle.outbox.promoted import PromotedThings, digest_of
from sizzle.outbox.verdicts import Verdict, Verdicts
from sizzle.outreach.campaign import Action, Campaign
from sizzle.outreach.content.lines import Line
from sizzle.outreach.vocabulary import Channel, Promoted, PromotedKind
from sizzle.sending.open_worker import Installation, open_worker
from sizzle.sending.settings import SendingSettings

_HOST = "127.0.0.1"
_ROUNDS, _MAILS = 5, 1000
_TARGET = 3.0
_SECRET = b"s" * 32


def main() -> None:
    """Measure both, and print the table."""
    with _sink() as port, tempfile.TemporaryDirectory() as folder:
        bare: list[float] = []
        ours: list[float] = []
        for number in range(_ROUNDS):
            sample = _send(Path(folder) / str(number), port, ours)
            bare.append(_bare(port, sample))
    own, peer = median(ours), median(bare)
    rows = [
        Row("planned, decided, composed, recorded, handed over", [f"{own:.2f}"]),
        Row("aiosmtplib alone", [f"{peer:.2f}"]),
    ]
    print_table(("a mail", "ms of processor"), rows)
    verdict = "met" if own / peer <= _TARGET else "missed"
    sys.stdout.write(f"\n{own / peer:.2f} times as much. Target {_TARGET:g}: {verdict}.\n")
    sys.exit(0 if own / peer <= _TARGET else 1)


def _send(folder: Path, port: int, times: list[float]) -> bytes:
    """Send a campaign. Returns one of its mails, as it is handed over."""
    installation = _installation(folder, port)
    worker = open_worker(installation)
    started = time.process_time()
    totals = asyncio.run(worker.run())
    times.append((time.process_time() - started) / _MAILS * 1000)
    if totals.ended.total() != _MAILS:
        raise AssertionError(totals)
    installation.database.close()
    return _sample(installation)


def _sample(installation: Installation) -> bytes:
    from sizzle.outbox.sends import Sends
    from sizzle.outreach.content.messages import MailMessage
    from sizzle.outreach.content.mime import to_mime
    from sizzle.sending.open_worker import open_composer

    (send,) = Sends(installation.database).page("premiere", limit=1)
    (ready,) = open_composer(installation).compose([send], 0)
    message = getattr(ready, "message", None)
    assert isinstance(message, MailMessage), ready
    return to_mime(message, datetime(2026, 6, 3, tzinfo=UTC))


def _bare(port: int, mail: bytes) -> float:
    async def run() -> None:
        client = aiosmtplib.SMTP(hostname=_HOST, port=port, start_tls=False)
        await client.connect()
        for number in range(_MAILS):
            await client.sendmail("sizzle@example.org", f"m-{number}@example.com", mail)
        await client.quit()

    started = time.process_time()
    asyncio.run(run())
    return (time.process_time() - started) / _MAILS * 1000


def _installation(folder: Path, port: int) -> Installation:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    database = Database(URL.create("sqlite", database=str(folder / "sizzle.db")))
    database.upgrade_once()
    settings = SendingSettings.read(
        email="smtp",
        smtp_host=_HOST,
        smtp_port=port,
        smtp_security="none",
        smtp_messages=10_000,
        public_url="https://reels.example.org",
        sender_name="Sizzle",
        sender_mail="sizzle@example.org",
        postal_address="1 Example Street",
        quiet_hours="",
    )
    _fill(database)
    return Installation(database, folder, _SECRET, settings)


def _fill(database: Database) -> None:
    """Members with a mail address each, an approved line, and a campaign that is started."""
    ids = [f"m-{number}" for number in range(_MAILS)]
    endpoints = [
        Endpoint("app", f"mail-{one}", _fields(one), one, created=1, updated=1) for one in ids
    ]
    snapshot = {
        "snapshot_id": "s-1", "segment_id": "g", "segment_version": 1, "promoted": "",
        "count": len(ids), "digest": "", "created": 1, "approved": 2, "approved_by": "ben",
    }  # fmt: skip
    with database.writing() as connection:
        write_endpoints(connection, {}, endpoints)
        connection.execute(insert(SNAPSHOTS), snapshot)
        connection.execute(
            insert(SNAPSHOT_MEMBERS),
            [
                {"snapshot_id": "s-1", "number": number, "member_id": one, "reasons": "[]"}
                for number, one in enumerate(ids, 1)
            ],
        )
    _approve_line(database)
    campaign = Campaign(
        campaign_id="premiere", kind=PromotedKind.TITLE, promoted_id="aurora", snapshot_id="s-1"
    )
    campaigns = Campaigns(database)
    campaigns.create(campaign, "ada", 1)
    for action in (Action.APPROVE, Action.START):
        campaigns.act("premiere", action, "ben", 1)


def _approve_line(database: Database) -> None:
    promoted = Promoted(PromotedKind.TITLE, "aurora", {"title": "The City of Dawn"})
    PromotedThings(database).save(promoted, 1)
    line = Line(
        PromotedKind.TITLE, "aurora", "", "en", Channel.EMAIL, "Tonight: {title}",
        "Hello {name},\n\n{title} is here. Watch: {link}",
    )  # fmt: skip
    digest = Lines(database).add(line)
    with database.reading() as connection:
        facts = digest_of(connection, PromotedKind.TITLE, "aurora")
    Verdicts(database).add(Verdict(digest, facts, True, "", "ben", 1))


def _fields(member_id: str) -> EndpointFields:
    return EndpointFields.read(
        {
            "ChannelType": "EMAIL",
            "Address": f"{member_id}@example.com",
            "User": {"UserId": member_id},
        }
    )


@dataclass
class _Handler:
    """Takes every mail."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        return "250 2.0.0 Ok"


def _serve(port: multiprocessing.Queue[int], end: Event) -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(_Handler(), hostname=_HOST), _HOST, 0)
        port.put(server.sockets[0].getsockname()[1])
        await asyncio.to_thread(end.wait)
        server.close()

    asyncio.run(run())


@contextmanager
def _sink() -> Iterator[int]:
    """The port of a server in a process of its own."""
    context = multiprocessing.get_context("spawn")
    port: multiprocessing.Queue[int] = context.Queue()
    end = context.Event()
    process = context.Process(target=_serve, args=(port, end), daemon=True)
    process.start()
    try:
        yield port.get(timeout=60)
    finally:
        end.set()
        process.join(10)


if __name__ == "__main__":
    main()
