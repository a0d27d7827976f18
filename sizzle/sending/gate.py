"""The facts of the gate, read in the transaction that claims; what they mean is decided purely."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from sqlalchemy import Connection, select

from sizzle.database.send_tables import SENDS
from sizzle.outbox.endpoints import INACTIVE, Endpoint, find_endpoints
from sizzle.outbox.journey_runs import cancelled_runs
from sizzle.outbox.sends import Send
from sizzle.outreach.timing import (
    WEEK,
    Decision,
    GateFacts,
    GatePolicy,
    Pass,
    Reason,
    decide,
    possible_zones,
)
from sizzle.outreach.vocabulary import Channel, MemberProfile, MessageClass

_PARAMETERS: Final = 500  # of one statement: databases limit them


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address that a message of a topic and class would go to."""

    channel: Channel
    address: str
    topic: str
    message_class: MessageClass


class Permissions(Protocol):
    """What is known of addresses: consents and suppressions."""

    def refusals(self, connection: Connection, recipients: Sequence[Recipient]) -> Sequence[str]:
        """Why nothing may be sent to each; empty where it may."""


Profiles = Callable[[Connection, Iterable[str]], Mapping[str, MemberProfile]]


@dataclass(frozen=True, slots=True)
class Gate:
    """Decides for sends, whatever they are for: there is no other way to a transport.

    Attributes:
        policy: quiet hours and caps.
        permissions: consents and suppressions.
        profiles: of members, by their ids.
        zone: of those of whom no other is known.
        clock: milliseconds since 1970.
    """

    policy: GatePolicy
    permissions: Permissions
    profiles: Profiles
    zone: str
    clock: Callable[[], int]

    def judge(self, connection: Connection, sends: Sequence[Send]) -> list[Decision]:
        """What becomes of each, in the transaction that claims those that pass."""
        now = self.clock()
        endpoints = _endpoints(connection, sends)
        refusals = self._refusals(connection, sends, endpoints)
        profiles = self.profiles(connection, sorted({send.member_id for send in sends} - {""}))
        recent = _recent(connection, sends, self.policy, now)
        decisions = []
        for send, refusal in zip(sends, refusals, strict=True):
            before = recent[send.member_id, send.message_class]
            zones = self._zones(send, endpoints.get(_key(send)), profiles.get(send.member_id))
            facts = GateFacts(send.message_class, refusal, zones, before, send.expires)
            decisions.append(decide(facts, self.policy, now))
            if isinstance(decisions[-1], Pass):
                before.append(now)  # the next of the same member counts it
        return decisions

    def _refusals(
        self,
        connection: Connection,
        sends: Sequence[Send],
        endpoints: Mapping[tuple[str, str], Endpoint],
    ) -> list[str]:
        runs = cancelled_runs(connection, {send.run_id for send in sends} - {""})
        found = [
            endpoint_refusal(endpoints.get(_key(send)), send.channel) or runs.get(send.run_id, "")
            for send in sends
        ]
        wanted = [
            Recipient(
                send.channel,
                endpoints[_key(send)].fields.address or "",
                send.topic,
                send.message_class,
            )
            for send, refusal in zip(sends, found, strict=True)
            if not refusal
        ]
        of_address = iter(self.permissions.refusals(connection, wanted))
        return [refusal or next(of_address) for refusal in found]

    def _zones(
        self, send: Send, endpoint: Endpoint | None, profile: MemberProfile | None
    ) -> tuple[str, ...]:
        fields = endpoint.fields if endpoint is not None else None
        location = fields.location if fields is not None else None
        device = fields.demographic if fields is not None else None
        country = (location.country if location is not None else None) or ""
        return possible_zones(
            (device.timezone if device is not None else None) or "",
            profile.zone if profile is not None else "",
            (fields.address or "") if fields is not None and send.channel is Channel.SMS else "",
            country or (profile.country if profile is not None else ""),
            self.zone,
        )


def endpoint_refusal(endpoint: Endpoint | None, channel: Channel) -> str:
    """Why nothing may be sent to an endpoint, by what it says itself; empty where it may."""
    if endpoint is None or endpoint.deleted is not None:
        return Reason.ENDPOINT_DELETED
    fields = endpoint.fields
    if fields.opt_out == "ALL":
        return Reason.OPTED_OUT
    if (fields.endpoint_status or "").upper() == INACTIVE:
        return Reason.ENDPOINT_INACTIVE
    if not fields.address or fields.channel_type != channel.value:
        return Reason.ENDPOINT_INACTIVE
    return ""


def _key(send: Send) -> tuple[str, str]:
    return send.app, send.endpoint_id


def _endpoints(connection: Connection, sends: Sequence[Send]) -> dict[tuple[str, str], Endpoint]:
    by_app: dict[str, list[str]] = defaultdict(list)
    for send in sends:
        by_app[send.app].append(send.endpoint_id)
    return {
        (app, endpoint_id): endpoint
        for app, ids in by_app.items()
        for endpoint_id, endpoint in find_endpoints(connection, app, ids).items()
    }


def _recent(
    connection: Connection, sends: Sequence[Send], policy: GatePolicy, now: int
) -> dict[tuple[str, MessageClass], list[int]]:
    """When members got their last messages, by class, where that is capped."""
    found: dict[tuple[str, MessageClass], list[int]] = defaultdict(list)
    members = sorted({send.member_id for send in sends if send.message_class in policy.caps})
    for start in range(0, len(members), _PARAMETERS):
        query = select(SENDS.c.member_id, SENDS.c["class"], SENDS.c.counted).where(
            SENDS.c.member_id.in_(members[start : start + _PARAMETERS]),
            SENDS.c.counted > now - WEEK,
        )
        for member_id, message_class, counted in connection.execute(query):
            found[member_id, MessageClass(message_class)].append(counted)
    return found
