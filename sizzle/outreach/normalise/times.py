"""Dates of birth: a day, or a year where no more is known."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from sizzle.outreach.normalise.errors import InvalidValueError, shown

_YEAR: Final = re.compile(r"(?:19|20)\d\d", re.ASCII)
_DAY: Final = re.compile(
    r"(?P<y>(?:19|20)\d\d)(?P<s>[-/.]?)(?P<m>\d\d?)(?P=s)(?P<d>\d\d?)"
    r"(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|(?P<d2>\d\d?)\.(?P<m2>\d\d?)\.(?P<y2>(?:19|20)\d\d)"
    r"|(?P<a>\d\d?)/(?P<b>\d\d?)/(?P<y3>(?:19|20)\d\d)",
    re.ASCII,
)
"""The year first, or days before months with points; with slashes, either may be first."""


def birth_date_text(text: str) -> str:
    """A date of birth as ISO 8601, or a year.

    Raises:
        InvalidValueError: it is neither, or may be two days: 05/06/1980 is not guessed.
    """
    text = text.strip()
    if _YEAR.fullmatch(text):
        return text
    day = _day(text)
    if day is not None:
        return day.isoformat()
    raise InvalidValueError(
        f"{shown(text)} is not a date of birth.", fix="write it as 1984-05-31, or the year alone."
    )


def _day(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    year = int(match["y"] or match["y2"] or match["y3"])
    if match["a"]:
        orders = {(int(match["a"]), int(match["b"])), (int(match["b"]), int(match["a"]))}
    else:
        orders = {(int(match["m"] or match["m2"]), int(match["d"] or match["d2"]))}
    days = {day for day in (_checked(year, month, day) for month, day in orders) if day}
    return days.pop() if len(days) == 1 else None


def _checked(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def last_possible_date(text: str) -> date | None:
    """The last day that a date of birth may be, so that nobody is taken for older than they are.

    Args:
        text: from `birth_date_text`, or empty.
    """
    if not text:
        return None
    return date(int(text), 12, 31) if len(text) == 4 else date.fromisoformat(text)
