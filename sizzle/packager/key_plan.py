"""Where fragments begin, and so key frames are: the same in every rendition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Final

from sizzle.clips import Clip, Index
from sizzle.errors import InputError
from sizzle.timecode import FrameRate

_SHORTEST: Final = 12
"""Frames of the shortest fragment: below half a second, key frames would take most bits."""


@dataclass(frozen=True, slots=True)
class KeyPlan:
    """The fragments of an asset.

    Attributes:
        fragment: frames of each fragment inside clips: the greatest common divisor of all clip
            lengths, so that every clip is whole fragments. Between clips they may be shorter.
        starts: the frame at which each begins, and last the media's length.
        rate: of the video.
    """

    fragment: int
    starts: tuple[int, ...]
    rate: FrameRate

    @property
    def count(self) -> int:
        """Fragments."""
        return len(self.starts) - 1

    @property
    def frames(self) -> int:
        """Of the media."""
        return self.starts[-1]

    def frames_of(self, fragment: int) -> int:
        """Frames of one fragment."""
        return self.starts[fragment + 1] - self.starts[fragment]


def clips_of(index: Index) -> list[Clip]:
    """All clips of an index, in the order of the media."""
    clips = (clip for title in index.titles for clip in index.clips_of(title.title_id))
    return sorted(clips, key=lambda clip: clip.source)


def plan_keys(index: Index) -> KeyPlan:
    """Plan a key frame at each clip's start, at its end, and every fragment in between.

    Raises:
        InputError: no clips, or clip lengths with so small a common divisor that a fragment would
            be shorter than 12 frames.
    """
    clips = clips_of(index)
    if not clips:
        raise InputError("The index has no clips.", fix="ingest the asset's timeline again.")
    lengths = {clip.length for clip in clips}
    fragment = gcd(*lengths)
    if fragment < _SHORTEST:
        raise InputError(
            f"The clips' lengths ({_listed(lengths)} frames) have {fragment} as their greatest "
            f"common divisor, and a fragment needs at least {_SHORTEST} frames.",
            fix="use clip lengths with a larger common divisor, such as 160, 80 and 40.",
        )
    starts = tuple(_starts(clips, fragment, index.asset.duration))
    return KeyPlan(fragment, starts, index.asset.rate)


def _starts(clips: Iterable[Clip], fragment: int, duration: int) -> Iterable[int]:
    at = 0
    for clip in clips:
        yield from range(at, clip.source.start, fragment)
        yield from range(clip.source.start, clip.source.end, fragment)
        at = clip.source.end
    yield from range(at, duration, fragment)
    yield duration


def _listed(lengths: Iterable[int]) -> str:
    shown: Sequence[str] = [str(length) for length in sorted(lengths, reverse=True)[:8]]
    return ", ".join(shown)
