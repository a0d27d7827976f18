"""Tokens of links: each of one purpose, and of nobody else's making."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.errors import InputError
from sizzle.outreach.links import OutreachLinks, OutreachTokens
from sizzle.outreach.vocabulary import Channel
from sizzle.secret import outreach_tokens

TOKENS = outreach_tokens(b"an open secret of at least 32 bytes")
LINKS = OutreachLinks("https://reels.example.com/", TOKENS)
SEND = "5e4d00aa11bb22cc33dd44ee55ff66"


@given(st.text(max_size=60))
def test_token_names_its_send(send_id: str) -> None:
    """Whatever the id is."""
    assert TOKENS.reel_send(TOKENS.of_reel(send_id)) == send_id
    assert TOKENS.opened_send(TOKENS.of_opening(send_id)) == send_id


def test_token_of_one_purpose_is_none_of_another() -> None:
    """Whoever has the picture's address cannot unsubscribe, and so on."""
    reel, opening = TOKENS.of_reel(SEND), TOKENS.of_opening(SEND)
    unsubscription = TOKENS.of_unsubscription(SEND, Channel.EMAIL, b"hash", "news")
    assert TOKENS.reel_send(opening) is None
    assert TOKENS.reel_send(unsubscription) is None
    assert TOKENS.opened_send(reel) is None
    assert TOKENS.unsubscription(reel) is None
    assert OutreachTokens(b"1" * 32, b"2" * 32, b"3" * 32).reel_send(reel) is None


def test_each_flipped_letter_makes_it_none() -> None:
    """Also in the last one, some of whose bits no byte has."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    token = TOKENS.of_unsubscription(SEND, Channel.EMAIL, b"hash", "news")
    for index, letter in enumerate(token):
        for other in alphabet if index == len(token) - 1 else "A_":
            changed = f"{token[:index]}{other}{token[index + 1 :]}"
            assert (TOKENS.unsubscription(changed) is None) == (other != letter)


@pytest.mark.parametrize("token", ["", "a", "=", "é", "\ud800", "a" * 10_000, f"{'A' * 40}=="])
def test_other_texts_are_no_tokens(token: str) -> None:
    """Whatever is in the address."""
    assert TOKENS.reel_send(token) is None
    assert TOKENS.unsubscription(token) is None


def test_reel_link_fits_into_a_text_message() -> None:
    """It takes less than half of one."""
    assert len(LINKS.of(SEND, channel=Channel.SMS).reel) < 80


def test_addresses_of_a_send() -> None:
    """A mail has all three; a transactional one cannot be unsubscribed from."""
    links = LINKS.of(SEND, address_hash=b"hash", topic="news")
    assert links.reel.startswith("https://reels.example.com/r/")
    assert links.opened.endswith(".gif")
    claim = TOKENS.unsubscription(links.unsubscribe.rpartition("/")[2])
    assert claim is not None
    assert (claim.send_id, claim.topic, claim.address_hash) == (SEND, "news", b"hash")
    assert LINKS.of(SEND).unsubscribe == ""


@pytest.mark.parametrize(
    "base", ["", "reels.example.com", "ftp://x", "https://x/?a", "https://x/a"]
)
def test_base_that_nobody_can_open(base: str) -> None:
    """It is refused before any message has it."""
    with pytest.raises(InputError, match="not an address"):
        OutreachLinks(base, TOKENS)
