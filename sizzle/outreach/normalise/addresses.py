"""Addresses of mail, and how two addresses are known to be one."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from sizzle.outreach.normalise.errors import InvalidValueError, shown
from sizzle.outreach.vocabulary import Channel

# What mail servers accept in practice; quoted local parts and bare IP addresses are left out.
_LOCAL: Final = r"[^\s@<>(),:;\"\[\]\\\x00-\x1f\x7f-\x9f]{1,64}"
_LABEL: Final = r"[^\s@.<>(),:;\"\[\]\\\x00-\x2c\x2f\x3a-\x40\x5b-\x60\x7b-\x9f]{1,63}"
_MAIL: Final = re.compile(rf"(?P<local>{_LOCAL})@(?P<domain>{_LABEL}(?:\.{_LABEL})+)")
_NAMED: Final = re.compile(r"mailto:([^<>]+)|[^<>@]*<([^<>]+)>", re.IGNORECASE)
_LONGEST: Final = 254


def mail_address(text: str) -> str:
    """An address of mail, with its domain in lower case; `Ada <ada@example.com>` has one too.

    Raises:
        InvalidValueError: it is none.
    """
    address = unicodedata.normalize("NFC", text.strip())
    if named := _NAMED.fullmatch(address):
        address = named[1] or named[2]
    match = _MAIL.fullmatch(address) if len(address) <= _LONGEST else None
    if match is None or ".." in address or match["local"].startswith("."):
        raise InvalidValueError(
            f"{shown(text)} is not an address of mail.", fix="write it as name@example.com."
        )
    return f"{match['local']}@{match['domain'].lower()}"


def comparable_address(channel: str, address: str) -> str:
    """The same text for all ways to write one address.

    Servers may tell upper from lower case before the @, but none is known to: whoever opted out as
    Ada@example.com is not written to as ada@example.com.
    """
    if channel == Channel.EMAIL:
        return unicodedata.normalize("NFC", address.strip()).casefold()
    return address.strip()
