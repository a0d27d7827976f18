"""Checks of addresses: `{link}` is the only one, and nothing is written onto a slot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sizzle.outreach.policy.findings import Finding, error
from sizzle.outreach.policy.masking import masked
from sizzle.outreach.policy.reading import Reading

_DOT: Final = r"(?:[.。]|\s?\[\.\]\s?|\s?\((?:dot|punkt|point|punto|ponto)\)\s?)"
_SPELT: Final = r"\s(?:dot|punkt|point|punto|ponto|ドット)\s"
_ENDS: Final = (
    "com|net|org|io|tv|co|ly|app|info|biz|link|xyz|example|test|fr|es|jp|de|it|br|pt|uk|us|eu|ru|cn|top|site|"
    "shop|gg|to|pro|click|online|live|store|stream|film|movie|video|watch|club|dev|page|web|cloud|zip|mov|ai|me"
)
ADDRESS: Final = re.compile(
    # with a scheme, without one, as a number, or as a user at a host
    r"[a-z][a-z0-9+]*:?//|(?<![\w:])//\w|\bwww\.|\bxn--\w*|\b\d{1,3}(?:\.\d{1,3}){3}\b"
    r"|\b(?:mailto|tel|sms|javascript|data|ftp):|[\w.+-]+@[\w-]+|(?<!\w)@\w+|(?<!\w)#\w+"
    # two words with a dot and no space between them: a sentence that ends has a space behind it
    rf"|\b[\w-]{{2,}}{_DOT}(?:[a-z]{{2,24}}\b|(?:{_ENDS})\b)"
    rf"|\b[\w-]+{_SPELT}(?:(?:{_ENDS})\b|\w+{_SPELT}\w+)",
    re.IGNORECASE | re.ASCII,
)
_CASED_END: Final = re.compile(r"[.。][A-Z][a-z]+$")
_GLUED: Final = re.compile(r"[^\W_]+['’-]?(?=\{[a-z])|(?<=\})[^\W_]+")
_ELIDED: Final = re.compile(r"['’-]$|^s$")
_BEFORE_LINK: Final = re.compile(r"[^\s(（「:：、。→]\{link\}|[\w/@]:\{link\}")
_AFTER_LINK: Final = re.compile(r"\{link\}(?![.,;!?)）」、。！？]*(?:\s|$|[\u3000-\u9fff]))")
_UNSPACED: Final = frozenset({"ja", "zh", "ko", "th", "lo", "km", "my"})


def check_addresses(reading: Reading) -> Iterator[Finding]:
    """Findings on addresses, and on what stands against a slot and changes what fills it."""
    for where, raw in reading.fields:
        yield from _addresses(where, masked(reading, raw))
        yield from _at_links(where, raw)
        yield from _at_slots(reading, where, raw)


def _addresses(where: str, text: str) -> Iterator[Finding]:
    found = (match[0] for match in ADDRESS.finditer(text))
    for address in dict.fromkeys(found):
        if not _CASED_END.search(address):  # of two sentences, with the space left out
            yield error(
                "foreign-address",
                where,
                f"{address[:80]!r} is an address.",
                "write {link}, which is filled with the service's own address.",
            )


def _at_links(where: str, text: str) -> Iterator[Finding]:
    found = _BEFORE_LINK.search(text) or _AFTER_LINK.search(text)
    if found:
        yield error(
            "slot-in-a-word",
            where,
            f"{text[max(0, found.start() - 10) : found.end() + 10]!r} makes another address of "
            "{link}.",
            "leave a space on both sides of it.",
        )


def _at_slots(reading: Reading, where: str, text: str) -> Iterator[Finding]:
    """Letters and digits against a slot: `fr{name}ee` and `{price}0` say what no fact says."""
    if reading.language in _UNSPACED:
        return
    for match in _GLUED.finditer(text):
        if not _ELIDED.search(match[0]):  # as in "l'{genres}" and "{title}s"
            yield error(
                "slot-in-a-word",
                where,
                f"{match[0]!r} is written onto a slot.",
                "leave a space between them.",
            )
