"""The lines that come with the program pass the guard in every language they are in."""

from __future__ import annotations

import pytest

from sizzle.outreach.content.facts import facts_in
from sizzle.outreach.content.lines import Line
from sizzle.outreach.policy import check
from sizzle.outreach.vocabulary import Channel, Promoted
from sizzle.writers import Decision, RefusedTry, WriterError, WritingRequest
from sizzle.writers.catalogue import CatalogueWriter
from tests.outreach.samples import SERIES, THINGS

LANGUAGES = ("en", "fr", "es-MX", "ja", "de", "pt-BR", "it")


def lines(promoted: Promoted, language: str, channel: Channel, reason: str) -> list[Line]:
    """All lines of the catalogue for this, each after the one before was refused."""
    found: list[Line] = []
    while True:
        refused = tuple(RefusedTry(line.subject, line.text, "no") for line in found)
        facts = facts_in(promoted, language, reason)
        asked = WritingRequest(
            promoted.kind, promoted.id, facts, reason, language, channel, "", refused
        )
        answer = CatalogueWriter().write(asked)
        if answer.decision is Decision.REFUSE:
            return found
        found.append(
            Line(promoted.kind, promoted.id, reason, language, channel, answer.subject, answer.text)
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_passes_without_a_finding(language: str) -> None:
    """For titles, assets and offers, on each channel, with and without a reason."""
    for promoted in THINGS.values():
        for channel in (Channel.EMAIL, Channel.SMS, Channel.WEB_PUSH):
            for reason in ("", "genres:Crime"):
                found = lines(promoted, language, channel, reason)
                assert found or reason
                for line in found:
                    assert check(line, promoted) == [], line


def test_what_is_not_known_is_refused() -> None:
    """A language without lines is refused, and so is writing a prompt."""
    assert lines(SERIES, "fi", Channel.EMAIL, "") == []
    with pytest.raises(WriterError):
        CatalogueWriter().complete("improve", "this")
