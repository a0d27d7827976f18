"""The gate that every message passes, whatever it is for: skipped, held, or free to go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from sizzle.outreach.timing.caps import FrequencyCap, free_from
from sizzle.outreach.timing.quiet import QuietHours, next_awake
from sizzle.outreach.vocabulary import MessageClass

MARGIN: Final = 2 * 60_000
"""Milliseconds that handing over may take: quiet hours that begin sooner hold a message."""


class Reason(StrEnum):
    """Why a message is skipped or held."""

    ENDPOINT_DELETED = "endpoint deleted"
    ENDPOINT_INACTIVE = "endpoint inactive"
    OPTED_OUT = "opted out"
    SUPPRESSED = "suppressed"
    NO_CONSENT = "no consent"
    CAMPAIGN_STOPPED = "campaign stopped"
    JOURNEY_CLOSED = "journey closed"
    NOT_APPROVED = "content not approved"
    TOO_LATE = "too late"
    QUIET_HOURS = "quiet hours"
    NO_COMMON_HOUR = "no hour suits all its time zones"
    FREQUENCY_CAP = "frequency cap"


@dataclass(frozen=True, slots=True)
class Skip:
    """It is never sent."""

    reason: str


@dataclass(frozen=True, slots=True)
class Hold:
    """It is looked at again from `until` on, in milliseconds since 1970."""

    until: int
    reason: str


@dataclass(frozen=True, slots=True)
class Pass:
    """It may be handed over now."""


Decision = Skip | Hold | Pass


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """The rules of an installation.

    Attributes:
        quiet: by class; none for classes that are not in it.
        caps: by class; none for classes that are not in it.
    """

    quiet: Mapping[MessageClass, QuietHours] = field(default_factory=dict)
    caps: Mapping[MessageClass, FrequencyCap] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What is known of a send in the transaction that may claim it.

    Attributes:
        message_class: of the message.
        refusal: why what is stored forbids it, such as "opted out"; empty where nothing does.
        zones: in which the member may be.
        recent: when the member's last messages of the class were sent, of seven days.
        expires: after this, it is no longer worth sending; None for never.
    """

    message_class: MessageClass
    refusal: str
    zones: tuple[str, ...]
    recent: Sequence[int] = ()
    expires: int | None = None


def decide(facts: GateFacts, policy: GatePolicy, now: int) -> Decision:
    """What becomes of a send now, in milliseconds since 1970."""
    if facts.refusal:
        return Skip(facts.refusal)
    if facts.expires is not None and now > facts.expires:
        return Skip(Reason.TOO_LATE)
    free = _free_from(facts, policy, now)
    if free is None:
        return Skip(Reason.FREQUENCY_CAP)
    until = _awake_from(facts, policy, free)
    if until is None:
        return Skip(Reason.NO_COMMON_HOUR)
    if until == now:
        return Pass()
    reason = Reason.FREQUENCY_CAP if free > now else Reason.QUIET_HOURS
    if facts.expires is not None and until > facts.expires:
        return Skip(reason)
    return Hold(until, reason)


def _free_from(facts: GateFacts, policy: GatePolicy, now: int) -> int | None:
    cap = policy.caps.get(facts.message_class)
    return now if cap is None else free_from(now, facts.recent, cap)


def _awake_from(facts: GateFacts, policy: GatePolicy, now: int) -> int | None:
    quiet = policy.quiet.get(facts.message_class)
    return now if quiet is None else next_awake(now, facts.zones, quiet, MARGIN)
