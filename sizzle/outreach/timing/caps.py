"""Frequency caps: how many messages of a class a member may get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

DAY: Final = 24 * 60 * 60 * 1000  # milliseconds, as all times here
WEEK: Final = 7 * DAY


@dataclass(frozen=True, slots=True)
class FrequencyCap:
    """The most messages within any 24 hours and any seven days. None is without a limit."""

    per_day: int | None = None
    per_week: int | None = None


def free_from(now: int, recent: Sequence[int], cap: FrequencyCap) -> int | None:
    """From when on a member may get one more.

    Args:
        now: milliseconds since 1970.
        recent: when the last ones were sent, at least those of seven days, in any order.
        cap: of their class.

    Returns:
        `now` or a later time; None for never.
    """
    free = now
    for most, window in ((cap.per_day, DAY), (cap.per_week, WEEK)):
        if most is None:
            continue
        if most <= 0:
            return None
        # What is dated later than now was sent as well, by a clock that was put back since.
        within = sorted(sent for sent in recent if sent > now - window)
        if len(within) >= most:
            free = max(free, within[-most] + window)
    return free
