"""Apple's push service, to an HTTP/2 server with Apple's documented answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sizzle.channels import ChannelSettings
from sizzle.channels.apns import ApnsTransport
from sizzle.errors import InputError
from sizzle.outreach.content.messages import Handover, Outcome, PushMessage
from sizzle.outreach.vocabulary import Channel
from tests.certificates import certificate
from tests.channels.conformance import AT, TransportCase, check_transport, hand_over
from tests.channels.http2_server import http2_provider
from tests.channels.provider import Provider, Reply

DEVICE = "00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f{}"


class Apple:
    """Apple's server, and the transport to it."""

    def __init__(self, server: Provider, folder: Path, certificates: Path) -> None:
        self.server = server
        self.key = ec.generate_private_key(ec.SECP256R1())
        (folder / "AuthKey.p8").write_bytes(
            self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        self.settings: dict[str, object] = {
            "apns_key": folder / "AuthKey.p8",
            "apns_key_id": "ABC123DEFG",
            "apns_team": "DEF123GHIJ",
            "apns_topic": "com.example.sizzles",
            "apns_url": server.address,
            "apns_ca_file": certificates,
        }
        self.now = 1_790_000_000.0

    def transport(self, **changes: object) -> ApnsTransport:
        """The transport."""
        settings = ChannelSettings.read(**{**self.settings, **changes})
        return ApnsTransport(settings, lambda: self.now)

    def outcome(self, *replies: Reply) -> Outcome:
        """How the handover of a notification ends, given these replies."""
        self.server.replies = list(replies)
        (ended,) = hand_over(self.transport(), push(1))
        return ended


def push(number: int) -> PushMessage:
    """A notification."""
    return PushMessage(
        send_id=f"send-{number}",
        channel=Channel.APNS,
        address=DEVICE.format(number),
        title="Nocturne City",
        body="今夜、あなたへ",
        language="ja",
        image="https://sizzle.example/still.jpg",
        link="https://sizzle.example/r/abc",
        sound="chime.caf",
        valid_for=7200,
        data={"send_id": f"send-{number}"},
    )


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of the server."""
    return certificate(rsa.generate_private_key(65537, 2048), tmp_path_factory.mktemp("tls"))


@pytest.fixture
def apple(tmp_path: Path, certificates: Path) -> Iterator[Apple]:
    """Apple's server."""
    with http2_provider(certificates) as server:
        yield Apple(server, tmp_path, certificates)


def test_it_is_a_transport(apple: Apple) -> None:
    """As all others."""

    def arrived() -> list[str]:
        return [sent.json["data"]["send_id"] for sent in apple.server.sent]

    check_transport(TransportCase(apple.transport(), push, arrived))


def test_a_notification_is_what_the_documentation_asks_for(apple: Apple) -> None:
    """Signed by the team's key, to the device, for the app, until it is no longer worth it."""
    ended = apple.outcome(Reply(200))
    (sent,) = apple.server.sent
    assert ended == Outcome(Handover.HANDED_OVER, reference=sent.headers["apns-id"])
    assert str(UUID(sent.headers["apns-id"])) == sent.headers["apns-id"]
    assert sent.path == f"/3/device/{DEVICE.format(1)}"
    kept = {name: sent.headers[name] for name in sent.headers if name.startswith("apns-")}
    assert kept == {
        "apns-topic": "com.example.sizzles",
        "apns-push-type": "alert",
        "apns-priority": "10",
        "apns-expiration": str(int(AT.timestamp()) + 7200),
        "apns-id": sent.headers["apns-id"],
    }
    token = sent.headers["authorization"].removeprefix("bearer ")
    assert jwt.get_unverified_header(token)["kid"] == "ABC123DEFG"
    claims = jwt.decode(token, apple.key.public_key(), ["ES256"], options={"verify_iat": False})
    assert claims == {"iss": "DEF123GHIJ", "iat": 1_790_000_000}
    assert sent.json == {
        "aps": {
            "alert": {"title": "Nocturne City", "body": "今夜、あなたへ"},
            "sound": "chime.caf",
            "mutable-content": 1,
        },
        "pinpoint": {"deeplink": "https://sizzle.example/r/abc"},
        "data": {"send_id": "send-1", "media-url": "https://sizzle.example/still.jpg"},
    }


def test_a_silent_notification_wakes_the_app_alone(apple: Apple) -> None:
    """With what Apple asks of background notifications."""
    hand_over(apple.transport(), replace(push(1), silent=True, image=""))
    (sent,) = apple.server.sent
    assert sent.json["aps"] == {"content-available": 1}
    assert (sent.headers["apns-push-type"], sent.headers["apns-priority"]) == ("background", "5")


@pytest.mark.parametrize(
    ("status", "reason", "handover", "down"),
    [
        (410, "Unregistered", Handover.PERMANENT, False),
        (410, "ExpiredToken", Handover.PERMANENT, False),
        (400, "BadDeviceToken", Handover.PERMANENT, False),
        (400, "DeviceTokenNotForTopic", Handover.PERMANENT, False),
        (400, "BadTopic", Handover.REFUSED, False),
        (413, "PayloadTooLarge", Handover.REFUSED, False),
        (403, "InvalidProviderToken", Handover.TEMPORARY, True),
        (429, "TooManyRequests", Handover.TEMPORARY, False),
        (429, "TooManyProviderTokenUpdates", Handover.TEMPORARY, True),
        (500, "InternalServerError", Handover.TEMPORARY, True),
        (503, "Shutdown", Handover.TEMPORARY, True),
    ],
)
def test_answers_mean_what_apple_says(
    status: int, reason: str, handover: Handover, down: bool, apple: Apple
) -> None:
    """Only what is about the device's token makes its endpoint inactive."""
    ended = apple.outcome(Reply(status, {"reason": reason}))
    assert (ended.handover, ended.transport_down) == (handover, down)
    assert reason in ended.detail


def test_a_connection_that_breaks_leaves_it_unknown(apple: Apple) -> None:
    """After the request was sent."""
    assert apple.outcome(Reply(None)).handover is Handover.UNKNOWN


def test_the_team_s_token_is_used_for_a_while_and_replaced_where_it_has_expired(
    apple: Apple,
) -> None:
    """Apple refuses both those of an hour ago and new ones for each message."""
    expired = Reply(403, {"reason": "ExpiredProviderToken"})
    assert apple.outcome(expired, Reply(200)).handover is Handover.HANDED_OVER
    assert len(apple.server.sent) == 2
    apple.server.replies = [Reply(200)]
    transport = apple.transport()
    hand_over(transport, push(1), push(2))
    assert len({sent.headers["authorization"] for sent in apple.server.sent[2:]}) == 1


@pytest.mark.parametrize("address", ["", "../../x", "zz" * 32, "ab?cd" * 8, "00" * 200])
def test_what_is_no_device_token_is_given_up(address: str, apple: Apple) -> None:
    """It would be another path of Apple's server."""
    (ended,) = hand_over(apple.transport(), replace(push(1), address=address))
    assert ended.handover is Handover.PERMANENT
    assert apple.server.sent == []


def test_settings_that_are_missing_are_named(apple: Apple, tmp_path: Path) -> None:
    """Before anything is sent."""
    (tmp_path / "text").write_text("no key")
    for changes, what in (
        ({"apns_team": ""}, "APNS_TEAM is not set"),
        ({"apns_key": None}, "no key for APNs"),
        ({"apns_key": tmp_path / "text"}, "not a key for APNs"),
        ({"apns_ca_file": tmp_path / "text"}, "certificates cannot be read"),
        ({"apns_url": "http://apple.example"}, "not an https address"),
    ):
        with pytest.raises(InputError, match=what):
            apple.transport(**changes)
