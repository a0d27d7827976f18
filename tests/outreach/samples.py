"""Things to promote, and members, that tests share."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from fixtures.record_drafts import ASSET, FILM, LOAN, SERIES, THINGS, TRICK
from sizzle.outreach.content.lines import Line
from sizzle.outreach.vocabulary import Channel, MemberProfile, PromotedKind

__all__ = [
    "ADULT", "ASSET", "CHILD", "FILM", "LOAN", "MAIL", "SERIES", "THINGS", "TODAY", "TRICK", "line",
]  # fmt: skip

TODAY = date(2026, 11, 30)
CHILD = MemberProfile("cal", birth_date=date(2020, 3, 1), language="en", country="US")
ADULT = MemberProfile("ada", birth_date=date(1980, 3, 1), language="en", country="US")
MAIL = Line(
    PromotedKind.TITLE,
    "nocturne",
    "",
    "en",
    Channel.EMAIL,
    "Tonight belongs to {title}",
    "A new {kind} is waiting for you. Press play and see where it leads.",
)


def line(**changes: str | Channel) -> Line:
    """The sample mail with other fields."""
    return replace(MAIL, **changes)  # type: ignore[arg-type]
