"""When a clock on somebody's wall shows an hour: over gaps and repeated hours."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from sizzle.outreach.journeys.durations import MINUTE
from sizzle.outreach.journeys.model import DAYS, Day

_WEEK: Final = 8  # days, so that today's weekday comes again where its hour has passed


def next_hour(since: int, zones: Collection[str], hour: str, days: Collection[Day]) -> int:
    """The first moment from which it has been that hour in all zones that a member may be in.

    An hour that clocks skip is as much later; of one that comes twice, the first counts.

    Args:
        since: milliseconds since 1970; the moment is not before it.
        zones: IANA names, at least one.
        hour: such as `09:00`.
        days: of the week, at least one.

    Returns:
        Milliseconds since 1970.
    """
    minute = -(-since // MINUTE)
    allowed = tuple(day in days for day in DAYS)
    return max(_next_in(minute, zone, hour, allowed) for zone in zones)


@lru_cache(maxsize=20_000)
def _next_in(minute: int, name: str, hour: str, allowed: tuple[bool, ...]) -> int:
    zone, since = ZoneInfo(name), minute * MINUTE
    today = datetime.fromtimestamp(since / 1000, UTC).astimezone(zone).date()
    for ahead in range(_WEEK + 1):
        day = today + timedelta(days=ahead)
        if allowed[day.weekday()]:
            wall = datetime.combine(day, time.fromisoformat(hour), zone)
            moment = round(wall.timestamp() * 1000)
            if moment >= since:
                return moment
    raise AssertionError("no day is allowed")  # the checks refuse such a step


def moment_of(text: str, zone: str) -> int:
    """A time on the clock of a zone, such as `2026-12-01T09:00`, in milliseconds since 1970."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)
