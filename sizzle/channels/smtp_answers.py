"""What the answers of SMTP servers mean for a message."""

from __future__ import annotations

import re
from typing import Final

from sizzle.outreach.content.messages import Handover, Outcome

CLOSING: Final = 421
"""The server closes the connection."""

_MAX_DETAIL: Final = 300
# Servers repeat the address in their answer; it is not kept where it would outlive the member.
_ADDRESS: Final = re.compile(r"<?[^\s<>@]{1,64}@[^\s<>@]{1,255}>?")
_ENHANCED: Final = re.compile(r"^([245])\.(\d{1,3})\.(\d{1,3})\b")
_SECONDS: Final = re.compile(
    r"(?:try|retry|wait)[^\d\n]{0,40}?(\d{1,5})\s*(s|sec|second|m|min|h)", re.I
)
_UNIT: Final = {"s": 1, "m": 60, "h": 3600}
# 5.1.x is about addresses, 5.2.1 a mailbox that is closed; 5.1.8 and 5.1.7 are about the sender's.
_GONE_SUBJECTS: Final = ("1",)
_SENDERS: Final = ("7", "8")
_GONE_CODES: Final = frozenset((550, 551, 553, 556))


def outcome_of(code: int, text: str, *, recipient: bool) -> Outcome:
    """What a server's refusal means.

    Args:
        code: the three digits.
        text: beside them.
        recipient: whether it answers the recipient's address.
    """
    detail = f"{code} {without_addresses(text)}"
    if code == CLOSING:  # the server closes the connection, whatever it was asked
        return Outcome(Handover.TEMPORARY, detail, _named_wait(text), transport_down=True)
    if 400 <= code < 500:
        return Outcome(Handover.TEMPORARY, detail, _named_wait(text))
    if recipient and _is_gone(code, text):
        return Outcome(Handover.PERMANENT, detail)
    return Outcome(Handover.REFUSED, detail)


def _is_gone(code: int, text: str) -> bool:
    """Whether the address itself is at fault; policy, size or spam are not its fault."""
    enhanced = _ENHANCED.match(text.strip())
    if enhanced is None:
        return code in _GONE_CODES
    _, subject, detail = enhanced.groups()
    if subject in _GONE_SUBJECTS:
        return detail not in _SENDERS
    return (subject, detail) == ("2", "1") or (subject == "0" and code in _GONE_CODES)


def _named_wait(text: str) -> float | None:
    match = _SECONDS.search(text)
    return None if match is None else float(int(match[1]) * _UNIT[match[2][0].lower()])


def without_addresses(text: str) -> str:
    """A server's words in one line, without the addresses that it repeats."""
    return _ADDRESS.sub("<address>", " ".join(text.split()))[:_MAX_DETAIL]
