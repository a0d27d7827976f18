"""Segment maps and reels made up, without any media."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from sizzle.hls import BedTrack, Rendition, SegmentMap
from sizzle.reel.timecode_list import TimecodeList
from sizzle.timecode import FrameRate
from tests.player_stub.synthetic import RATE, reel_of

__all__ = ["RATE", "reel_of", "segment_map", "sixty_cuts"]

LENGTH = 40


def segment_map(
    starts: Sequence[int] = range(0, 1001, LENGTH),
    *,
    rate: FrameRate = RATE,
    heights: Sequence[int] = (720, 240),
    bed_samples: int = 2_000_000,
    seed: int = 1,
) -> SegmentMap:
    """A map of fragments of some size; the reels of `reel_of` are of its version."""
    dice = Random(seed)
    count = len(starts) - 1
    renditions = tuple(_rendition(height, count, rate, dice) for height in heights)
    return SegmentMap(
        package_id="1-abc",
        asset_id="autumn",
        asset_version="1",
        rate=rate,
        fragment=LENGTH,
        starts=tuple(starts),
        renditions=renditions,
        beds=(_bed(bed_samples, dice),),
    )


def sixty_cuts() -> tuple[TimecodeList, SegmentMap]:
    """A reel of 60 cuts of 40, 80 and 160 frames in the default layout's proportion."""
    lengths = (80, 80, 40, 40, 40, 160, 160, 80, 80, 40) * 6
    starts = [200 * place for place in range(60)]
    Random(1).shuffle(starts)
    ranges = [(at, at + length) for at, length in zip(starts, lengths, strict=True)]
    heights = (1080, 720, 480, 240)
    fragments = segment_map(range(0, 12_001, LENGTH), heights=heights, bed_samples=20_000_000)
    return reel_of(*ranges), fragments


def _rendition(height: int, count: int, rate: FrameRate, dice: Random) -> Rendition:
    return Rendition(
        name=f"{height}p",
        codecs="avc1.640028",
        timescale=rate.numerator,
        fragment_ticks=LENGTH * rate.denominator,
        delay=2 * rate.denominator,
        init_size=800,
        sizes=tuple(dice.randrange(50 * height, 500 * height) for _ in range(count)),
        header_sizes=(428,) * count,
        time_offsets=(76,) * count,
        width=height * 16 // 9,
        height=height,
    )


def _bed(samples: int, dice: Random) -> BedTrack:
    count = -(-(samples + 1024) // (78 * 1024))
    return BedTrack(
        name="bed-main",
        codecs="mp4a.40.2",
        timescale=48_000,
        fragment_ticks=78 * 1024,
        delay=1024,
        init_size=700,
        sizes=tuple(dice.randrange(39_000, 41_000) for _ in range(count)),
        header_sizes=(416,) * count,
        time_offsets=(76,) * count,
        bed_id="main",
        samples=samples,
        packet=1024,
        channels=2,
        fade_fragments=0,
    )
