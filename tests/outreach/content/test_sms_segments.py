"""Segments of text messages, as 3GPP TS 23.038 counts them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sizzle.outreach.content.sms_segments import Encoding, segments_of, transliterated


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count"),
    [
        ("", Encoding.GSM_7, 0, 0),
        ("a" * 160, Encoding.GSM_7, 160, 1),
        ("a" * 161, Encoding.GSM_7, 161, 2),
        ("a" * 306, Encoding.GSM_7, 306, 2),
        ("a" * 307, Encoding.GSM_7, 307, 3),
        ("€" * 80, Encoding.GSM_7, 160, 1),
        ("€" * 81, Encoding.GSM_7, 162, 2),
        ("a" * 152 + "€" + "a" * 152, Encoding.GSM_7, 306, 3),
        ("a" * 69 + "í", Encoding.UCS_2, 70, 1),
        ("a" * 70 + "í", Encoding.UCS_2, 71, 2),
        ("a" * 69 + "😀", Encoding.UCS_2, 71, 2),
        ("日" * 134, Encoding.UCS_2, 134, 2),
        ("日" * 66 + "😀" + "日" * 66, Encoding.UCS_2, 134, 3),
    ],
)
def test_segments(text: str, encoding: Encoding, units: int, count: int) -> None:
    """At every edge: no letter is split between two segments."""
    found = segments_of(text)
    assert (found.encoding, found.units, found.count) == (encoding, units, count)


@settings(max_examples=40)
@given(st.text(max_size=400))
def test_laws(text: str) -> None:
    """Segments hold all units and waste less than a letter each; plain text costs no more."""
    found = segments_of(text)
    one, each = (160, 153) if found.encoding is Encoding.GSM_7 else (70, 67)
    assert found.count == 1 or found.units <= found.count * each
    assert found.units > one or found.count <= 1
    assert found.count <= 1 or found.units > (found.count - 1) * (each - 1)
    assert (found.encoding is Encoding.UCS_2) == bool(found.foreign)
    plain = transliterated(text)
    assert transliterated(plain) == plain


def test_transliteration() -> None:
    """Accents go where the alphabet has none of them, and only there."""
    assert transliterated("Où « rêver » à l’été – ça… policíaca ñ") == (
        'Où " rever " à l\'été - ca... policiaca ñ'
    )
    assert transliterated("日本 😀") == "日本 😀"
