"""Quiet hours, by the clock on the member's wall."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Self
from zoneinfo import ZoneInfo

from sizzle.errors import InputError

_MINUTE: Final = 60_000  # milliseconds, as all times here
_HORIZON: Final = 8 * 24 * 60 * _MINUTE
_TEXT: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` until before `end`, by the wall clock, each day. The same time twice: never."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> Self:
        """Such as ``21:00-08:00``; empty for none. Raises InputError."""
        if not text:
            return cls(time(), time())
        match = _TEXT.fullmatch(text)
        if match is None:
            raise InputError(
                f"{text[:40]!r} is not a time of day until another.", fix="write it as 21:00-08:00."
            )
        hours = [int(each) for each in match.groups()]
        return cls(time(hours[0], hours[1]), time(hours[2], hours[3]))

    def cover(self, wall: time) -> bool:
        """Whether a time on the wall is quiet."""
        if self.start <= self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end


def next_awake(now: int, zones: tuple[str, ...], quiet: QuietHours, margin: int = 0) -> int | None:
    """The first moment, from now on, that is quiet in no zone, nor for a while after it.

    Quiet is what a wall clock shows. Where clocks skip the end of quiet hours, it is taken to be as
    much later; where an hour comes twice, each is judged by what the wall shows.

    Args:
        now: milliseconds since 1970.
        zones: IANA names; all of them have to be awake.
        quiet: hours.
        margin: milliseconds for which it must stay so: a message takes a while to be handed over.

    Returns:
        Milliseconds since 1970, or None where no hour suits all zones.
    """
    at: int | None = now
    while at is not None and at - now <= _HORIZON:
        at = _next_awake(at, zones, quiet)
        if at is None or not margin or _next_awake(at + margin, zones, quiet) == at + margin:
            return at
        at += margin
    return None


def _next_awake(now: int, zones: tuple[str, ...], quiet: QuietHours) -> int | None:
    # Quiet hours begin and end with whole minutes, so that all times of a minute are alike.
    minute = now // _MINUTE
    awake = _awake_minute(minute, zones, quiet)
    return now if awake == minute else None if awake is None else awake * _MINUTE


@lru_cache(maxsize=20_000)
def _awake_minute(minute: int, zones: tuple[str, ...], quiet: QuietHours) -> int | None:
    now = at = minute * _MINUTE
    while at - now <= _HORIZON:
        later = max(_quiet_end(at, ZoneInfo(zone), quiet) for zone in zones)
        if later == at:
            return at // _MINUTE
        at = later
    return None


def _quiet_end(at: int, zone: ZoneInfo, quiet: QuietHours) -> int:
    """The same time where it is not quiet; else a later one, before which it stays quiet."""
    wall = datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)
    if not quiet.cover(wall.time()):
        return at
    day = wall.date() + timedelta(days=0 if wall.time() < quiet.end else 1)
    ends = (
        datetime.combine(day, quiet.end, zone).replace(fold=fold).timestamp() for fold in (0, 1)
    )
    return min((round(end * 1000) for end in ends if end * 1000 > at), default=at + _MINUTE)
