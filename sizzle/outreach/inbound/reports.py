"""Mails that report of mails: bounces (RFC 3464, RFC 6533, Exim's text), complaints (RFC 5965)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import Final

from sizzle.outreach.inbound.notice import Notice, NoticeKind

MAX_REPORT: Final = 2_000_000
"""Bytes of a report; the mail that it returns may be as large as any."""

_MAX_DETAIL: Final = 300
_MAX_PARTS: Final = 50
_MESSAGE_ID: Final = re.compile(r"<[^<>\s]{1,300}>")
_ADDRESS: Final = re.compile(r"<?[^\s<>@;]{1,64}@[^\s<>@]{1,255}>?")
_STATUS_TYPES: Final = ("message/delivery-status", "message/global-delivery-status")
_ENHANCED: Final = re.compile(r"(?<![\d.])5\.\d{1,3}\.\d{1,3}(?![\d.])")
_REPLY: Final = re.compile(r"^[ \t]+5\d\d[ -].*(?:\n[ \t]+\S.*)*", re.M)
_OF_CONTENT: Final = re.compile(
    r"spam|polic|block|blacklist|denylist|reputation|content|virus|malware|too (?:large|big)|size"
    r"|rate|dmarc|spf|dkim|authenticat|quota|full|attachment",
    re.I,
)
_HEADER: Final = re.compile(r"^message-id:\s*(<[^<>\s]{1,300}>)", re.I | re.M)


def read_report(data: bytes) -> list[Notice]:
    """What a mail reports; nothing where it is no report, or of a mail that it does not name."""
    try:
        mail = BytesParser(policy=compat32).parsebytes(data[:MAX_REPORT])
        parts = [part for part, _ in zip(mail.walk(), range(_MAX_PARTS), strict=False)]
        message_id = next(filter(None, map(_returned_id, parts)), "") or _answered_id(mail)
        if not message_id:
            return list(_of_text(mail))
        return [notice for part in parts for notice in _notices(part, message_id)]
    except (MessageError, ValueError, LookupError, RecursionError, AttributeError, TypeError):
        return []  # whatever a stranger sends must not end the pipe


def _notices(part: Message, message_id: str) -> Iterator[Notice]:
    kind = part.get_content_type()
    if kind in _STATUS_TYPES:
        for block in _blocks(part):
            yield from _of_recipient(block, message_id)
    elif kind == "message/feedback-report":
        fields = next(_blocks(part), None)
        if fields is not None and _text(fields, "feedback-type").lower() in ("abuse", "fraud"):
            yield Notice(NoticeKind.COMPLAINED, message_id=message_id)


def _of_recipient(block: Message, message_id: str) -> Iterator[Notice]:
    action = _text(block, "action").lower()
    status = _text(block, "status")
    if action == "delivered":
        yield Notice(NoticeKind.DELIVERED, message_id=message_id, detail=status)
    elif action == "failed":
        diagnostic = _text(block, "diagnostic-code").partition(";")[2].strip()
        detail = _ADDRESS.sub("<address>", f"{status} {diagnostic}".strip())[:_MAX_DETAIL]
        permanent = _is_of_address(status, diagnostic)
        yield Notice(NoticeKind.BOUNCED, message_id=message_id, permanent=permanent, detail=detail)


def _is_of_address(status: str, diagnostic: str) -> bool:
    """Whether a status is about the address: that a mail is spam or too large is not.

    Exim writes 5.0.0 of whatever it is: then what the other server said decides.
    """
    if status == "5.0.0":
        said = _ENHANCED.search(diagnostic)
        if said is not None and said[0] != status:
            return _is_of_address(said[0], diagnostic)
        return not _OF_CONTENT.search(diagnostic)
    return status.startswith(("5.1.", "5.2.1", "5.4.4"))


def _answered_id(mail: Message) -> str:
    """The mail that a report without its copy answers; that of no other mail."""
    if mail.get_content_type() != "multipart/report":
        return ""
    return _first_id(_text(mail, "in-reply-to")) or _first_id(_text(mail, "references"))


def _of_text(mail: Message) -> Iterator[Notice]:
    """What a report of Exim says that is only text, before the copy of the mail that it returns."""
    payload = mail.get_payload(decode=True)
    if mail.get("x-failed-recipients") is None or not isinstance(payload, bytes):
        return
    told, _, copy = payload.decode(errors="replace").partition("\n------ ")
    found, reply = _HEADER.search(copy), _REPLY.search(told)
    if found is None or reply is None:
        return
    status = _ENHANCED.search(reply[0])
    permanent = _is_of_address(status[0] if status else "5.0.0", reply[0])
    detail = _ADDRESS.sub("<address>", " ".join(reply[0].split()))[:_MAX_DETAIL]
    yield Notice(NoticeKind.BOUNCED, message_id=found[1], permanent=permanent, detail=detail)


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields of a report, which parsers read as messages of their own."""
    payload = part.get_payload()
    if isinstance(payload, list) and part.get_content_type() == "message/delivery-status":
        yield from (block for block in payload if isinstance(block, Message))
        return
    if isinstance(payload, list):  # of RFC 6533, which the parser takes for one whole message
        payload = "".join(str(inner) for inner in payload)
    for text in re.split(r"\r?\n\r?\n", str(payload)):
        yield BytesParser(policy=compat32).parsebytes(text.encode(errors="replace"))


def _returned_id(part: Message) -> str:
    """The id of the mail that a report returns, whole or its head."""
    kind = part.get_content_type()
    payload = part.get_payload()
    if (
        kind in ("message/rfc822", "message/global", "message/global-headers")
        and isinstance(payload, list)
        and payload
    ):
        inner = payload[0]
        return _first_id(str(inner.get("message-id", "")) if isinstance(inner, Message) else "")
    if kind == "text/rfc822-headers":
        decoded = part.get_payload(decode=True)
        text = decoded.decode(errors="replace") if isinstance(decoded, bytes) else ""
        found = _HEADER.search(text)
        return found[1] if found else ""
    return ""


def _first_id(text: str) -> str:
    found = _MESSAGE_ID.search(text)
    return found[0] if found else ""


def _text(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())
