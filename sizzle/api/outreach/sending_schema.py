"""What the routes of campaigns and messages take and answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from pydantic import BaseModel, ConfigDict

from sizzle.events.event import milliseconds
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outbox.campaign_rows import SendCount, StoredCampaign
from sizzle.outbox.sends import Send
from sizzle.outreach.campaign import Campaign
from sizzle.outreach.campaign_file import campaign_record

_Time = Annotated[datetime, Meta(tz=True)]
_Id = Annotated[str, Meta(min_length=1, max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
_Seconds = Annotated[
    int, Meta(ge=1, le=30 * 24 * 3600, description="After which it is not sent any more.")
]
_TIMES = ("start", "latest_start", "expires")


class CampaignBody(
    Campaign,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"message_class": "class"},
):
    """A campaign, with times in RFC 3339."""

    start: _Time | None = None  # type: ignore[assignment]
    latest_start: _Time | None = None  # type: ignore[assignment]
    expires: _Time | None = None  # type: ignore[assignment]

    @property
    def campaign(self) -> Campaign:
        """The campaign. Raises InputError: its parts contradict each other."""
        given = {name: getattr(self, name) for name in self.__struct_fields__}
        for name in _TIMES:
            given[name] = None if given[name] is None else milliseconds(given[name])
        campaign = Campaign(**given)
        campaign.check()
        return campaign


class ActionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What goes with starting or resuming: a new latest start, for a campaign that is late."""

    latest_start: _Time | None = None


class MessageBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A transactional message to one endpoint: an answer to what its member did."""

    app: _Id
    endpoint_id: _Id
    topic: _Id = "service"
    language: Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\Z")] = "en"
    subject: Annotated[str, Meta(max_length=200, pattern=PRINTABLE)] = ""
    text: Annotated[str, Meta(min_length=1, max_length=10_000)]
    valid_for: _Seconds | None = None


class _Response(BaseModel):
    model_config = ConfigDict(frozen=True)


class CountResponse(_Response):
    """How many sends of an activity are in a state."""

    activity: str
    channel: str
    state: str
    reason: str
    count: int


class CampaignResponse(_Response):
    """A campaign, and what has become of it."""

    campaign: dict[str, Any]
    state: str
    reason: str
    digest: str
    created: datetime
    created_by: str
    approved: datetime | None
    approved_by: str
    started: datetime | None
    finished: datetime | None
    latest_start: datetime | None
    members_planned: int
    counts: list[CountResponse] = []


class SendResponse(_Response):
    """A send."""

    send_id: str
    campaign_id: str
    activity_id: str
    member_id: str
    endpoint_id: str
    channel: str
    state: str
    reason: str
    attempts: int
    due: datetime
    updated: datetime


class MessageResponse(_Response):
    """A message that was taken: it passes the gate, and is sent, by a worker."""

    send_id: str


class RecordedResponse(_Response):
    """What came of a report or webhook."""

    recorded: int
    unknown: int


def campaign_response(
    stored: StoredCampaign, counts: list[SendCount] | None = None
) -> CampaignResponse:
    """A campaign as it is answered."""
    return CampaignResponse(
        campaign=campaign_record(stored.campaign),
        state=stored.state.value,
        reason=stored.reason,
        digest=stored.campaign.digest,
        created=_time(stored.created),
        created_by=stored.created_by,
        approved=_optional(stored.approved),
        approved_by=stored.approved_by,
        started=_optional(stored.started),
        finished=_optional(stored.finished),
        latest_start=_optional(stored.latest_start),
        members_planned=stored.planned,
        counts=[
            CountResponse(
                activity=count.activity_id,
                channel=count.channel,
                state=count.state,
                reason=count.reason,
                count=count.count,
            )
            for count in counts or ()
        ],
    )


def send_response(send: Send) -> SendResponse:
    """A send as it is answered."""
    return SendResponse(
        send_id=send.send_id,
        campaign_id=send.campaign_id,
        activity_id=send.activity_id,
        member_id=send.member_id,
        endpoint_id=send.endpoint_id,
        channel=send.channel.value,
        state=send.state.value,
        reason=send.reason,
        attempts=send.attempts,
        due=_time(send.due),
        updated=_time(send.updated),
    )


def _time(time_ms: int) -> datetime:
    return datetime.fromtimestamp(time_ms / 1000, UTC)


def _optional(time_ms: int | None) -> datetime | None:
    return None if time_ms is None else _time(time_ms)
