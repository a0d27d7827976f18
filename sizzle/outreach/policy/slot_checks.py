"""Checks of slots: known ones only, those that are needed, and no other template syntax."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sizzle.outreach.content.slots import SEND_SLOTS, SLOT, slots_in
from sizzle.outreach.policy.findings import Finding, error
from sizzle.outreach.policy.reading import Reading
from sizzle.outreach.vocabulary import Channel

_SYNTAX: Final = re.compile(
    r"\{\{|\}\}|\{%|%\}|\{#|#\}|\$\{|#\{|<%|%>|\[\[|\]\]|\{[^{}]*[.!:\[(][^{}]*\}"
    r"|%\([a-z_]+\)s|%[sd]\b|\$[A-Za-z_][A-Za-z0-9_]*|__[a-z]+__|\*\|[A-Za-z]"
)
_PLACEHOLDER: Final = re.compile(
    r"\[[^\]\n]{1,60}\]|<[^>\n]{1,40}>|\bX{3,}\b|_{3,}|(?i:\blorem ipsum\b)|\bTODO\b|\bTB[AD]\b"
)


def check_slots(reading: Reading) -> Iterator[Finding]:
    """Findings on slots and what looks like them."""
    for where, text in reading.fields:
        yield from _syntax(where, text)
        yield from _unknown(reading, where, text)
    yield from _missing(reading)
    yield from _used(reading)


def _syntax(where: str, text: str) -> Iterator[Finding]:
    plain = SLOT.sub("", text)
    for found in dict.fromkeys(match[0] for match in _SYNTAX.finditer(text)):
        yield error(
            "template-syntax",
            where,
            f"{found!r} is template syntax.",
            "write slots as {title}, and nothing else in braces.",
        )
    if ("{" in plain or "}" in plain) and not _SYNTAX.search(text):
        yield error(
            "template-syntax",
            where,
            "there is a brace that belongs to no slot.",
            "write slots as {title}, in small letters, and no other braces.",
        )
    for found in dict.fromkeys(match[0] for match in _PLACEHOLDER.finditer(text)):
        yield error(
            "placeholder",
            where,
            f"{found!r} is a placeholder that nothing fills.",
            "write the text out, or use a slot such as {title}.",
        )


def _unknown(reading: Reading, where: str, text: str) -> Iterator[Finding]:
    known = {*reading.facts, *SEND_SLOTS}
    for name in dict.fromkeys(slots_in(text)):
        if name not in known:
            yield error(
                "unknown-slot",
                where,
                f"nothing fills the slot {{{name}}}.",
                f"use one of {', '.join(sorted(known))}.",
            )


def _missing(reading: Reading) -> Iterator[Finding]:
    line = reading.line
    if not line.text.strip():
        yield error("empty", "text", "there is no text.", "write one.")
    if line.channel is not Channel.SMS and not line.subject.strip():
        yield error("empty", "subject", "there is no subject.", "write one, for a push its title.")
    if line.channel is Channel.SMS and line.subject:
        yield error("subject-of-sms", "subject", "a text message has no subject.", "leave it out.")
    if line.channel is Channel.SMS and "link" not in slots_in(line.text):
        yield error(
            "link-missing", "text", "a text message has no link but {link}.", "add {link} to it."
        )
    if "link" in slots_in(line.subject):
        yield error("link-in-subject", "subject", "{link} is in the subject.", "move it.")


def _used(reading: Reading) -> Iterator[Finding]:
    if reading.used is None:
        return
    slots = {*slots_in(reading.line.subject), *slots_in(reading.line.text)}
    for name in sorted({*reading.used} - {*reading.facts} - SEND_SLOTS):
        yield error(
            "unknown-fact", "used", f"{name[:60]!r} is no fact.", "name facts that were given."
        )
    for name in sorted(slots - {*reading.used} - SEND_SLOTS):
        yield error(
            "fact-not-declared",
            "used",
            f"{{{name}}} is in the text and not among the facts used.",
            "name each fact that the text uses.",
        )
