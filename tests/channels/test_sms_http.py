"""Text messages over HTTP, to a gateway that really listens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sizzle.channels import ChannelSettings, open_transports
from sizzle.channels.transport import Transport
from sizzle.errors import InputError
from sizzle.outreach.content.messages import Handover, Outcome, SmsMessage
from sizzle.outreach.vocabulary import Channel
from tests.channels.conformance import TransportCase, check_transport, hand_over
from tests.channels.provider import Provider, Reply, provider
from tests.ports import free_port


@pytest.fixture
def gateway() -> Iterator[Provider]:
    """A gateway."""
    with provider() as made:
        yield made


def transport_to(address: str) -> Transport:
    """The transport, as the settings choose it."""
    settings = ChannelSettings.read(sms="http", sms_url=address, sms_token="a secret")
    return open_transports(settings)[Channel.SMS]


def sms(number: int) -> SmsMessage:
    """A message that is two segments, by one letter."""
    text = "Nocturne City: una serie policíaca"
    return SmsMessage(f"send-{number}", f"+3361234567{number}", "Sizzles", text, "es", 2)


def outcome(gateway: Provider, *replies: Reply) -> Outcome:
    """How the handover of one message ends, given these replies."""
    gateway.replies = list(replies)
    (ended,) = hand_over(transport_to(gateway.address), sms(1))
    return ended


def test_it_is_a_transport(gateway: Provider) -> None:
    """As all others."""
    transport = transport_to(gateway.address)
    check_transport(
        TransportCase(transport, sms, lambda: [sent.json["id"] for sent in gateway.sent])
    )


def test_the_gateway_gets_all_that_it_needs(gateway: Provider) -> None:
    """Under a key that is the same for each try of a send; its own id is kept."""
    ended = outcome(gateway, Reply(202, {"id": "gw-7"}))
    assert ended == Outcome(Handover.HANDED_OVER, reference="gw-7")
    (sent,) = gateway.sent
    assert sent.headers["idempotency-key"] == "send-1"
    assert sent.headers["authorization"] == "Bearer a secret"
    assert sent.json == {
        "id": "send-1",
        "to": "+33612345671",
        "from": "Sizzles",
        "text": "Nocturne City: una serie policíaca",
        "language": "es",
        "segments": 2,
    }


@pytest.mark.parametrize(
    ("reply", "handover", "down", "after"),
    [
        (Reply(422, {"code": "opted_out"}), Handover.PERMANENT, False, None),
        (Reply(404, {"code": "unknown_recipient"}), Handover.PERMANENT, False, None),
        (Reply(400, {"code": "bad_text"}), Handover.REFUSED, False, None),
        (Reply(400, ["no object"]), Handover.REFUSED, False, None),
        (Reply(429, {}, {"retry-after": "7"}), Handover.TEMPORARY, True, 7.0),
        (Reply(503, {}, {"retry-after": "Wed, 21 Oct"}), Handover.TEMPORARY, True, None),
        (Reply(503, {}, {"retry-after": "1e99"}), Handover.TEMPORARY, True, 86_400.0),
        (Reply(401), Handover.TEMPORARY, True, None),
        (
            Reply(302, {}, {"location": "https://elsewhere.example/"}),
            Handover.TEMPORARY,
            True,
            None,
        ),
        (Reply(504), Handover.UNKNOWN, False, None),
        (Reply(None), Handover.UNKNOWN, False, None),
    ],
)
def test_answers_mean_what_they_say(
    reply: Reply, handover: Handover, down: bool, after: float | None, gateway: Provider
) -> None:
    """A number that is gone, a message that is refused, a gateway that is down, and not knowing."""
    ended = outcome(gateway, reply)
    assert (ended.handover, ended.transport_down, ended.after) == (handover, down, after)
    assert "3361" not in ended.detail
    assert len(gateway.sent) == 1


def test_a_gateway_that_is_away_is_tried_again_later() -> None:
    """Nothing has been sent."""
    (ended,) = hand_over(transport_to(f"http://127.0.0.1:{free_port()}"), sms(1))
    assert (ended.handover, ended.transport_down) == (Handover.TEMPORARY, True)


def test_the_token_is_never_sent_in_the_clear() -> None:
    """An address without https is refused at the start."""
    with pytest.raises(InputError, match="not an https address"):
        transport_to("http://gateway.example/messages")
