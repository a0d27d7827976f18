"""What was sent, as pages and commands find it, on databases of each kind."""

from __future__ import annotations

from sqlalchemy import URL, insert

from sizzle.database import Database
from sizzle.database.send_tables import SENDS
from sizzle.events.event import canonical
from sizzle.outbox.sent_messages import SentMessages
from sizzle.outreach.vocabulary import Channel, MessageClass

ROW = {
    "send_id": "s1",
    "campaign_id": "c1",
    "activity_id": "c1.all",
    "app": "default",
    "endpoint_id": "e1",
    "member_id": "member-ada",
    "channel": "SMS",
    "class": "marketing",
    "topic": "news",
    "state": "handed over",
    "due": 0,
    "counted": 1_796_000_000_000,
    "slots": canonical({"reason": "genres:Crime", "treatment_id": "b", "reel": {"asset_id": "x"}}),
    "reel_id": "reel",
    "asset_version": "v1",
    "created": 0,
    "updated": 0,
}


def test_sent_messages(url: URL) -> None:
    """A campaign's, and a transactional one whose activity is its own; others are none."""
    database = Database(url)
    sent = SentMessages(database)
    assert sent.held_versions() == frozenset()
    direct = {
        **ROW,
        "send_id": "s2",
        "activity_id": "s2",
        "campaign_id": "",
        "class": "transactional",
        "counted": None,
        "slots": "{}",
        "asset_version": "",
    }
    third = {**ROW, "send_id": "s3", "endpoint_id": "e3", "asset_version": "v2"}
    with database.writing() as connection:
        connection.execute(insert(SENDS), [ROW, direct, third])
    assert sent.held_versions() == {"v1", "v2"}
    assert sent.find("s4") is None
    first, second = sent.find("s1"), sent.find("s2")
    assert first is not None
    assert second is not None
    assert (first.channel, first.asset_id, first.handed_over) == (Channel.SMS, "x", ROW["counted"])
    assert first.context.event_attributes == {
        "campaign_id": "c1",
        "campaign_activity_id": "c1.all",
        "treatment_id": "b",
    }
    assert first.context.reason == "genres:Crime"
    assert second.context.message_class is MessageClass.TRANSACTIONAL
    assert second.context.event_attributes == {
        "campaign_id": "_DIRECT",
        "campaign_activity_id": "s2",
    }
    assert (second.handed_over, second.asset_id) == (None, "")
    database.close()
