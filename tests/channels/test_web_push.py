"""Browsers' notifications, to a push service that listens, and decrypts with the browser's key."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from typer.testing import CliRunner

from sizzle.channels import ChannelSettings, open_transports
from sizzle.channels.transport import Transport
from sizzle.cli.app import app
from sizzle.errors import InputError
from sizzle.outreach.content.messages import Handover, Outcome, PushMessage
from sizzle.outreach.vocabulary import Channel
from tests.certificates import certificate
from tests.channels.conformance import TransportCase, check_transport, hand_over
from tests.channels.provider import Provider, Reply, Sent, provider

BROWSER = ec.generate_private_key(ec.SECP256R1())
SECRET = bytes(range(16))


class Push:
    """A push service, and the transport to it."""

    def __init__(self, service: Provider, folder: Path, certificates: Path) -> None:
        self.service = service
        self.vapid = ec.generate_private_key(ec.SECP256R1())
        (folder / "vapid.pem").write_bytes(
            self.vapid.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        self.settings: dict[str, Any] = {
            "web_push": "on",
            "vapid_key": folder / "vapid.pem",
            "vapid_contact": "mailto:push@sizzle.example",
            "web_push_hosts": "127.0.0.1",
            "web_push_ca_file": certificates,
        }

    def transport(self, **changes: object) -> Transport:
        """The transport, as the settings choose it."""
        settings = ChannelSettings.read(**{**self.settings, **changes})
        return open_transports(settings)[Channel.WEB_PUSH]

    def subscription(self, number: int = 1, changes: dict[str, object] | None = None) -> str:
        """As a browser gives it."""
        point = BROWSER.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        given: dict[str, object] = {
            "endpoint": f"{self.service.address}/push/{number}",
            "expirationTime": None,
            "keys": {"p256dh": text(point), "auth": text(SECRET)},
        }
        return json.dumps({**given, **(changes or {})})

    def message(self, number: int = 1, **changes: Any) -> PushMessage:  # noqa: ANN401
        """A notification to a subscription."""
        made = PushMessage(
            send_id=f"send-{number}",
            channel=Channel.WEB_PUSH,
            address=self.subscription(number),
            title="Nocturne City",
            body="Ваш вечер начинается",
            language="ru",
            image="https://sizzle.example/still.jpg",
            link="https://sizzle.example/r/abc",
            valid_for=3600,
            data={"send_id": f"send-{number}"},
        )
        return replace(made, **changes)

    def outcome(self, message: PushMessage, *replies: Reply) -> Outcome:
        """How its handover ends, given these replies."""
        self.service.replies = list(replies) or [Reply(201)]
        (ended,) = hand_over(self.transport(), message)
        return ended


def text(data: bytes) -> str:
    """Bytes as browsers write them."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decrypted(sent: Sent) -> dict[str, Any]:
    """What the browser would read."""
    content = http_ece.decrypt(
        sent.body, private_key=BROWSER, auth_secret=SECRET, version="aes128gcm"
    )
    read: dict[str, Any] = json.loads(content)
    return read


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of the push service."""
    return certificate(rsa.generate_private_key(65537, 2048), tmp_path_factory.mktemp("tls"))


@pytest.fixture
def push(tmp_path: Path, certificates: Path) -> Iterator[Push]:
    """A push service."""
    with provider(certificates) as service:
        yield Push(service, tmp_path, certificates)


def test_it_is_a_transport(push: Push) -> None:
    """As all others."""
    push.service.replies = [Reply(201)]
    case = TransportCase(
        push.transport(),
        push.message,
        lambda: [decrypted(sent)["data"]["send_id"] for sent in push.service.sent],
    )
    check_transport(case)


def test_the_browser_can_read_it_and_the_service_knows_who_sent_it(push: Push) -> None:
    """Encrypted for the browser alone; signed with our key, for this service, for some hours."""
    ended = push.outcome(push.message(), Reply(201, headers={"location": "/receipt/1"}))
    assert ended == Outcome(Handover.HANDED_OVER, reference="/receipt/1")
    (sent,) = push.service.sent
    assert (sent.headers["ttl"], sent.headers["urgency"]) == ("3600", "normal")
    assert sent.headers["content-encoding"] == "aes128gcm"
    assert decrypted(sent) == {
        "title": "Nocturne City",
        "body": "Ваш вечер начинается",
        "language": "ru",
        "image": "https://sizzle.example/still.jpg",
        "link": "https://sizzle.example/r/abc",
        "silent": False,
        "data": {"send_id": "send-1"},
    }
    token, key = sent.headers["authorization"].removeprefix("vapid t=").split(", k=")
    point = urlsafe_b64decode(key + "=" * (-len(key) % 4))
    known = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    assert known == push.vapid.public_key()
    claims = jwt.decode(token, known, ["ES256"], audience=push.service.address)
    assert claims["sub"] == "mailto:push@sizzle.example"


@pytest.mark.parametrize(
    ("reply", "handover", "down"),
    [
        (Reply(410), Handover.PERMANENT, False),
        (Reply(404), Handover.PERMANENT, False),
        (Reply(403), Handover.REFUSED, False),
        (Reply(413), Handover.REFUSED, False),
        (Reply(429, {}, {"retry-after": "30"}), Handover.TEMPORARY, True),
        (Reply(500), Handover.TEMPORARY, True),
        (Reply(None), Handover.UNKNOWN, False),
    ],
)
def test_answers_mean_what_they_say(
    reply: Reply, handover: Handover, down: bool, push: Push
) -> None:
    """A subscription that has ended makes its endpoint inactive; nothing else does."""
    ended = push.outcome(push.message(), reply)
    assert (ended.handover, ended.transport_down) == (handover, down)
    assert "/push/" not in ended.detail


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": "https://169.254.169.254/latest/meta-data"},
        {"endpoint": "https://127.0.0.1.evil.example/push"},
        {"endpoint": "http://127.0.0.1/push"},
        {"endpoint": "https://127.0.0.1@evil.example/push"},
        {"endpoint": "https://evil.example@127.0.0.1/push"},
        {"endpoint": "file:///etc/passwd"},
        {"endpoint": 7},
        {"keys": {}},
        {"keys": {"p256dh": "AAAA", "auth": text(SECRET)}},
        {"keys": {"p256dh": text(b"\x04" + bytes(64)), "auth": text(SECRET)}},
        {"keys": []},
    ],
)
def test_a_subscription_cannot_send_us_anywhere(changes: dict[str, object], push: Push) -> None:
    """Only push services of the settings are asked, over https; nothing is sent elsewhere."""
    ended = push.outcome(push.message(address=push.subscription(changes=changes)))
    assert ended.handover is Handover.PERMANENT
    assert push.service.sent == []


@pytest.mark.parametrize("address", ["", "null", "[1]", "{}", "[" * 10_000, "\x00"])
def test_what_is_no_subscription_is_given_up(address: str, push: Push) -> None:
    """Whatever stands in its place."""
    assert push.outcome(push.message(address=address)).handover is Handover.PERMANENT


def test_what_no_service_need_take_is_refused_before_it_is_sent(push: Push) -> None:
    """A body of 4,096 bytes is the most, once encrypted: one byte more is not tried."""
    room = 3993 - len(decrypted_size(push))
    assert push.outcome(push.message(body="x" * room)).handover is Handover.HANDED_OVER
    assert len(push.service.sent[0].body) == 4096
    assert push.outcome(push.message(body="x" * (room + 1))).handover is Handover.REFUSED
    assert len(push.service.sent) == 1


def decrypted_size(push: Push) -> bytes:
    """The content of a notification with an empty body, as it is encrypted."""
    push.outcome(push.message(body="y"))
    content: bytes = http_ece.decrypt(
        push.service.sent.pop().body, private_key=BROWSER, auth_secret=SECRET, version="aes128gcm"
    )
    return content[:-1]


def test_the_command_prints_the_key_for_subscriptions(
    push: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That which each message then names."""
    monkeypatch.setenv("SIZZLE_OUTREACH_VAPID_KEY", str(push.settings["vapid_key"]))
    printed = CliRunner().invoke(app, ["outreach", "push-key"]).output.strip()
    push.outcome(push.message())
    assert push.service.sent[0].headers["authorization"].endswith(f", k={printed}")


def test_settings_that_are_missing_are_named(push: Push, tmp_path: Path) -> None:
    """With how to make a key."""
    (tmp_path / "text").write_text("no key")
    for changes, what in (
        ({"vapid_key": None}, "VAPID_KEY is not set"),
        ({"vapid_key": tmp_path / "text"}, "not a private key"),
        ({"vapid_contact": ""}, "want to know whom"),
    ):
        with pytest.raises(InputError, match=what):
            push.transport(**changes)
