"""The time that a ranking is made for: that of the request, in steps of a few minutes."""

from __future__ import annotations

import zlib
from typing import Final

RANKING_SECONDS: Final = 300
"""A member's requests within so many seconds are ranked for the same time, so that the ranking can
be kept meanwhile, and every worker gives the same one."""


def ranking_time(member_id: str, now: float) -> int:
    """The time that a member's ranking is made for: the start of the member's current interval.

    The intervals of members begin at different times, so that rankings do not all expire at once.

    Args:
        member_id: the member.
        now: the time of the request, in seconds since 1970.
    """
    offset = zlib.crc32(member_id.encode(errors="surrogatepass")) % RANKING_SECONDS
    start = (int(now) + offset) // RANKING_SECONDS * RANKING_SECONDS - offset
    return max(0, start)
