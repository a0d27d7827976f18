"""Checks of a whole mail: its markup, its addresses, and what the law asks for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from html import unescape
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

from sizzle.outreach.content.messages import MailMessage
from sizzle.outreach.policy.findings import Finding, error

_VOID: Final = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
)
_ACTIVE: Final = frozenset(
    ("script", "iframe", "object", "embed", "form", "input", "button", "base", "applet")
)
_ADDRESSES: Final = frozenset(("href", "src", "background", "action", "poster", "srcset"))
_CSS_ADDRESS: Final = re.compile(r"@import|url\s*\(\s*['\"]?([^'\")]*)", re.IGNORECASE)
_TEXT_ADDRESS: Final = re.compile(r"https?://[^\s<>\"']+")
_LOCAL: Final = ("mailto:", "cid:", "#")
_CONDITIONAL: Final = re.compile(r"<!--\[if.*?<!\[endif\]-->", re.DOTALL)


def check_mail(
    message: MailMessage, hosts: Collection[str], postal_address: str = ""
) -> list[Finding]:
    """What is wrong with a mail that is ready to be sent.

    Args:
        message: the mail.
        hosts: of the service and of whoever sends: every other is foreign.
        postal_address: the sender's; it has to be in both forms of a marketing mail.
    """
    page = _Page()
    page.feed(_CONDITIONAL.sub("", message.html))
    page.close()
    return [
        *page.findings(),
        *_foreign(message, page, frozenset(host.lower() for host in hosts)),
        *_legal(message, page, postal_address),
        *_headers(message),
    ]


class _Page(HTMLParser):
    """Reads HTML and keeps what is wrong with it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.addresses: list[str] = []
        self.language = ""
        self.shown: list[str] = []
        self._open: list[str] = []
        self._found: list[Finding] = []

    @property
    def text(self) -> str:
        """What is shown, with single spaces."""
        return " ".join(" ".join(self.shown).split())

    def findings(self) -> Iterator[Finding]:
        """What is wrong with the markup."""
        yield from self._found
        if self._open:
            yield self._malformed(f"<{self._open[-1]}> is not closed")
        if not self.language:
            yield error("no-language", "html", "<html> has no lang.", "name the language.")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag says."""
        values = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = values.get("lang", "")
        if tag == "img" and "alt" not in values:
            self._add("image-without-alt", f"{values.get('src', '')[:60]!r} has no alt text")
        if tag in _ACTIVE or any(name.startswith("on") for name in values):
            self._add("active-markup", f"<{tag}> does something; mail clients refuse it")
        self.addresses += [values[name] for name in _ADDRESSES & set(values)]
        self.addresses += _css_addresses(values.get("style", ""))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """As one that is opened and closed."""
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Close what is open."""
        if not self._open or self._open[-1] != tag:
            self._found.append(self._malformed(f"</{tag}> closes what is not open"))
        elif tag not in _VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Keep what is shown; a style's addresses are noted."""
        if self._open and self._open[-1] == "style":
            self.addresses += _css_addresses(data)
        elif not self._open or self._open[-1] != "title":
            self.shown.append(data)

    def _malformed(self, what: str) -> Finding:
        return error("malformed-markup", "html", f"{what}.", "correct the layout.")

    def _add(self, rule: str, what: str) -> None:
        self._found.append(error(rule, "html", f"{what}.", "correct the layout."))


def _css_addresses(style: str) -> list[str]:
    return [found[1] or "@import" for found in _CSS_ADDRESS.finditer(style)]


def _foreign(message: MailMessage, page: _Page, hosts: frozenset[str]) -> Iterator[Finding]:
    found = [("html", address) for address in page.addresses]
    found += [("text", address) for address in _TEXT_ADDRESS.findall(message.text)]
    for where, address in dict.fromkeys(found):
        if not _is_ours(unescape(address), hosts):
            yield error(
                "foreign-host",
                where,
                f"{address[:80]!r} is no address of ours.",
                "link to the service alone: other hosts learn who reads.",
            )


def _is_ours(address: str, hosts: frozenset[str]) -> bool:
    if not address or address.startswith(_LOCAL):
        return True
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and (parts.hostname or "") in hosts
    except ValueError:
        return False


def _legal(message: MailMessage, page: _Page, postal_address: str) -> Iterator[Finding]:
    """A mail with a link to unsubscribe is a marketing one, and has all that those need."""
    if not message.unsubscribe:
        return
    if message.unsubscribe not in map(unescape, page.addresses):
        yield error("no-unsubscribe", "html", "there is no link to unsubscribe.", "add it.")
    if message.unsubscribe not in message.text:
        yield error("no-unsubscribe", "text", "there is no link to unsubscribe.", "add it.")
    address = " ".join(postal_address.split())
    for where, text in (("html", page.text), ("text", " ".join(message.text.split()))):
        if not address or address not in text:
            yield error(
                "no-postal-address", where, "the sender's postal address is not in it.", "add it."
            )


def _headers(message: MailMessage) -> Iterator[Finding]:
    named = (("subject", message.subject), ("recipient", message.recipient))
    for where, value in (*named, ("sender", message.sender), ("reply_to", message.reply_to)):
        if any(not letter.isprintable() for letter in value):
            yield error(
                "newline-in-subject" if where == "subject" else "newline-in-header",
                where,
                "there is a line break or control character in it.",
                "write it on one line.",
            )
