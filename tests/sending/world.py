"""An installation to send from: members with endpoints, an approved snapshot, campaigns."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, insert, select

from sizzle.channels import Transport
from sizzle.database import Database
from sizzle.database.member_tables import SNAPSHOT_MEMBERS, SNAPSHOTS
from sizzle.database.send_tables import SENDS
from sizzle.outbox.address_hash import AddressHash
from sizzle.outbox.campaigns import Campaigns
from sizzle.outbox.claim_records import Composed
from sizzle.outbox.claims import ClaimStore
from sizzle.outbox.consents import Consents
from sizzle.outbox.endpoint import EndpointFields
from sizzle.outbox.endpoints import Endpoints, EndpointUpdate, apply_update, find_endpoints
from sizzle.outbox.members import Members
from sizzle.outbox.sends import Send, Sends
from sizzle.outbox.store_stamp import StoreStamp
from sizzle.outbox.suppressions import Suppressions
from sizzle.outreach.campaign import Action, Campaign, Treatment
from sizzle.outreach.content.messages import Handover, MailMessage, Message, Outcome
from sizzle.outreach.members.consent import Consent, Verdict
from sizzle.outreach.timing import GatePolicy
from sizzle.outreach.vocabulary import Channel, MessageClass, PromotedKind
from sizzle.sending.clock import Clock
from sizzle.sending.composer import NotComposed, Ready
from sizzle.sending.gate import Gate, Recipient
from sizzle.sending.journey_entries import JourneyEntries
from sizzle.sending.journey_facts import JourneyFacts
from sizzle.sending.journeys import JourneyWork
from sizzle.sending.permissions import StoredPermissions
from sizzle.sending.planner import Planner
from sizzle.sending.worker import Totals, Worker, WorkerParts

NOON = int(datetime(2026, 6, 3, 12, tzinfo=UTC).timestamp())
HASH = AddressHash(b"k" * 32)


class FakeClock:
    """A clock that only goes on where somebody waits."""

    def __init__(self, now: float = NOON) -> None:
        self.time = float(now)
        self.slept = 0.0

    async def sleep(self, seconds: float) -> None:
        """Go on."""
        self.time += max(seconds, 0)
        self.slept += max(seconds, 0)
        await asyncio.sleep(0)

    @property
    def clock(self) -> Clock:
        """As the worker takes it."""
        return Clock(lambda: self.time, self.sleep)


@dataclass
class ScriptedTransport:
    """Answers as it is scripted, and remembers what it took.

    Attributes:
        answer: of each message.
        taken: addresses, in their order.
    """

    answer: Callable[[Message], Outcome] = lambda _: Outcome(Handover.HANDED_OVER)
    name: str = "scripted"
    channels: Set[Channel] = frozenset(Channel)
    rate: float | None = None
    concurrency: int = 4
    taken: list[str] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)

    async def hand_over(self, message: Message, at: datetime) -> Outcome:
        """Answer, and remember what was handed over."""
        assert at.tzinfo is not None
        outcome = self.answer(message)
        address = message.recipient if isinstance(message, MailMessage) else message.send_id
        self.asked[address] += 1
        if outcome.handover is Handover.HANDED_OVER:
            self.taken.append(address)
        return outcome

    async def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True)
class PlainComposer:
    """Composes a short mail: what messages say is for other tests."""

    database: Database
    refused: Set[str] = frozenset()

    def compose(self, sends: Sequence[Send], now: int) -> list[Ready | NotComposed]:
        """A mail for each."""
        with self.database.reading() as connection:
            found = find_endpoints(connection, "app", [send.endpoint_id for send in sends])
        return [self._one(send, found[send.endpoint_id].fields.address or "") for send in sends]

    def _one(self, send: Send, address: str) -> Ready | NotComposed:
        if send.member_id in self.refused:
            return NotComposed("content not approved")
        message_id = f"<{send.send_id}@example.org>"
        mail = MailMessage(
            send.send_id, message_id, address, "sizzle@example.org", "", "Tonight", "en",
            f"For {send.member_id}.", "<p>Tonight</p>",
        )  # fmt: skip
        return Ready(mail, Composed(send.send_id, message_id, "d" * 64, {"name": "Ada"}, "r-1"))


@dataclass
class World:
    """A database, and what works on it."""

    database: Database
    state: Path
    clock: FakeClock = field(default_factory=FakeClock)
    transport: ScriptedTransport = field(default_factory=ScriptedTransport)
    policy: GatePolicy = field(default_factory=GatePolicy)
    consent_required: bool = False
    refused: Set[str] = frozenset()
    workers: int = 0
    holdout: float = 0.0
    real_clock: Clock | None = None
    broken_compose: Callable[..., list[Ready | NotComposed]] | None = None

    @classmethod
    def open(cls, url: URL, state: Path) -> World:
        """The installation of a database, which may be new."""
        database = Database(url)
        StoreStamp(database, state).check()
        return cls(database, state)

    @property
    def now(self) -> int:
        """Milliseconds since 1970."""
        return self.real_clock.now() if self.real_clock else int(self.clock.time * 1000)

    @property
    def campaigns(self) -> Campaigns:
        """Of the database."""
        return Campaigns(self.database)

    @property
    def sends(self) -> Sends:
        """Of the database."""
        return Sends(self.database)

    def add_members(self, number: int, **fields: str) -> list[str]:
        """Members with a mail address each, and an approved snapshot `s-1` of them."""
        ids = [f"m-{n:04}" for n in range(number)]
        with self.database.writing() as connection:
            for one in ids:
                given = {"Address": f"{one}@example.com", **fields}
                apply_update(connection, self._update(one, "", given))
        self.add_snapshot("s-1", ids)
        return ids

    def put_endpoint(self, member_id: str, endpoint_id: str = "", **fields: object) -> None:
        """Register or change an endpoint, a mail address by default."""
        with self.database.writing() as connection:
            apply_update(connection, self._update(member_id, endpoint_id, fields))

    def _update(
        self, member_id: str, endpoint_id: str, fields: Mapping[str, object]
    ) -> EndpointUpdate:
        given = {"ChannelType": "EMAIL", "User": {"UserId": member_id}, **fields}
        name = endpoint_id or f"mail-{member_id}"
        return EndpointUpdate("app", name, EndpointFields.read(given), self.now)

    def add_snapshot(self, snapshot_id: str, ids: Sequence[str]) -> None:
        """An approved snapshot of members."""
        with self.database.writing() as connection:
            connection.execute(
                insert(SNAPSHOTS),
                {
                    "snapshot_id": snapshot_id, "segment_id": "g", "segment_version": 1,
                    "promoted": "", "count": len(ids), "digest": "", "created": 1, "approved": 2,
                    "approved_by": "ben",
                },
            )  # fmt: skip
            rows = [
                {"snapshot_id": snapshot_id, "number": n, "member_id": one, "reasons": "[]"}
                for n, one in enumerate(ids, 1)
            ]
            if rows:
                connection.execute(insert(SNAPSHOT_MEMBERS), rows)

    def start(self, campaign_id: str = "c-1", **changes: object) -> Campaign:
        """Create, approve and start a campaign."""
        campaign = self.create(campaign_id, **changes)
        for action in (Action.APPROVE, Action.START):
            self.campaigns.act(campaign_id, action, "ben", self.now)
        return campaign

    def create(self, campaign_id: str = "c-1", **changes: object) -> Campaign:
        """Create a draft."""
        fields: dict[str, Any] = {
            "kind": PromotedKind.TITLE,
            "promoted_id": "aurora",
            "snapshot_id": "s-1",
            "treatments": (Treatment(),),
            **changes,
        }
        campaign = Campaign(campaign_id=campaign_id, **fields)
        self.campaigns.create(campaign, "ada", self.now)
        return campaign

    def journey_work(self) -> JourneyWork:
        """What a worker does for journeys."""
        profiles = Members(self.database, HASH).profiles
        permissions = StoredPermissions(HASH, self.consent_required)
        facts = JourneyFacts(permissions, profiles, "UTC", self.holdout)
        return JourneyWork(self.database, facts, JourneyEntries(self.database, self.holdout))

    def worker(self, name: str = "", transport: Transport | None = None) -> Worker:
        """A worker of its own name."""
        self.workers += 1
        name = name or f"worker-{self.workers}"
        used = transport or self.transport
        return Worker(
            WorkerParts(
                store=ClaimStore(self.database, name),
                lock=self.database.process_lock(name),
                stamp=StoreStamp(self.database, self.state),
                planner=Planner(self.database),
                journeys=self.journey_work(),
                gate=self.gate(),
                composer=self._composer(),
                transports=dict.fromkeys(used.channels, used),
                clock=self.real_clock or self.clock.clock,
                draw=lambda: 0.5,
            )
        )

    def _composer(self) -> PlainComposer:
        composer = PlainComposer(self.database, self.refused)
        if self.broken_compose is not None:
            object.__setattr__(composer, "compose", self.broken_compose)
        return composer

    def plan(self) -> None:
        """Plan all sends, and claim none."""
        while Planner(self.database).plan(self.now):
            pass

    def gate(self) -> Gate:
        """The gate, with the rules of this installation."""
        return Gate(
            self.policy,
            StoredPermissions(HASH, self.consent_required),
            Members(self.database, HASH).profiles,
            "UTC",
            lambda: self.now,
        )

    def work(self, name: str = "", transport: Transport | None = None) -> Totals:
        """Have a worker send what is due."""
        return asyncio.run(self.worker(name, transport).run())

    def work_until_finished(self, campaign_id: str = "c-1", rounds: int = 400) -> int:
        """Let workers work, and time go on, until the campaign is finished. Returns the rounds."""
        for number in range(rounds):
            totals = self.work()
            if self.campaigns.get(campaign_id).state == "finished":
                return number
            due = totals.next_due or self.now
            self.clock.time = max(self.clock.time + 1, due / 1000)
        raise AssertionError(self.states())

    def refusal(self, gate: Gate, channel: str, address: str) -> str:
        """Why marketing may not go to an address; empty where it may."""
        to = Recipient(Channel(channel), address, "marketing", MessageClass.MARKETING)
        with self.database.reading() as connection:
            return gate.permissions.refusals(connection, [to])[0]

    @property
    def start_time(self) -> float:
        """When the clock began."""
        return NOON

    def opt_out(self, address: str, topic: str = "") -> None:
        """Have somebody say no, of a topic or of all."""
        self._say(address, topic, Verdict.OPTED_OUT)

    def opt_in(self, address: str, topic: str) -> None:
        """Have somebody say yes."""
        self._say(address, topic, Verdict.OPTED_IN)

    def _say(self, address: str, topic: str, verdict: Verdict) -> None:
        with self.database.writing() as connection:
            consent = Consent(topic, verdict, "test", self.now)
            Consents(HASH).add(connection, "EMAIL", address, [consent])

    def suppress(self, address: str) -> None:
        """Have an address suppressed."""
        with self.database.writing() as connection:
            Suppressions(HASH).add(connection, "EMAIL", address, "bounced", self.now)

    def delete_endpoint(self, member_id: str) -> None:
        """Delete a member's mail address."""
        endpoints = Endpoints(self.database, lambda _: b"")
        assert endpoints.delete("app", [f"mail-{member_id}"], self.now)
        endpoints.close()

    def states(self) -> Counter[str]:
        """How many sends are in each state, with the reasons of those skipped."""
        query = select(SENDS.c.state, SENDS.c.reason)
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
        skipped = ("skipped", "held")
        return Counter(f"{s}: {r}" if s in skipped else s for s, r in rows)


def answers(*outcomes: Outcome) -> Callable[[Message], Outcome]:
    """Give these outcomes one after the other, then take everything."""
    left = deque(outcomes)
    return lambda _: left.popleft() if left else Outcome(Handover.HANDED_OVER)
