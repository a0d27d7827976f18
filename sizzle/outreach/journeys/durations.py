"""Lengths of time as people write them: `3 days`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated, Final

from msgspec import Meta

from sizzle.errors import InputError

MINUTE: Final = 60_000  # milliseconds, as all times here
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

_UNITS: Final = {"minute": MINUTE, "hour": HOUR, "day": DAY, "week": 7 * DAY}
_PATTERN: Final = r"^([1-9][0-9]{0,4}) (minute|hour|day|week)s?\Z"

Duration = Annotated[
    str, Meta(pattern=_PATTERN, description="Such as `15 minutes`, `3 days` or `2 weeks`.")
]


@lru_cache(maxsize=1000)
def milliseconds_in(duration: str) -> int:
    """How long it is; a day has 24 hours, whatever clocks do. Raises InputError."""
    match = re.match(_PATTERN, duration)
    if match is None:
        raise InputError(
            f"{duration[:40]!r} is not a length of time.", fix="write it as `3 days` or `2 hours`."
        )
    return int(match[1]) * _UNITS[match[2]]
