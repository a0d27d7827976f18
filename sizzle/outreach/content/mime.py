"""A mail as the bytes that are handed over: the same message and date give the same bytes.

`email.message.EmailMessage` would parse each header anew to write it, which takes longer than all
else that a mail needs; so the few headers are written here, and tests read them with it.
"""

from __future__ import annotations

from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Iterator
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from hashlib import sha256
from typing import Final

from sizzle.outreach.content.messages import MailMessage

ONE_CLICK: Final = "List-Unsubscribe=One-Click"
"""The header's value, and the body of the request, of RFC 8058."""

_DENSE: Final = 6  # where more than one byte in six is not ASCII, base64 is shorter


def to_mime(message: MailMessage, date: datetime) -> bytes:
    """A mail by RFC 5322 and MIME, with CRLF line ends and lines of ASCII.

    Args:
        message: to be handed over.
        date: of its header, with its zone; the same for each try.
    """
    boundary = f"={sha256(message.message_id.encode()).hexdigest()[:32]}="
    head = "\r\n".join(_headers(message, date, boundary))
    parts = b"".join(
        b"\r\n--%b\r\n%b" % (boundary.encode(), _part(kind, content, message.language))
        for kind, content in (("plain", message.text), ("html", message.html))
    )
    return b"%b\r\n%b\r\n--%b--\r\n" % (head.encode("ascii"), parts, boundary.encode())


def _headers(message: MailMessage, date: datetime, boundary: str) -> Iterator[str]:
    yield f"From: {_mailbox(message.sender_name, message.sender)}"
    yield f"To: {message.recipient}"
    if message.reply_to:
        yield f"Reply-To: {message.reply_to}"
    yield f"Subject: {_encoded(message.subject, 'Subject')}"
    yield f"Date: {format_datetime(date)}"
    yield f"Message-ID: {message.message_id}"
    if message.unsubscribe:
        by_mail = f",\r\n <mailto:{message.unsubscribe_mail}>" if message.unsubscribe_mail else ""
        yield f"List-Unsubscribe: <{message.unsubscribe}>{by_mail}"
        yield f"List-Unsubscribe-Post: {ONE_CLICK}"
    yield f"Content-Language: {message.language}"
    yield "MIME-Version: 1.0"
    yield f'Content-Type: multipart/alternative; boundary="{boundary}"'


def _mailbox(name: str, address: str) -> str:
    if _is_plain(name):
        return formataddr((name, address))
    return f"{_encoded(name, 'From')} <{address}>"


def _is_plain(text: str) -> bool:
    """Whether text may stand in a header as it is: readers would decode an encoded word in it."""
    return text.isascii() and "=?" not in text


def _encoded(text: str, name: str) -> str:
    charset = "us-ascii" if _is_plain(text) else "utf-8"
    return Header(text, charset, maxlinelen=76, header_name=name).encode(linesep="\r\n")


def _part(kind: str, content: str, language: str) -> bytes:
    data = content.encode().replace(b"\r\n", b"\n")
    dense = len(data) - len(content) > len(content) // _DENSE
    coded = encodebytes(data) if dense else b2a_qp(data)
    head = (
        f"Content-Type: text/{kind}; charset=utf-8\r\n"
        f"Content-Language: {language}\r\n"
        f"Content-Transfer-Encoding: {'base64' if dense else 'quoted-printable'}\r\n\r\n"
    )
    return head.encode("ascii") + coded.replace(b"\n", b"\r\n")
