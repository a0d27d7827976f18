"""The music under a reel: which samples of it play."""

from __future__ import annotations

from fractions import Fraction

from sizzle.errors import MediaError
from sizzle.reel.timecode_list import TimecodeList
from sizzle.timecode import FrameRate

SAMPLE_RATE = 48_000
"""Of sound that is encoded; what is copied keeps its own."""

SAMPLES_A_PACKET = 1024
"""How many samples AAC codes at a time: the grain of an AAC track's length."""


def sample_at(frame: int, rate: FrameRate, sample_rate: int = SAMPLE_RATE) -> int:
    """The audio sample nearest to a frame's start."""
    return round(rate.seconds(frame) * sample_rate)


def too_short(reel: TimecodeList, where: str, seconds: Fraction) -> MediaError:
    """What to say of a bed of which only so many seconds of the reel's range are there."""
    frames = reel.rate.to_frame_rate().frames(seconds)
    return MediaError(
        f"The reel plays frames {reel.bed.range.to_time_range()} of bed {reel.bed.bed_id}, "
        f"but the file has only the first {frames} of them.",
        where=where,
        fix="give the complete bed, or publish the asset with a longer one.",
    )
