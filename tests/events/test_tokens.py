"""A token records events of its own reel and member, until it expires, and nothing else."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest

from sizzle.events import Batch, Event, EventTokenError, EventTokens, Refusal
from tests.events.sample_events import NOW, raw

TOKENS = EventTokens(b"k" * 32)
TOKEN = TOKENS.make("member-ada", "reel-1", expires=1000)


@pytest.mark.parametrize(
    ("fields", "allowed"),
    [
        ({"reel_id": "reel-1"}, True),
        ({"reel_id": "reel-1", "member_id": None}, True),
        ({"reel_id": "reel-2"}, False),
        ({}, False),
        ({"reel_id": "reel-1", "member_id": "member-ben"}, False),
        ({"reel_id": "reel-1", "member_id": "Member-ada"}, False),
    ],
)
def test_a_token_is_for_one_reel_and_member(fields: dict[str, str], allowed: bool) -> None:
    """An event that names no member is its member's."""
    batch = Batch(received=NOW, grant=TOKENS.read(TOKEN, now=1000))
    found = batch.read(raw(**fields))
    if allowed:
        assert isinstance(found, Event)
        assert found.member_id == "member-ada"
    else:
        assert isinstance(found, Refusal)
        assert "its own reel and member" in found.reason


def test_an_expired_token_is_refused() -> None:
    """A second later."""
    with pytest.raises(EventTokenError, match="expired"):
        TOKENS.read(TOKEN, now=1001)


def test_a_token_that_was_changed_or_made_elsewhere_is_refused() -> None:
    """Each byte counts."""
    data = urlsafe_b64decode(TOKEN + "=" * (-len(TOKEN) % 4))
    changed = [
        urlsafe_b64encode(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]).decode()
        for at in range(len(data))
    ]
    elsewhere = EventTokens(b"x" * 32).make("member-ada", "reel-1", expires=1000)
    for token in [*changed, elsewhere, "", "é", "a", "a" * 10_000, TOKEN[:-1]]:
        with pytest.raises(EventTokenError):
            TOKENS.read(token, now=0)
