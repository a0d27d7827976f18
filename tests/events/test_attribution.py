"""Events are attributed to the message that their app copied from a push notification."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.events import ACTIONS, Attribution, MessageSource, attribute
from tests.events.push_payloads import CAMPAIGN, JOURNEY, TRANSACTIONAL, amplify_event

SENT = {"pinpoint.campaign.campaign_activity_id": "send-7f"}
"""What a sender adds to a transactional message, so that it can be attributed."""


def attributed(data: dict[str, Any], action: str) -> Attribution | None:
    """What an event is about that an app makes of a notification's data."""
    made = amplify_event(data, action)
    return made and attribute(made.event_type, made.attributes)


def as_object(data: dict[str, Any]) -> dict[str, Any]:
    """A campaign's or transactional payload as iOS gets it: an object instead of flat keys."""
    prefix = "pinpoint.campaign."
    found = {key.removeprefix(prefix): data[key] for key in data if key.startswith(prefix)}
    return {"pinpoint": {"campaign": found}}


def as_text(data: dict[str, Any]) -> dict[str, Any]:
    """The same with its object written as JSON."""
    return {**data, "pinpoint": json.dumps(data["pinpoint"])}


@pytest.mark.parametrize("action", ACTIONS)
def test_campaigns_are_attributed_in_every_form(action: str) -> None:
    """To campaign, activity and treatment: flat keys, an object, and a JSON string."""
    forms = [CAMPAIGN, as_object(CAMPAIGN), as_text(as_object(CAMPAIGN))]
    assert [attributed(form, action) for form in forms] == 3 * [
        Attribution(
            source=MessageSource.CAMPAIGN,
            action=action,
            source_id="5befa9dc28b1430cb0469554789e3f99",
            activity_id="613f918c7a4440b69b09c4806d1a9357",
            treatment_id="0",
        )
    ]


@pytest.mark.parametrize("action", ACTIONS)
def test_journeys_are_attributed_in_every_form(action: str) -> None:
    """To journey, activity and run: an object, and a JSON string."""
    assert [attributed(form, action) for form in (JOURNEY, as_text(JOURNEY))] == 2 * [
        Attribution(
            source=MessageSource.JOURNEY,
            action=action,
            source_id="dc893692ea9848faa76cceef197c5305",
            activity_id="ibcF4z9lsp",
            run_id="5df6dd97f9154cb688afc0b41ab221c3",
        )
    ]


@pytest.mark.parametrize("action", ACTIONS)
def test_transactional_messages_are_attributed_by_our_send_id(action: str) -> None:
    """Which travels as the activity id; Pinpoint's own payload has none, and says nothing."""
    data = {**TRANSACTIONAL, **SENT}
    forms = [data, as_object(data), as_text(as_object(data))]
    assert [attributed(form, action) for form in forms] == 3 * [
        Attribution(source=MessageSource.TRANSACTIONAL, action=action, send_id="send-7f")
    ]
    assert attributed(TRANSACTIONAL, action) is None


@pytest.mark.parametrize(
    ("event_type", "attributes"),
    [
        ("_campaign.opened_notification", {"campaign_id": "c"}),
        ("_campaign.opened_notification", {"campaign_activity_id": "a"}),
        ("_journey.opened_notification", {"campaign_id": "c", "campaign_activity_id": "a"}),
        ("_journey.opened_notification", {"journey_id": "j"}),
        ("_campaign", {"campaign_id": "c", "campaign_activity_id": "a"}),
        ("_session.start", {"campaign_id": "c", "campaign_activity_id": "a"}),
        ("title_played", {"journey_id": "j", "journey_activity_id": "a"}),
    ],
)
def test_what_does_not_say_its_message_is_not_guessed(
    event_type: str, attributes: dict[str, str]
) -> None:
    """Both the source and the activity are needed, and must belong to the type."""
    assert attribute(event_type, attributes) is None


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_any_event_has_an_attribution_or_none(event_type: str, attributes: dict[str, str]) -> None:
    """Whatever clients send; a message that is named has an activity or a send."""
    found = attribute(event_type, attributes)
    assert found is None or found.activity_id or found.send_id


@pytest.mark.parametrize("data", [{}, {"pinpoint": "null"}, {"pinpoint": {}}, {"other": "1"}])
def test_a_notification_of_others_gives_no_event(data: dict[str, Any]) -> None:
    """Apps get messages from elsewhere too."""
    assert amplify_event(data, "opened_notification") is None
