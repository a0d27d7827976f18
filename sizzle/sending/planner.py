"""Makes the sends of campaigns: one for each member of the snapshot, a page at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from sizzle.database import Database
from sizzle.experiments import HOLDOUT
from sizzle.outbox.audience import snapshot_page, snapshot_size
from sizzle.outbox.campaign_rows import StoredCampaign
from sizzle.outbox.campaigns import advance, finish, pause, running
from sizzle.outbox.endpoints import Endpoint, endpoints_of_members
from sizzle.outbox.experiments import enrol
from sizzle.outbox.promoted import titles_counted
from sizzle.outbox.sends import Send, insert_new, send_id_of
from sizzle.outreach.campaign import Campaign, Treatment
from sizzle.outreach.results.experiment import (
    HELD_OUT_OF_ALL,
    campaign_treatments,
    experiment_of,
    quarter_experiment,
    shared_treatments,
)
from sizzle.outreach.vocabulary import Channel, SendState
from sizzle.sending.gate import endpoint_refusal

PAGE: Final = 500
"""Members of one transaction, for which others wait on SQLite."""

SNAPSHOT_CHANGED: Final = "the snapshot is not what was approved"


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans sends, and finishes campaigns that have none left.

    A page of sends and how far planning has come are one commit, and each send exists once: nothing
    is planned twice or left out, however often a worker ends. Members are assigned to treatments or
    held out before anything else is looked at.

    Attributes:
        holdout: the share of members whom no campaign and no journey writes to.
    """

    database: Database
    holdout: float = 0.0

    def plan(self, now: int) -> int:
        """Plan a page of each running campaign. Returns how many members were planned for."""
        with self.database.writing(concurrent=True) as connection:
            return sum(
                self._plan_page(connection, stored, now)
                for stored in running(connection, now, lock=True)
                if (stored.campaign.start or 0) <= now
            )

    def finish(self, now: int) -> int:
        """Finish running campaigns whose sends have all ended. Returns how many."""
        with self.database.writing(concurrent=True) as connection:
            return sum(
                finish(connection, stored.campaign.campaign_id, now)
                for stored in running(connection, now, lock=True)
                if stored.planned >= snapshot_size(connection, stored.campaign.snapshot_id)
            )

    def _plan_page(self, connection: Connection, stored: StoredCampaign, now: int) -> int:
        campaign = stored.campaign
        size = snapshot_size(connection, campaign.snapshot_id)
        if stored.planned >= size:
            return 0
        page = snapshot_page(connection, campaign.snapshot_id, stored.planned, PAGE)
        if page and page[-1].number > size:
            pause(connection, campaign.campaign_id, SNAPSHOT_CHANGED, now)
            return 0
        members = [member.member_id for member in page]
        chosen = self._assign(connection, stored, members, now)
        insert_new(connection, _sends(connection, campaign, chosen, now))
        # Where members at its end have been erased since, there is no page up to its size.
        advance(connection, campaign.campaign_id, page[-1].number if page else size)
        return len(page)

    def _assign(
        self, connection: Connection, stored: StoredCampaign, members: Sequence[str], now: int
    ) -> list[str]:
        """Assign members. Returns those who get something, if it can be sent to them."""
        campaign = stored.campaign
        if self.holdout:
            shared = quarter_experiment(now, campaign.measurement.most_minutes)
            enrol(connection, shared, shared_treatments(members, self.holdout), now)
        treatments = campaign_treatments(campaign, members, self.holdout)
        titles = titles_counted(connection, campaign.kind, campaign.promoted_id)
        experiment = experiment_of(campaign, stored.started or now, titles)
        enrol(connection, experiment, treatments, now)
        return [one for one in members if treatments[one] not in (HOLDOUT, HELD_OUT_OF_ALL)]


def _sends(
    connection: Connection, campaign: Campaign, members: Sequence[str], now: int
) -> list[Send]:
    endpoints = defaultdict(list)
    for endpoint in endpoints_of_members(connection, members):
        if campaign.app in ("", endpoint.app):
            endpoints[endpoint.member_id].append(endpoint)
    return [
        _send(campaign, treatment, endpoint, now)
        for member_id in members
        for treatment in (campaign.treatment_of(member_id),)
        for endpoint in chosen_endpoints(treatment, campaign.reach, endpoints[member_id])
    ]


def chosen_endpoints(
    treatment: Treatment, reach: str, endpoints: Sequence[Endpoint]
) -> list[Endpoint]:
    """The endpoints of a member that a campaign sends to.

    Args:
        treatment: the member's.
        reach: as `Campaign.reach`.
        endpoints: of the member; those that cannot be reached are chosen where there is no other,
            so that the figures say why the member gets nothing.
    """
    order = {channel.value: number for number, channel in enumerate(treatment.channels)}
    known = [endpoint for endpoint in endpoints if endpoint.fields.channel_type in order]
    known.sort(key=lambda each: (order[each.fields.channel_type or ""], each.app, each.endpoint_id))
    if reach == "all":
        return known
    usable = [endpoint for endpoint in known if not endpoint_refusal(endpoint, _channel(endpoint))]
    return (usable or known)[:1]


def _channel(endpoint: Endpoint) -> Channel:
    return Channel(endpoint.fields.channel_type or "")


def _send(campaign: Campaign, treatment: Treatment, endpoint: Endpoint, now: int) -> Send:
    activity_id = campaign.activity_id(treatment.name)
    return Send(
        send_id=send_id_of(activity_id, endpoint.app, endpoint.endpoint_id),
        campaign_id=campaign.campaign_id,
        activity_id=activity_id,
        app=endpoint.app,
        endpoint_id=endpoint.endpoint_id,
        member_id=endpoint.member_id,
        channel=_channel(endpoint),
        message_class=campaign.message_class,
        topic=campaign.topic,
        state=SendState.PLANNED,
        due=now,
        expires=campaign.expires,
        created=now,
        updated=now,
    )
