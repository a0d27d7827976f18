"""Who enters a journey, and when."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sizzle.outreach.journeys.durations import DAY, milliseconds_in
from sizzle.outreach.journeys.local_time import moment_of
from sizzle.outreach.journeys.model import EventTrigger, Journey, ScheduleTrigger


def starts_run(
    trigger: EventTrigger, event_type: str, attributes: Mapping[str, str], time: int, now: int
) -> bool:
    """Whether an event starts a run, unless it comes too late. Times in ms since 1970."""
    fresh = now - time <= milliseconds_in(trigger.within)
    return fresh and trigger.event.matches(event_type, attributes)


def may_enter(journey: Journey, last_entered: int | None, *, inside: bool, at: int) -> bool:
    """Whether a member may enter.

    Args:
        journey: which.
        last_entered: when the member entered last; None for never.
        inside: whether a run of the member goes on.
        at: when the member would enter; milliseconds since 1970.
    """
    if last_entered is None:
        return True
    if inside or journey.reenter_after is None:
        return False
    return at - last_entered >= milliseconds_in(journey.reenter_after)


def last_occurrence(trigger: ScheduleTrigger, after: int, now: int) -> int | None:
    """The last time of a schedule that has come, unless that is longer ago than a day.

    Args:
        trigger: whose times.
        after: only later ones; milliseconds since 1970.
        now: only earlier ones, or this one.

    Returns:
        Milliseconds since 1970, or None.
    """
    first = datetime.fromisoformat(trigger.first)
    last = trigger.last if trigger.every != "once" else ""
    end = moment_of(last, trigger.zone) if last else now
    oldest = max(after, now - DAY)
    today = datetime.fromtimestamp(now / 1000, UTC).astimezone(ZoneInfo(trigger.zone)).date()
    for day in (today, today - timedelta(days=1)):
        moment = moment_of(f"{day}T{first.time():%H:%M}", trigger.zone)
        if _counts(trigger.every, first.date(), day) and oldest < moment <= min(now, end):
            return moment
    return None


def _counts(every: str, first: date, day: date) -> bool:
    """Whether a schedule that begins on a day has a time on another one."""
    if day < first:
        return False
    match every:
        case "once":
            return day == first
        case "day":
            return True
        case "week":
            return (day - first).days % 7 == 0
        case _:
            # In months without such a day, on their last.
            return day.day == min(first.day, calendar.monthrange(day.year, day.month)[1])
