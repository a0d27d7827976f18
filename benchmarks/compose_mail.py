"""Composing a mail, beside writing it with the standard library.

    python -m benchmarks.compose_mail

A mail with a reel of five titles is composed from an approved line for one member after the other,
in four languages, and written as the bytes that are handed over. The peer is given the finished
texts, and only writes them with `email.message.EmailMessage`. Processor time without DKIM, medians
of alternating rounds. Exits with 1 if the target of 2 ms is missed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from statistics import median

from benchmarks.tables import Row, print_table
from sizzle.outreach.content.compose import compose
from sizzle.outreach.content.lines import Line
from sizzle.outreach.content.messages import MailMessage
from sizzle.outreach.content.mime import to_mime
from sizzle.outreach.content.parts import (
    Destination,
    MessageReel,
    ReelTitle,
    SendContext,
    Sender,
    Still,
)
from sizzle.outreach.links import OutreachLinks
from sizzle.outreach.vocabulary import (
    Channel,
    MemberProfile,
    MessageClass,
    Promoted,
    PromotedKind,
)
from sizzle.secret import outreach_tokens

_ROUNDS, _MAILS = 15, 100
_TARGET = 2.0  # ms
_DATE = datetime(2026, 11, 30, 18, tzinfo=UTC)
_BASE = "https://reels.example.com"
_TEXTS = {
    "en": "Hello {name},\n\n{title} is here. In your reel: {titles}.",
    "fr": "Bonjour {name},\n\n{title} est arrivé. Dans votre bande-annonce : {titles}.",
    "es": "Hola {name}:\n\n{title} ya está aquí. En tu tráiler: {titles}.",
    "ja": "{name}さん\n\n「{title}」が始まりました。リールの作品は{titles}。",
}
_PROMOTED = Promoted(PromotedKind.TITLE, "nocturne-city", {"title": "Nocturne City"})
_SENDER = Sender("Lumière", "news@example.com", "1 Harbour Road\nDover")
_LINKS = OutreachLinks(_BASE, outreach_tokens(b"an open secret of at least 32 bytes"))


def main() -> None:
    """Measure both, and print the table."""
    mails = {language: _composed(language, 0) for language in _TEXTS}
    rows, worst = [], 0.0
    for language, mail in mails.items():
        own, peer = _measured(language, mail)
        worst = max(worst, own)
        size = len(to_mime(mail, _DATE)) / 1000
        ratio = f"{own / peer:.2f}"
        rows.append(Row(language, [f"{size:.1f}", f"{own:.2f}", f"{peer:.2f}", ratio]))
    head = ("language", "kB", "composed and written, ms", "only written by `email`, ms", "ratio")
    print_table(head, rows)
    verdict = "met" if worst <= _TARGET else "missed"
    sys.stdout.write(f"\nAt most {worst:.2f} ms a mail. Target {_TARGET:g} ms: {verdict}.\n")
    sys.exit(0 if worst <= _TARGET else 1)


def _measured(language: str, mail: MailMessage) -> tuple[float, float]:
    own, peer = [], []
    for _ in range(_ROUNDS):
        own.append(_milliseconds(lambda number: to_mime(_composed(language, number), _DATE)))
        peer.append(_milliseconds(lambda _: _by_email(mail)))
    return median(own), median(peer)


def _composed(language: str, number: int) -> MailMessage:
    send_id = f"{number:030x}"
    still = Still({w: f"{_BASE}/v1/stills/{w:032x}.jpg" for w in (320, 640, 1280)}, 1280, 720)
    titles = tuple(ReelTitle(f"title-{n}", f"Harbor Lights {n}", still) for n in range(5))
    line = Line(
        PromotedKind.TITLE,
        _PROMOTED.id,
        "",
        language,
        Channel.EMAIL,
        "{title} — {name}",
        _TEXTS[language],
    )
    message = compose(
        line,
        MemberProfile(f"member-{number}", f"Zoë {number}"),
        Destination(Channel.EMAIL, f"member-{number}@example.org"),
        _PROMOTED,
        SendContext(send_id, MessageClass.MARKETING, "news"),
        MessageReel("reel", "demo", "version", "model", titles, still, 38.0),
        _LINKS.of(send_id, address_hash=bytes(32), topic="news"),
        _SENDER,
    )
    assert isinstance(message, MailMessage)
    return message


def _by_email(mail: MailMessage) -> bytes:
    made = EmailMessage(policy=SMTP)
    made["From"] = f"{mail.sender_name} <{mail.sender}>"
    made["To"] = mail.recipient
    made["Subject"] = mail.subject
    made["Date"] = _DATE
    made["Message-ID"] = mail.message_id
    made["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
    made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(mail.text)
    made.add_alternative(mail.html, subtype="html")
    return made.as_bytes()


def _milliseconds(make: Callable[[int], bytes]) -> float:
    started = time.process_time()
    for number in range(_MAILS):
        make(number)
    return (time.process_time() - started) / _MAILS * 1000


if __name__ == "__main__":
    main()
