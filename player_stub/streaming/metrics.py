"""What a play of a reel is judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from player_stub.streaming.streamed_reel import StreamedReel, Track


@dataclass(frozen=True, slots=True)
class Stall:
    """The picture stood still.

    Attributes:
        position: at this second of the reel.
        start: seconds after play was pressed.
        stop: when it went on.
    """

    position: float
    start: float
    stop: float


@dataclass(frozen=True, slots=True)
class Moment:
    """The player at one time.

    Attributes:
        time: seconds after play was pressed.
        position: second of the reel.
        video: seconds of video ahead.
        music: seconds of music ahead.
        rung: that was asked for last.
        playing: whether the picture moves from here on.
    """

    time: float
    position: float
    video: float
    music: float
    rung: str
    playing: bool


@dataclass(frozen=True, slots=True)
class Measures:
    """A play in numbers.

    Attributes:
        start_up: seconds from pressing play to the first frame.
        stalls: how often it stood still after that.
        stalled: seconds that it stood still in all.
        quality: mean over what was shown, by time: 0 is the least rung, 1 the best.
        bits: a second of the video that was shown, on average.
        switches: how often the rung changed from one shown fragment to the next.
        wasted: bytes that came and were never shown or heard.
        received: bytes that came.
        requests: how many were sent.
        played: seconds of the reel.
    """

    start_up: float
    stalls: int
    stalled: float
    quality: float
    bits: float
    switches: int
    wasted: float
    received: float
    requests: int
    played: float

    @classmethod
    def of(
        cls,
        reel: StreamedReel,
        *,
        shown: Sequence[Track],
        heard: int,
        played: float,
        started: float,
        stalls: Sequence[Stall],
        received: float,
        inits: int,
        requests: int,
    ) -> Self:
        """Count. `shown` is the rung of each fragment shown, `heard` the fragments of music."""
        quality = dict(zip(reel.rungs, reel.qualities, strict=True))
        seconds = _seconds_of_each(len(shown), float(reel.rungs[0].fragment), played)
        used = sum(rung.sizes[slot] for slot, rung in enumerate(shown))
        used_music = sum(reel.bed.sizes[:heard])
        weighed = sum(quality[rung] * each for rung, each in zip(shown, seconds, strict=True))
        return cls(
            start_up=started,
            stalls=len(stalls),
            stalled=sum(each.stop - each.start for each in stalls),
            quality=weighed / played if played else 0.0,
            bits=8 * used / (len(shown) * float(reel.rungs[0].fragment)) if shown else 0.0,
            switches=sum(one is not other for one, other in pairwise(shown)),
            wasted=max(0.0, received - used - used_music - inits),
            received=received,
            requests=requests,
            played=played,
        )


def _seconds_of_each(count: int, fragment: float, played: float) -> list[float]:
    """How long each fragment was shown: the last one may have been left early."""
    return [min(fragment, played - slot * fragment) for slot in range(count)]
