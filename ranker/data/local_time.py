"""Members' local times: an evening is an evening wherever a member lives."""

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from ranker.data.arrays import Ints
from ranker.data.events import Column

_BLOCK: Final = 900
"""Seconds in which an offset does not change: zones change theirs at quarters of an hour."""

_LAST: Final = 4_102_444_800
"""The year 2100; later times have the offset of then."""


def utc_offset(time_zone: str, time: int) -> int:
    """Seconds by which a zone is ahead of UTC at a time; 0 if it is empty or unknown.

    Args:
        time_zone: such as "Europe/London".
        time: in seconds since 1970.
    """
    return _offset(time_zone, min(time, _LAST) // _BLOCK) if time_zone else 0


def utc_offsets(time_zone: Column, time_N: Ints) -> Ints:
    """The same for each of several times, N."""
    offset_N = np.zeros(len(time_N), np.int64)
    for code in np.unique(time_zone.codes_E[time_zone.codes_E >= 0]).tolist():
        here_N = time_zone.codes_E == code
        blocks, index = np.unique(np.minimum(time_N[here_N], _LAST) // _BLOCK, return_inverse=True)
        zone = time_zone.values[code]
        offsets = np.array([_offset(zone, block) for block in blocks.tolist()], np.int64)
        offset_N[here_N] = offsets[index]
    return offset_N


@lru_cache(maxsize=100_000)
def _offset(time_zone: str, block: int) -> int:
    zone = _zone(time_zone)
    offset = datetime.fromtimestamp(block * _BLOCK, UTC).astimezone(zone).utcoffset()
    assert offset is not None
    return round(offset.total_seconds())


@lru_cache(maxsize=1000)
def _zone(time_zone: str) -> tzinfo:
    try:
        return ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError):  # unknown, or no name of a zone at all
        return UTC
