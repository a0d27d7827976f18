"""Puts a worker together from an installation's settings."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

from sizzle.channels import open_transports
from sizzle.database import Database
from sizzle.outbox.address_hash import ADDRESS_KEY, AddressHash
from sizzle.outbox.campaigns import Campaigns
from sizzle.outbox.claims import ClaimStore
from sizzle.outbox.lines import Lines
from sizzle.outbox.members import Members
from sizzle.outbox.promoted import PromotedThings
from sizzle.outbox.store_stamp import StoreStamp
from sizzle.outreach.links import OutreachLinks
from sizzle.secret import derived, outreach_tokens
from sizzle.sending.clock import Clock
from sizzle.sending.gate import Gate
from sizzle.sending.journey_entries import JourneyEntries
from sizzle.sending.journey_facts import JourneyFacts
from sizzle.sending.journeys import JourneyWork
from sizzle.sending.message_composer import MessageComposer, nothing_watched
from sizzle.sending.permissions import StoredPermissions
from sizzle.sending.planner import Planner
from sizzle.sending.reels import MemberReels
from sizzle.sending.settings import SendingSettings
from sizzle.sending.worker import Worker, WorkerParts


@dataclass(frozen=True, slots=True)
class Installation:
    """What a worker needs of an installation.

    Attributes:
        database: that has the sends.
        state: the state folder.
        secret: of the installation.
        settings: of sending.
        reels: of members; None where no message shows one.
        watched: the ids of titles that a member has watched; None where that is not known.
    """

    database: Database
    state: Path
    secret: bytes
    settings: SendingSettings
    reels: MemberReels | None = None
    watched: Callable[[str], Collection[str]] | None = None
    clock: Clock = field(default_factory=Clock)

    def with_histories(
        self, reels: MemberReels, watched: Callable[[str], Collection[str]]
    ) -> Installation:
        """The same, whose messages show reels, and go to nobody who has watched the title."""
        return replace(self, reels=reels, watched=watched)

    @property
    def address_hash(self) -> AddressHash:
        """Names addresses."""
        return AddressHash(derived(self.secret, ADDRESS_KEY))

    @property
    def members(self) -> Members:
        """Of the database."""
        return Members(self.database, self.address_hash)


def open_worker(installation: Installation) -> Worker:
    """A worker; nothing is claimed yet.

    Raises:
        InputError: settings that are missing or cannot be used.
    """
    name = f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"
    database, settings = installation.database, installation.settings
    return Worker(
        WorkerParts(
            store=ClaimStore(database, name),
            lock=database.process_lock(name),
            stamp=StoreStamp(database, installation.state),
            planner=Planner(database, settings.holdout),
            journeys=_journeys(installation),
            gate=_gate(installation),
            composer=open_composer(installation),
            transports=open_transports(settings),
            clock=installation.clock,
        )
    )


def open_composer(installation: Installation) -> MessageComposer:
    """The composer of messages. Raises InputError: settings that are missing."""
    settings, database = installation.settings, installation.database
    sender = settings.sender
    return MessageComposer(
        database=database,
        campaigns=Campaigns(database),
        lines=Lines(database),
        promoted=PromotedThings(database),
        profiles=installation.members.profiles,
        address_hash=installation.address_hash,
        links=OutreachLinks(settings.public_url, outreach_tokens(installation.secret)),
        sender=sender,
        reels=installation.reels,
        watched=installation.watched or nothing_watched,
        zone=settings.zone,
    )


def _journeys(installation: Installation) -> JourneyWork:
    settings, database = installation.settings, installation.database
    facts = JourneyFacts(
        permissions=_gate(installation).permissions,
        profiles=installation.members.profiles,
        zone=settings.zone,
        holdout=settings.holdout,
    )
    return JourneyWork(database, facts, JourneyEntries(database, settings.holdout))


def _gate(installation: Installation) -> Gate:
    settings = installation.settings
    required = settings.consent == "required"
    return Gate(
        policy=settings.policy,
        permissions=StoredPermissions(installation.address_hash, required),
        profiles=installation.members.profiles,
        zone=settings.zone,
        clock=installation.clock.now,
    )
