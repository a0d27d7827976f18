"""Half-open periods, from dates of a time zone or from times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from sizzle.errors import InputError
from sizzle.events.event import milliseconds, time_text

UTC_NAME: Final = "UTC"


@dataclass(frozen=True, slots=True)
class Period:
    """From `start`, which is part of it, to `end`, which is not; None where it is open.

    In milliseconds since 1970.
    """

    start: int | None = None
    end: int | None = None

    @property
    def start_text(self) -> str | None:
        """The start as RFC 3339."""
        return None if self.start is None else time_text(self.start)

    @property
    def end_text(self) -> str | None:
        """The end as RFC 3339."""
        return None if self.end is None else time_text(self.end)

    @classmethod
    def parse(cls, start: str | None, end: str | None, zone: str = UTC_NAME) -> Period:
        """A period from what a person writes.

        Args:
            start: a date, which begins at midnight of the zone, or a time with its own offset.
            end: the same; the period ends before it.
            zone: such as "Europe/Paris".

        Raises:
            InputError: no date or time, no such zone, or an end that is not after the start.
        """
        where = _zone(zone)
        period = cls(_instant(start, where, "from"), _instant(end, where, "to"))
        if period.start is not None and period.end is not None and period.start >= period.end:
            raise InputError(
                f"The period ends at {end}, which is not after its start, {start}.",
                where="from, to",
                fix="exchange them; a period ends before `to`: for one day give the day after it.",
            )
        return period


def _instant(text: str | None, zone: ZoneInfo | None, name: str) -> int | None:
    if not text:
        return None
    try:
        if len(text) <= len("2026-11-30"):
            found = datetime.combine(date.fromisoformat(text), time(), zone or UTC)
        else:
            found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            found = found.replace(tzinfo=zone or UTC)
        # A midnight that a zone leaves out is the moment when its clocks are put forward.
        return milliseconds(found.astimezone(UTC))
    except (ValueError, OverflowError):
        raise InputError(
            f"{text[:120]!r} is neither a date nor a time.",
            where=name,
            fix="write a date such as 2026-11-30, or a time such as 2026-11-30T18:00:00Z.",
        ) from None


def _zone(name: str) -> ZoneInfo | None:
    """The zone; None for UTC, which needs no data of zones.

    Raises:
        InputError: no such zone.
    """
    if name == UTC_NAME:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # the last from names such as "Europe"
        close = get_close_matches(name[:120], sorted(available_timezones()), 3)
        raise InputError(
            f"There is no time zone {name[:120]!r}.",
            where="zone",
            fix=f"use one such as {', '.join(close) or 'Europe/Paris'}.",
        ) from None
