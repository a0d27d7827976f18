"""What was sent is shown again as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sizzle.errors import InputError
from sizzle.outreach.content.messages import MailMessage
from sizzle.outreach.content.mime import to_mime
from sizzle.outreach.content.parts import Destination
from sizzle.outreach.content.record import (
    message_digest,
    read_record,
    record_of,
    recorded_message,
)
from sizzle.outreach.content.texts import filled_line
from sizzle.outreach.vocabulary import Channel
from tests.outreach.content.sample_messages import (
    BASE,
    LINKS,
    MAIL_LINE,
    MEMBER,
    PROMOTED,
    REEL,
    SEND,
    SENDER,
    message,
)

DATE = datetime(2026, 11, 30, 18, tzinfo=UTC)


@pytest.mark.parametrize("channel", list(Channel))
def test_record_gives_the_same_message(channel: Channel) -> None:
    """Kept as JSON and read again, for each channel; the digest tells that it is the same."""
    line = replace(MAIL_LINE, channel=channel)
    to = Destination(channel, "ada@example.org")
    sent = message(channel)
    text = filled_line(line, MEMBER, PROMOTED, REEL, LINKS)
    kept = json.dumps(record_of(text, to, SEND, REEL, BASE, SENDER, sent))
    record = read_record(json.loads(kept))
    again = recorded_message(record, channel, SEND, LINKS)
    assert again == sent
    assert message_digest(again) == record.digest
    if isinstance(sent, MailMessage) and isinstance(again, MailMessage):
        assert to_mime(again, DATE) == to_mime(sent, DATE)


def test_digest_tells_of_a_change() -> None:
    """One letter more is another digest."""
    assert message_digest(message()) != message_digest(message(sender=replace(SENDER, name="X")))


@pytest.mark.parametrize("record", [None, [], {}, {"language": "en"}, "text"])
def test_other_records_are_refused(record: object) -> None:
    """What was written by something else is no record."""
    with pytest.raises(InputError, match="not kept"):
        read_record(record)
