"""What is known of the members of runs, read in the transaction in which the runs go on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from sizzle.errors import SizzleError
from sizzle.outbox.endpoints import Endpoint, endpoints_of_members
from sizzle.outbox.member_events import read_member_events
from sizzle.outbox.member_facts import read_member_facts
from sizzle.outbox.segments import found_segment, snapshots_of, sources_of
from sizzle.outreach.journeys.model import Journey, SendStep
from sizzle.outreach.journeys.run import Facts, Run
from sizzle.outreach.results.experiment import is_held_out_of_all
from sizzle.outreach.segments.explain import explained
from sizzle.outreach.timing import Reason, possible_zones
from sizzle.outreach.vocabulary import Channel, MemberProfile, MessageClass
from sizzle.sending.gate import Permissions, Profiles, Recipient, endpoint_refusal


@dataclass(frozen=True, slots=True)
class JourneyFacts:
    """Reads what is known of members.

    Attributes:
        permissions: consents and suppressions.
        profiles: of members, by their ids.
        zone: of those of whom no other is known.
        holdout: the share of members whom no campaign and no journey writes to.
    """

    permissions: Permissions
    profiles: Profiles
    zone: str
    holdout: float = 0.0

    def read(
        self,
        connection: Connection,
        journey: Journey,
        runs: Sequence[Run],
        endpoints: Mapping[str, Sequence[Endpoint]],
        now: int,
    ) -> list[Facts]:
        """The facts of each run's member.

        Args:
            connection: to the database.
            journey: in the version of the runs.
            runs: of this version.
            endpoints: of their members, as `endpoints_by_member` gives them.
            now: milliseconds since 1970.
        """
        ids = sorted({run.member_id for run in runs})
        profiles = self.profiles(connection, ids)
        segments = _segments(connection, journey, ids, now)
        after = min(run.entered for run in runs)
        events = read_member_events(connection, ids, journey.event_types, after)
        unsubscribed = self._unsubscribed(connection, journey, endpoints)
        return [
            Facts(
                zones=self._zones(endpoints.get(run.member_id, ()), profiles.get(run.member_id)),
                segments=segments[run.member_id],
                events=events.get(run.member_id, ()),
                unsubscribed=run.member_id in unsubscribed,
                held_out=is_held_out_of_all(run.member_id, self.holdout),
            )
            for run in runs
        ]

    def _zones(
        self, endpoints: Sequence[Endpoint], profile: MemberProfile | None
    ) -> tuple[str, ...]:
        """In which zones a member may be, by the endpoint that was heard of last."""
        zone = phone = country = ""
        for endpoint in sorted(endpoints, key=lambda one: one.updated):
            fields = endpoint.fields
            zone = (fields.demographic and fields.demographic.timezone) or zone
            country = (fields.location and fields.location.country) or country
            phone = (fields.channel_type == Channel.SMS and fields.address) or phone
        own = profile or MemberProfile("")
        return possible_zones(zone, own.zone, phone, country or own.country, self.zone)

    def _unsubscribed(
        self,
        connection: Connection,
        journey: Journey,
        endpoints: Mapping[str, Sequence[Endpoint]],
    ) -> set[str]:
        """Who has said no, and can be reached by none of the journey's messages any more."""
        refusals: dict[str, list[str]] = defaultdict(list)
        asked: list[tuple[str, Recipient]] = []
        for member_id, some in endpoints.items():
            for endpoint in some:
                for channel, topic in _ways(journey, endpoint):
                    if refusal := endpoint_refusal(endpoint, channel):
                        refusals[member_id].append(refusal)
                    else:
                        address = endpoint.fields.address or ""
                        recipient = Recipient(channel, address, topic, MessageClass.MARKETING)
                        asked.append((member_id, recipient))
        found = self.permissions.refusals(connection, [recipient for _, recipient in asked])
        for (member_id, _), refusal in zip(asked, found, strict=True):
            refusals[member_id].append(refusal)
        said_no = (Reason.OPTED_OUT, Reason.SUPPRESSED)
        return {
            member_id
            for member_id, some in refusals.items()
            if all(some) and any(refusal in said_no for refusal in some)
        }


def endpoints_by_member(
    connection: Connection, app: str, ids: Collection[str]
) -> dict[str, list[Endpoint]]:
    """The endpoints of members that are not deleted, of an application or of all."""
    found: dict[str, list[Endpoint]] = defaultdict(list)
    for endpoint in endpoints_of_members(connection, sorted(ids)):
        if app in ("", endpoint.app):
            found[endpoint.member_id].append(endpoint)
    return found


def _ways(journey: Journey, endpoint: Endpoint) -> set[tuple[Channel, str]]:
    """By which channel and topic the journey's messages would go to an endpoint."""
    return {
        (channel, journey.topic_of(step))
        for step in journey.steps
        if isinstance(step, SendStep)
        for channel in step.channels
        if channel.value == endpoint.fields.channel_type
    }


def _segments(
    connection: Connection, journey: Journey, ids: Sequence[str], now: int
) -> dict[str, set[str]]:
    """Of the segments that the journey asks about, those that each member is in.

    Decided for each of a few members: a query over all members would take much longer.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for segment_id in sorted(journey.segments):
        try:
            rule = found_segment(connection, segment_id, None).rule
            sources = sources_of(connection, rule)
        except SizzleError:  # it is gone, or names itself by now: nobody is in it
            continue
        members = read_member_facts(connection, ids, snapshots_of(rule, sources))
        for member_id, (_, facts) in members.items():
            if explained(rule, sources, facts, now).holds:
                found[member_id].add(segment_id)
    return found
