"""What a device can play: the reel, in which forms, or only the plain trailer, and why."""

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
_ANY_FORM = frozenset(_FORMS)
_RATE = re.compile(r"\d{1,7}(/\d{1,6}|\.\d{1,6})?", re.ASCII)


def reason_for_trailer(device: Device, rate: FrameRate, segment_map: SegmentMap | None) -> str:
    """Why a device gets the trailer instead of a reel; empty where it can play the reel.

    Args:
        device: its capabilities.
        rate: of the asset.
        segment_map: of the asset, where it is packaged.
    """
    if not device.dynamic_sizzles:
        return "The device does not declare support for Dynamic Sizzles."
    if _ANY_FORM.isdisjoint(device.plays):
        return f"The device plays {_listed(device.plays)}; reels come as {_listed(_FORMS)}."
    if TIMECODES not in device.plays and segment_map is None:
        return "The device plays streams only, and the asset is not packaged to be streamed."
    if device.frame_rates is not None and not _includes(device.frame_rates, rate):
        return (
            f"The device plays {_listed(device.frame_rates)} frames a second; "
            f"the asset runs at {rate.fraction}."
        )
    return _no_rendition(device, segment_map)


def is_streamed(device: Device, segment_map: SegmentMap | None) -> bool:
    """Whether the response has the addresses that the device can stream the reel from."""
    return segment_map is not None and (HLS in device.plays or RANGES in device.plays)


def wants_ranges(device: Device) -> bool:
    """Whether the device reads byte ranges of packaged files itself, and gets them at once."""
    return RANGES in device.plays


def _no_rendition(device: Device, segment_map: SegmentMap | None) -> str:
    """Why no rendition suits; only a packaged asset has known sizes and codecs."""
    if segment_map is not None:
        try:
            segment_map.renditions_to(device.max_height, device.known_codecs)
        except NotFoundError as error:
            return f"{error.what} {error.fix.capitalize()}"
    return ""


def _includes(rates: Sequence[str], rate: FrameRate) -> bool:
    return any(_read(text) == rate.fraction for text in rates)


@lru_cache(1024)
def _read(text: str) -> Fraction | None:
    """A rate as devices write it, or None where it is not one. Bounded before it is computed."""
    if not _RATE.fullmatch(text):
        return None
    try:
        return FrameRate.parse(text).fraction
    except TimecodeError:
        return None


def _listed(words: Sequence[str]) -> str:
    *others, last = words or ("nothing",)
    return f"{', '.join(others)} or {last}" if others else last
