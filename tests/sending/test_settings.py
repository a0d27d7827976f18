"""Settings of sending: what messages say of their sender, and values that are refused."""

from __future__ import annotations

import pytest

from sizzle.errors import InputError
from sizzle.outreach.content.parts import Sender
from sizzle.sending.settings import SendingSettings

NEEDED = {
    "public_url": "https://reels.example.org",
    "sender_name": "Sizzle",
    "sender_mail": "sizzle@example.org",
    "postal_address": "1 Example Street",
}


def test_the_sender_has_what_is_set() -> None:
    """The colour of mails, and where apps' notifications lead and how they sound."""
    usual = SendingSettings.read(**NEEDED).sender
    assert usual == Sender("Sizzle", mail="sizzle@example.org", postal_address="1 Example Street")
    given = {"accent": "#0A5FD9", "app_link": "sizzle-app://reel", "push_sound": "chime.caf"}
    sender = SendingSettings.read(**NEEDED, **given).sender
    assert {name: getattr(sender, name) for name in given} == given


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("accent", "red"),
        ("accent", "#fff"),
        ("accent", "#c2410c;background:url(//evil)"),
        ("app_link", "reel"),
        ("app_link", "JavaScript:alert(1)"),
        ("app_link", "app://a reel"),
        ("push_sound", "x" * 101),
    ],
)
def test_what_messages_cannot_have_is_refused(name: str, value: str) -> None:
    """By the name of its variable, before anything is sent."""
    with pytest.raises(InputError, match=f"SIZZLE_OUTREACH_{name.upper()}"):
        SendingSettings.read(**{**NEEDED, name: value})
