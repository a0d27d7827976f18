"""Which samples of the music bed play under a reel."""

from __future__ import annotations

from fractions import Fraction

from sizzle.errors import MediaError
from sizzle.reel.timecode_list import TimecodeList
from sizzle.timecode import FrameRate

SAMPLE_RATE = 48_000
"""Of encoded audio; copied audio keeps its own."""

SAMPLES_PER_PACKET = 1024
"""Samples of an AAC packet, by which an AAC track's length may be off."""


def sample_at(frame: int, rate: FrameRate, sample_rate: int = SAMPLE_RATE) -> int:
    """The audio sample nearest to a frame's start."""
    return round(rate.seconds(frame) * sample_rate)


def bed_too_short(reel: TimecodeList, where: str, seconds: Fraction) -> MediaError:
    """The error for a bed that has only so many seconds of the reel's range."""
    frames = reel.rate.to_frame_rate().frames(seconds)
    return MediaError(
        f"The reel plays frames {reel.bed.range.to_time_range()} of bed {reel.bed.bed_id}, "
        f"but the file has only the first {frames} of them.",
        where=where,
        fix="give the complete bed, or publish the asset with a longer one.",
    )
