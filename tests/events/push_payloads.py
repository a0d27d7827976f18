"""Push notifications of Pinpoint as apps receive them, and the events that an app makes of them."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

CAMPAIGN: dict[str, Any] = {
    "pinpoint.openApp": "true",
    "pinpoint.campaign.treatment_id": "0",
    "pinpoint.notification.title": "Message title",
    "pinpoint.notification.body": "Message body",
    "data": '{"pinpoint":{"endpointId":"endpoint_id1","userId":"user_id1"}}',
    "pinpoint.campaign.campaign_id": "5befa9dc28b1430cb0469554789e3f99",
    "pinpoint.notification.silentPush": "0",
    "pinpoint.campaign.campaign_activity_id": "613f918c7a4440b69b09c4806d1a9357",
    "receivedAt": "1671009494989",
    "sentAt": "1671009495484",
}
JOURNEY: dict[str, Any] = {
    "pinpoint.openApp": "true",
    "pinpoint.notification.title": "Message title",
    "pinpoint": {
        "journey": {
            "journey_activity_id": "ibcF4z9lsp",
            "journey_run_id": "5df6dd97f9154cb688afc0b41ab221c3",
            "journey_id": "dc893692ea9848faa76cceef197c5305",
        }
    },
    "pinpoint.notification.body": "Message body",
    "data": '{"pinpoint":{"endpointId":"endpoint_id1","userId":"user_id1"}}',
    "pinpoint.notification.silentPush": "0",
}
TRANSACTIONAL: dict[str, Any] = {
    "pinpoint.openApp": "true",
    "pinpoint.notification.title": "Message title",
    "pinpoint.notification.body": "Message body",
    "pinpoint.campaign.campaign_id": "_DIRECT",
    "pinpoint.notification.silentPush": "0",
    "receivedAt": "1671731433375",
    "sentAt": "1671731433565",
}

_FLAT = "pinpoint.campaign."


class AppEvent(NamedTuple):
    """What an app records of a notification."""

    event_type: str
    attributes: dict[str, str]


def amplify_event(data: dict[str, Any], action: str) -> AppEvent | None:
    """The event of a notification, by the rules of AWS Amplify's library; None if it is no one's.

    Flat keys come first, which only Android has; an attribute that is not there is not sent.
    """
    if f"{_FLAT}campaign_id" in data:
        names = ("campaign_activity_id", "campaign_id", "treatment_id")
        found = {name: data.get(_FLAT + name) for name in names}
        attributes = {name: value for name, value in found.items() if value is not None}
        return AppEvent(f"_campaign.{action}", attributes)
    pinpoint = data.get("pinpoint")
    if isinstance(pinpoint, str):
        pinpoint = json.loads(pinpoint)
    for source in ("campaign", "journey"):
        if pinpoint and pinpoint.get(source):
            return AppEvent(f"_{source}.{action}", pinpoint[source])
    return None
