"""Which message an event is about: that of a campaign, of a journey, or a transactional one.

Apps copy into an event's attributes what came with the message. The types are Pinpoint's, such as
`_campaign.opened_notification`; no look-up is needed to attribute them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

DIRECT: Final = "_DIRECT"
"""The campaign id of transactional messages; their `campaign_activity_id` is then our send id."""

ACTIONS: Final = ("opened_notification", "received_foreground", "received_background")
"""What becomes of a push notification, as the types of events end."""


CHANNELS: Final = ("_email", "_SMS", "_push")
"""What the types of events begin with that the service records itself, such as `_email.click`."""


class MessageSource(StrEnum):
    """What sent a message."""

    CAMPAIGN = "campaign"
    JOURNEY = "journey"
    TRANSACTIONAL = "transactional"


class Attribution(msgspec.Struct, frozen=True, kw_only=True):
    """The message that an event is about. What the event does not say is empty.

    Attributes:
        source: what sent it.
        action: what happened to it: one of `ACTIONS`, or another one such as "send".
        source_id: of the campaign or journey; empty for transactional messages.
        activity_id: of the campaign or journey.
        treatment_id: of the campaign.
        run_id: of the journey.
        send_id: of the transactional message.
    """

    source: MessageSource
    action: str
    source_id: str = ""
    activity_id: str = ""
    treatment_id: str = ""
    run_id: str = ""
    send_id: str = ""


def attribute(event_type: str, attributes: Mapping[str, str]) -> Attribution | None:
    """The message that an event is about; None where it is about none, or does not say which.

    Args:
        event_type: such as "_campaign.opened_notification", "_journey.received_background" or
            "_email.click".
        attributes: of the event.
    """
    source, _, action = event_type.partition(".")
    if not action:
        return None
    if source == "_campaign":
        return _of_campaign(action, attributes)
    if source == "_journey":
        return _of_journey(action, attributes)
    if source in CHANNELS:
        return _of_campaign(action, attributes) or _of_journey(action, attributes)
    return None


def _of_campaign(action: str, attributes: Mapping[str, str]) -> Attribution | None:
    campaign_id = attributes.get("campaign_id", "")
    activity_id = attributes.get("campaign_activity_id", "")
    if not (campaign_id and activity_id):
        return None
    if campaign_id == DIRECT:
        return Attribution(source=MessageSource.TRANSACTIONAL, action=action, send_id=activity_id)
    return Attribution(
        source=MessageSource.CAMPAIGN,
        action=action,
        source_id=campaign_id,
        activity_id=activity_id,
        treatment_id=attributes.get("treatment_id", ""),
    )


def _of_journey(action: str, attributes: Mapping[str, str]) -> Attribution | None:
    journey_id = attributes.get("journey_id", "")
    activity_id = attributes.get("journey_activity_id", "")
    if not (journey_id and activity_id):
        return None
    return Attribution(
        source=MessageSource.JOURNEY,
        action=action,
        source_id=journey_id,
        activity_id=activity_id,
        run_id=attributes.get("journey_run_id", ""),
    )
