"""Checks of lengths, with the slots filled, and of the segments of text messages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from sizzle.outreach.content.sms_segments import (
    Encoding,
    Segments,
    segments_of,
    transliterated,
)
from sizzle.outreach.policy.findings import Finding, error, warning
from sizzle.outreach.policy.reading import Reading
from sizzle.outreach.vocabulary import PUSH_CHANNELS, Channel

_ENVELOPE: Final = 600  # bytes of a push besides its title and text: ids, addresses, sound


def check_lengths(reading: Reading) -> Iterator[Finding]:
    """Findings on what is too long."""
    line, policy = reading.line, reading.policy
    subject, text = reading.filled(line.subject), reading.filled(line.text)
    if line.channel is Channel.SMS:
        yield from _sms(reading, text)
    elif line.channel in PUSH_CHANNELS:
        yield from _long("push-title-length", "subject", subject, policy.push_title)
        yield from _long("push-body-length", "text", text, policy.push_body)
        yield from _payload(subject, text, policy.push_payload)
    else:
        yield from _long("subject-length", "subject", subject, policy.subject)
        yield from _long("text-length", "text", text, policy.mail)


def _long(rule: str, where: str, text: str, limit: int) -> Iterator[Finding]:
    if len(text) > limit:
        yield error(
            rule,
            where,
            f"{len(text)} letters with its slots filled, of at most {limit}.",
            f"shorten it by {len(text) - limit}.",
        )


def _payload(title: str, body: str, limit: int) -> Iterator[Finding]:
    content = json.dumps([title, body], ensure_ascii=True)  # as pessimistic encoders write it
    size = len(content) + _ENVELOPE
    if size > limit:
        yield error(
            "push-payload",
            "text",
            f"about {size} bytes as a push, of at most {limit}.",
            "shorten the title or the text.",
        )


def _sms(reading: Reading, text: str) -> Iterator[Finding]:
    found = segments_of(text)
    plain = segments_of(transliterated(text))
    latin = plain.encoding is Encoding.GSM_7
    limit = reading.policy.sms_segments if latin else reading.policy.sms_segments_other
    if latin and found.encoding is Encoding.UCS_2:
        yield from _foreign(reading, found, plain, limit)
    elif found.count > limit:
        yield error(
            "sms-segments",
            "text",
            f"{found.units} letters of {found.encoding}, with {{link}} as {reading.policy.link}, "
            f"make {found.count} segments, of at most {limit}.",
            "shorten it.",
        )


def _foreign(reading: Reading, found: Segments, plain: Segments, limit: int) -> Iterator[Finding]:
    letters = ", ".join(repr(letter) for letter in found.foreign[:8])
    make = error if found.count > limit else warning
    yield make(
        "sms-encoding",
        "text",
        f"{letters} make{'s' if len(found.foreign) == 1 else ''} it UCS-2: {found.count} "
        f"segments, where {plain.count} would do.",
        f"write {transliterated(reading.line.text)!r}.",
    )
