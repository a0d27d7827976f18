"""What commands that send need: who sends, and an approved line."""

from __future__ import annotations

from sizzle.database import Database
from sizzle.outbox.lines import Lines
from sizzle.outbox.promoted import PromotedThings, digest_of
from sizzle.outbox.verdicts import Verdict, Verdicts
from sizzle.outreach.content.lines import Line
from sizzle.outreach.vocabulary import Channel, Promoted, PromotedKind

SENDER = {
    "SIZZLE_OUTREACH_PUBLIC_URL": "https://reels.example.org",
    "SIZZLE_OUTREACH_SENDER_NAME": "Sizzle",
    "SIZZLE_OUTREACH_SENDER_MAIL": "sizzle@example.org",
    "SIZZLE_OUTREACH_POSTAL_ADDRESS": "1 Example Street",
    "SIZZLE_OUTREACH_QUIET_HOURS": "",
}


def approve_line(database: Database, subject: str, text: str) -> None:
    """An approved line, as those who draft and approve leave it."""
    title = PromotedKind.TITLE
    facts = {"title": "The City of Dawn"}
    PromotedThings(database).save(Promoted(title, "aurora", facts), 1)
    digest = Lines(database).add(Line(title, "aurora", "", "en", Channel.EMAIL, subject, text))
    with database.reading() as connection:
        promoted = digest_of(connection, title, "aurora")
    Verdicts(database).add(Verdict(digest, promoted, True, "", "ben", 1))
