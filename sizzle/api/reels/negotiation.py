"""What suits a device: the reel, in which forms, or the plain trailer and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Final

from sizzle.api.reels.request import Device
from sizzle.errors import NotFoundError, TimecodeError
from sizzle.hls import SegmentMap
from sizzle.timecode import FrameRate

TIMECODES: Final = "timecodes"
HLS: Final = "hls"
RANGES: Final = "ranges"

_FORMS = (TIMECODES, HLS, RANGES)
_RATE = re.compile(r"\d{1,7}(/\d{1,6}|\.\d{1,6})?", re.ASCII)


def why_not(device: Device, rate: FrameRate, segment_map: SegmentMap | None) -> str:
    """Why a device gets the trailer in place of a reel; empty where the reel suits it.

    Args:
        device: what it says that it can do.
        rate: of the asset.
        segment_map: of the asset, where it is packaged.
    """
    if not device.dynamic_sizzles:
        return "The device does not say that it supports Dynamic Sizzles."
    if not set(_FORMS) & set(device.plays):
        return f"The device plays {_listed(device.plays)}; reels come as {_listed(_FORMS)}."
    if TIMECODES not in device.plays and segment_map is None:
        return "The device plays streams only, and the asset is not packaged to be streamed."
    if device.frame_rates is not None and not _runs_at(device.frame_rates, rate):
        return (
            f"The device plays {_listed(device.frame_rates)} frames a second; "
            f"the asset runs at {rate.fraction}."
        )
    return _too_high(device, segment_map)


def is_streamed(device: Device, segment_map: SegmentMap | None) -> bool:
    """Whether the device is to be told where the reel can be streamed from."""
    return segment_map is not None and (HLS in device.plays or RANGES in device.plays)


def wants_ranges(device: Device) -> bool:
    """Whether the device fetches packaged files by itself, and is to be told at once from where."""
    return RANGES in device.plays


def _too_high(device: Device, segment_map: SegmentMap | None) -> str:
    """Only of a packaged asset is it known which sizes it has."""
    if segment_map is not None:
        try:
            segment_map.renditions_to(device.max_height)
        except NotFoundError as error:
            return f"{error.what} {error.fix.capitalize()}"
    return ""


def _runs_at(said: Sequence[str], rate: FrameRate) -> bool:
    return any(_read(text) == rate.fraction for text in said)


@lru_cache(1024)
def _read(text: str) -> Fraction | None:
    """A rate as devices write it, or None for what is none. Bounded before it is computed with."""
    if not _RATE.fullmatch(text):
        return None
    try:
        return FrameRate.parse(text).fraction
    except TimecodeError:
        return None


def _listed(words: Sequence[str]) -> str:
    *others, last = words or ("nothing",)
    return f"{', '.join(others)} or {last}" if others else last
