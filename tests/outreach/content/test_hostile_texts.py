"""No name, title or subject changes what a mail is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sizzle.outreach.content.mime import to_mime
from sizzle.outreach.vocabulary import MemberProfile
from tests.outreach.content.hostile_texts import hostile_texts
from tests.outreach.content.mail_structure import MailStructure, parsed, structure_of
from tests.outreach.content.sample_messages import (
    MAIL_LINE,
    PROMOTED,
    SENDER,
    TITLES,
    mail,
    reel_of,
)

DATE = datetime(2026, 11, 30, 18, tzinfo=UTC)
PLAIN = "Ada"


def mail_with(text: str) -> bytes:
    """A mail with a text wherever somebody else's may come: name, facts, titles, subject."""
    composed = mail(
        line=replace(MAIL_LINE, subject="{title} and {titles} for {name}"),
        member=MemberProfile(text[:900] or "m", text),
        promoted=replace(PROMOTED, facts={"title": text or "Untitled"}),
        reel=reel_of(text, *TITLES),
        sender=replace(SENDER, name=text or "Lumen"),
    )
    return to_mime(composed, DATE)


def differing(count: int, seed: int) -> list[str]:
    """The texts that change the structure of a mail."""
    usual = structure_of(mail_with(PLAIN))
    return [
        text for text in hostile_texts(count, seed) if structure_of(mail_with(f"A{text}")) != usual
    ]


def test_hostile_texts_change_no_structure() -> None:
    """Header fields, parts, elements and addresses stay as they are; no header is broken."""
    assert differing(150, seed=1) == []


@pytest.mark.full
def test_ten_thousand_hostile_texts_change_no_structure() -> None:
    """The same for ten thousand."""
    assert differing(10_000, seed=2) == []


def test_comparison_finds_differences() -> None:
    """An element more, or a header more, is a difference: the comparison can fail."""
    data = mail_with(PLAIN)
    usual = structure_of(data)
    assert structure_of(data.replace(b"\r\nMIME", b"\r\nBcc: x@example.org\r\nMIME", 1)) != usual
    html = structure_of(data.replace(b"<body", b"<img src=3Dx><body", 1))
    assert isinstance(usual, MailStructure)
    assert len(html.elements) == len(usual.elements) + 1


def test_subject_stays_text() -> None:
    """Markup in a subject is text there, neither escaped nor removed."""
    subject = str(parsed(mail_with("<b>Fish & Chips</b>"))["Subject"])
    assert subject.startswith("<b>Fish & Chips</b>")
