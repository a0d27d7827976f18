"""Firebase Cloud Messaging, to a server with Google's documented answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from sizzle.channels import ChannelSettings
from sizzle.channels.fcm import FcmTransport
from sizzle.errors import InputError
from sizzle.outreach.content.messages import Handover, Outcome, PushMessage
from sizzle.outreach.vocabulary import Channel
from tests.certificates import pem
from tests.channels.conformance import TransportCase, check_transport, hand_over
from tests.channels.provider import Provider, Reply, provider

SEND = "/v1/projects/sizzle-tv/messages:send"
NAME = {"name": "projects/sizzle-tv/messages/0:1500415314455276%31bd1c9631bd1c96"}
TOKEN = Reply(200, {"access_token": "ya29.token", "expires_in": 3599, "token_type": "Bearer"})


def error(status: int, word: str, code: str, **detail: object) -> Reply:
    """An error as Google documents it."""
    details: list[object] = [
        {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}
    ]
    if detail:
        details.append({"@type": "type.googleapis.com/google.rpc.BadRequest", **detail})
    body = {"error": {"code": status, "message": "…", "status": word, "details": details}}
    return Reply(status, body)


class Firebase:
    """Google's servers, and the transport to them."""

    def __init__(self, google: Provider, folder: Path, key: rsa.RSAPrivateKey) -> None:
        self.google = google
        google.by_path["/token"] = TOKEN
        google.replies = [Reply(200, NAME)]
        self.now = 1_790_000_000.0
        account = {
            "type": "service_account",
            "project_id": "sizzle-tv",
            "private_key": pem(key).decode(),
            "client_email": "sizzle@sizzle-tv.iam.gserviceaccount.com",
            "token_uri": f"{google.address}/token",
        }
        self.file = folder / "account.json"
        self.file.write_text(json.dumps(account))

    def transport(self) -> FcmTransport:
        """The transport."""
        settings = ChannelSettings.read(fcm_credentials=self.file, fcm_url=self.google.address)
        return FcmTransport(settings, lambda: self.now)

    def outcome(self, *replies: Reply) -> Outcome:
        """How the handover of a message ends, given these replies."""
        self.google.replies = list(replies)
        (ended,) = hand_over(self.transport(), push(1))
        return ended


def push(number: int) -> PushMessage:
    """A notification."""
    return PushMessage(
        send_id=f"send-{number}",
        channel=Channel.FCM,
        address=f"device-{number}",
        title="Nocturne City",
        body="C'est ce soir",
        language="fr",
        image="https://sizzle.example/still.jpg",
        sound="chime",
        valid_for=7200,
        data={"send_id": f"send-{number}", "pinpoint.campaign.campaign_id": "_DIRECT"},
    )


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    """The service account's."""
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def firebase(tmp_path: Path, key: rsa.RSAPrivateKey) -> Iterator[Firebase]:
    """Google's servers."""
    with provider() as google:
        yield Firebase(google, tmp_path, key)


def test_it_is_a_transport(firebase: Firebase) -> None:
    """As all others; five messages at once take one access token."""

    def arrived() -> list[str]:
        return [sent.json["message"]["data"]["send_id"] for sent in firebase.google.at(SEND)]

    check_transport(TransportCase(firebase.transport(), push, arrived))
    assert len(firebase.google.at("/token")) == 1


def test_a_message_is_what_the_documentation_asks_for(
    firebase: Firebase, key: rsa.RSAPrivateKey
) -> None:
    """An access token for a signed assertion; then the message, whose name is kept."""
    ended = firebase.outcome(Reply(200, NAME))
    assert ended == Outcome(Handover.HANDED_OVER, reference=NAME["name"])
    (asked,), (sent,) = firebase.google.at("/token"), firebase.google.at(SEND)
    form = parse_qs(asked.body.decode())
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    claims = jwt.decode(
        form["assertion"][0],
        key.public_key(),
        ["RS256"],
        audience=f"{firebase.google.address}/token",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims["scope"] == "https://www.googleapis.com/auth/firebase.messaging"
    assert claims["exp"] - claims["iat"] == 3600
    assert sent.headers["authorization"] == "Bearer ya29.token"
    assert sent.json == {
        "message": {
            "token": "device-1",
            "notification": {
                "title": "Nocturne City",
                "body": "C'est ce soir",
                "image": "https://sizzle.example/still.jpg",
            },
            "data": {
                "send_id": "send-1",
                "pinpoint.campaign.campaign_id": "_DIRECT",
                "pinpoint.notification.silentPush": "0",
            },
            "android": {
                "ttl": "7200s",
                "priority": "HIGH",
                "notification": {"sound": "chime"},
            },
        }
    }


def test_a_silent_message_has_data_alone(firebase: Firebase) -> None:
    """Nothing that the system would show."""
    hand_over(firebase.transport(), replace(push(1), silent=True))
    (sent,) = firebase.google.at(SEND)
    message = sent.json["message"]
    assert "notification" not in message
    assert message["android"] == {"ttl": "7200s", "priority": "NORMAL"}


@pytest.mark.parametrize(
    ("reply", "handover", "down", "after"),
    [
        (error(404, "NOT_FOUND", "UNREGISTERED"), Handover.PERMANENT, False, None),
        (error(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"), Handover.PERMANENT, False, None),
        (
            error(
                400,
                "INVALID_ARGUMENT",
                "INVALID_ARGUMENT",
                fieldViolations=[{"field": "message.token", "description": "not a token"}],
            ),
            Handover.PERMANENT,
            False,
            None,
        ),
        (
            error(
                400,
                "INVALID_ARGUMENT",
                "INVALID_ARGUMENT",
                fieldViolations=[{"field": "message.data", "description": "reserved"}],
            ),
            Handover.REFUSED,
            False,
            None,
        ),
        (error(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"), Handover.TEMPORARY, True, 60.0),
        (
            Reply(503, {"error": {"status": "UNAVAILABLE"}}, {"retry-after": "20"}),
            Handover.TEMPORARY,
            True,
            20.0,
        ),
        (error(500, "INTERNAL", "INTERNAL"), Handover.TEMPORARY, True, None),
        (error(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR"), Handover.TEMPORARY, True, None),
        (Reply(403, {"error": {"status": "PERMISSION_DENIED"}}), Handover.TEMPORARY, True, None),
        (Reply(400, {"error": ["odd"]}), Handover.REFUSED, False, None),
        (
            Reply(400, {"error": {"details": [7, {"fieldViolations": [7]}]}}),
            Handover.REFUSED,
            False,
            None,
        ),
        (Reply(None), Handover.UNKNOWN, False, None),
    ],
)
def test_answers_mean_what_google_says(
    reply: Reply, handover: Handover, down: bool, after: float | None, firebase: Firebase
) -> None:
    """Only what is about the device's token makes its endpoint inactive."""
    ended = firebase.outcome(reply)
    assert (ended.handover, ended.transport_down, ended.after) == (handover, down, after)


def test_an_access_token_is_replaced_before_its_end_and_where_it_is_refused(
    firebase: Firebase,
) -> None:
    """Once each; the message then goes out."""
    transport = firebase.transport()
    firebase.google.replies = [
        Reply(200, NAME),
        error(401, "UNAUTHENTICATED", "UNAUTHENTICATED"),
        Reply(200, NAME),
    ]
    outcomes: list[Any] = hand_over(transport, push(1), push(2))
    assert {outcome.handover for outcome in outcomes} == {Handover.HANDED_OVER}
    assert len(firebase.google.at("/token")) == 2
    firebase.now += 3400
    hand_over(firebase.transport(), push(3))
    assert len(firebase.google.at("/token")) == 3


def test_without_an_access_token_nothing_is_sent(firebase: Firebase) -> None:
    """The transport is down; that says nothing of the message."""
    for reply in (Reply(400, {"error": "invalid_grant"}), Reply(None), Reply(200, {})):
        firebase.google.by_path["/token"] = reply
        ended = firebase.outcome(Reply(200, NAME))
        assert (ended.handover, ended.transport_down) == (Handover.TEMPORARY, True)
    assert firebase.google.at(SEND) == []


def test_what_is_too_large_is_not_sent(firebase: Firebase) -> None:
    """4,096 bytes are the most that FCM takes."""
    (ended,) = hand_over(firebase.transport(), replace(push(1), body="x" * 4096))
    assert ended.handover is Handover.REFUSED
    assert firebase.google.sent == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"project_id": "a"}', "\x00"])
def test_a_file_that_is_no_service_account_is_named(text: str, tmp_path: Path) -> None:
    """Before anything is sent."""
    (tmp_path / "account.json").write_text(text)
    with pytest.raises(InputError, match="not the key of a service account"):
        FcmTransport(ChannelSettings.read(fcm_credentials=tmp_path / "account.json"))
