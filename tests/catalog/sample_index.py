"""Small assets for the tests of the catalog."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from sizzle.catalog import Checks
from sizzle.clips import Bed, Clip, ClipIndex, MegaAsset, Title
from sizzle.timecode import FrameRate, TimeRange

ANY_CHANGE = Checks(max_change=math.inf)
LENGTHS = (160, 160, 80, 80, 80, 80, 40, 40)
NTSC_FILM = FrameRate(24000, 1001)


def asset(asset_id: str = "autumn", *, rate: FrameRate = NTSC_FILM, duration: int) -> MegaAsset:
    """A Mega Asset that starts at 01:00:00:00 and has two beds."""
    beds = (Bed("calm", "calm.wav", 4000), Bed("brisk", "brisk.wav", 5000))
    return MegaAsset(asset_id, rate, 86400, duration, f"{asset_id}.mp4", beds, "trailer.mp4")


def index(
    asset_id: str = "autumn",
    titles: Sequence[str] = ("saga", "tide", "moth"),
    *,
    lengths: Sequence[int] = LENGTHS,
    rate: FrameRate = NTSC_FILM,
    metadata: Mapping[str, str] | None = None,
) -> ClipIndex:
    """Titles one after the other, each with clips of these lengths without gaps."""
    clips, at = [], 0
    for title_id in titles:
        for number, length in enumerate(lengths, start=1):
            clips.append(Clip(title_id, number, TimeRange.of(at, length)))
            at += length
    known = [Title(title_id, f"The {title_id}", metadata or {}) for title_id in titles]
    return ClipIndex(asset(asset_id, rate=rate, duration=at), known, clips)


def interleaved(asset_id: str = "autumn") -> ClipIndex:
    """Two titles whose clips alternate, with a gap of 10 frames after each."""
    clips = [
        Clip(title_id, number, TimeRange.of(at, 40))
        for at, title_id, number in (
            (0, "saga", 1),
            (50, "tide", 1),
            (100, "saga", 2),
            (150, "tide", 2),
        )
    ]
    titles = [Title("saga", "The Saga", {"genre": "epic"}), Title("tide", "Low Tide")]
    return ClipIndex(asset(asset_id, duration=200), titles, clips)
