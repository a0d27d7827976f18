"""Reports, answers and webhooks are understood, and whatever else comes does no harm."""

from __future__ import annotations

import json
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.errors import InputError
from sizzle.outreach.inbound.notice import Notice, NoticeKind
from sizzle.outreach.inbound.replies import reply_kind
from sizzle.outreach.inbound.reports import read_report
from sizzle.outreach.inbound.webhooks import (
    WebhookSignatureError,
    check_webhook,
    read_webhook,
    webhook_signature,
)
from tests.outreach.inbound.sample_reports import EXIM_TEXT, bounce, complaint

ID = "<send@example.org>"
SECRET = b"s" * 32


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_bounces_name_the_mail_and_why(kind: str) -> None:
    """Whether they return all of it or its head; the address is not kept."""
    detail = "5.1.1 550 5.1.1 <address>: no such user"
    assert read_report(bounce(ID, kind=kind)) == [
        Notice(NoticeKind.BOUNCED, message_id=ID, permanent=True, detail=detail)
    ]


@pytest.mark.parametrize(
    ("status", "action", "kind", "permanent"),
    [
        ("5.7.1", "failed", NoticeKind.BOUNCED, False),
        ("5.2.2", "failed", NoticeKind.BOUNCED, False),
        ("4.4.7", "failed", NoticeKind.BOUNCED, False),
        ("2.0.0", "delivered", NoticeKind.DELIVERED, False),
        ("4.4.1", "delayed", None, False),
    ],
)
def test_only_what_is_of_the_address_is_for_good(
    status: str, action: str, kind: NoticeKind | None, permanent: bool
) -> None:
    """Spam, a full mailbox or a delay is not."""
    found = read_report(bounce(ID, status, action))
    assert [(one.kind, one.permanent) for one in found] == ([(kind, permanent)] if kind else [])


@pytest.mark.parametrize(
    ("said", "permanent"),
    [
        ("550 no such user", True),
        ("550 5.1.1 no such user", True),
        ("550 message rejected as spam", False),
        ("550 5.7.1 blocked by policy", False),
    ],
)
def test_what_exim_reports_of_everything_alike(said: str, permanent: bool) -> None:
    """It writes 5.0.0 of whatever it is, or a text without a report: what was said decides."""
    report = bounce(ID, "5.0.0").replace(
        b"550 5.0.0 <ada@example.com>: no such user", said.encode()
    )
    text = EXIM_TEXT.format(message_id=ID, reply=said).encode()
    for found in (read_report(report), read_report(text)):
        assert [(one.message_id, one.permanent) for one in found] == [(ID, permanent)]


def test_reports_without_a_copy_and_in_unicode() -> None:
    """A report names the mail that it answers; RFC 6533 has other names of the same parts."""
    bare = bounce(ID, kind="text/plain").replace(b"\nTo:", f"\nIn-Reply-To: {ID}\nTo:".encode(), 1)
    unicode = bounce(ID, kind="message/global").replace(
        b"delivery-status\n", b"global-delivery-status\n"
    )
    for report in (bare, unicode):
        assert [(one.message_id, one.permanent) for one in read_report(report)] == [(ID, True)]
    away = f"From: ada@example.com\nIn-Reply-To: {ID}\nSubject: Away\n\n550 5.1.1\n"
    assert read_report(away.encode()) == []


def test_complaints_are_read() -> None:
    """By the head of the mail that they return."""
    assert read_report(complaint(ID)) == [Notice(NoticeKind.COMPLAINED, message_id=ID)]


@given(st.binary(max_size=2000), st.integers(0, 900), st.integers(0, 40))
def test_whatever_comes_as_a_report_does_no_harm(noise: bytes, at: int, cut: int) -> None:
    """Noise, and reports with noise in them, raise nothing."""
    good = bounce(ID)
    for data in (noise, good[:at] + noise + good[at + cut :]):
        for notice in read_report(data):
            assert notice.message_id.startswith("<")
            assert len(notice.detail) <= 300


@pytest.mark.parametrize(
    "text",
    [
        "STOP", "stop.", " Stop! ", "Arrêt", "ARRET", "ALTO", "baja", "Stopp", "Отписаться",
        "配信停止", "停止", "退订", "수신거부", "opt out", "Désabonner", "sair", "stop please",
    ],
)  # fmt: skip
def test_words_that_ask_to_stop(text: str) -> None:
    """In many languages, in capitals or not."""
    assert reply_kind(text) is NoticeKind.STOP


@pytest.mark.parametrize("text", ["", "the bus stop is here", "nonstop", "?", "\x00" * 500, "Ok"])
def test_words_that_do_not(text: str) -> None:
    """A word within a sentence is none; START opts in again."""
    assert reply_kind(text) is None
    assert reply_kind("START") is NoticeKind.START


def test_webhooks_are_signed_just_now_by_who_knows_the_secret() -> None:
    """A body, time or secret that differs by one byte is refused; so is an old one."""
    body = b'{"events": []}'
    signature = webhook_signature(SECRET, "1000", body)
    check = partial(check_webhook, now=1000.0)
    assert check(SECRET, "1000", body, signature) != check(
        SECRET, "1001", body, webhook_signature(SECRET, "1001", body)
    )
    for changed in (
        partial(check, SECRET, "1000", body + b" ", signature),
        partial(check, SECRET, "1001", body, signature),
        partial(check, b"x" * 32, "1000", body, signature),
        partial(check, SECRET, "1000", body, ""),
        partial(check, SECRET, "1000", body, "é"),
        partial(check, SECRET, "soon", body, webhook_signature(SECRET, "soon", body)),
        partial(check_webhook, SECRET, "1000", body, signature, 1301.0),
        partial(check_webhook, SECRET, "1000", body, signature, 699.0),
    ):
        with pytest.raises(WebhookSignatureError):
            changed()


def test_events_of_webhooks_are_read() -> None:
    """Those of unknown types are left out, answers are understood, and no other form is taken."""
    events = [
        {"type": "bounce", "send_id": "s", "permanent": True, "more": 1},
        {"type": "reply", "channel": "SMS", "address": "+33123456789", "text": "Arrêt"},
        {"type": "reply", "channel": "SMS", "address": "+33123456789", "text": "merci"},
        {"type": "opened"},
    ]
    assert [notice.kind for notice in read_webhook(json.dumps({"events": events}).encode())] == [
        NoticeKind.BOUNCED, NoticeKind.STOP,
    ]  # fmt: skip
    for body in (b"", b"[]", b"{}", b'{"events": [{}]}', b'{"events": 7}', b"[" * 100_000):
        with pytest.raises(InputError):
            read_webhook(body)
