"""Dates of birth: a day, or a year where no more is known."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from sizzle.outreach.normalise.errors import InvalidValueError, shown

_YEAR: Final = re.compile(r"(?:19|20)\d\d", re.ASCII)
_DAY: Final = re.compile(r"(?:19|20)\d\d-\d\d-\d\d", re.ASCII)


def birth_date_text(text: str) -> str:
    """A date of birth as ISO 8601, or a year.

    Raises:
        InvalidValueError: it is neither. Other orders of day and month are not guessed.
    """
    text = text.strip()
    if _YEAR.fullmatch(text):
        return text
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            pass
    raise InvalidValueError(
        f"{shown(text)} is not a date of birth.", fix="write it as 1984-05-31, or the year alone."
    )


def last_possible_date(text: str) -> date | None:
    """The last day that a date of birth may be, so that nobody is taken for older than they are.

    Args:
        text: from `birth_date_text`, or empty.
    """
    if not text:
        return None
    return date(int(text), 12, 31) if len(text) == 4 else date.fromisoformat(text)
