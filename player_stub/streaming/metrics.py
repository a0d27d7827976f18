"""The figures that a play of a reel is judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from player_stub.streaming.streamed_reel import StreamedReel, StreamedTrack


@dataclass(frozen=True, slots=True)
class Stall:
    """An interruption of playback.

    Attributes:
        position: second of the reel.
        start: seconds after play was pressed.
        stop: seconds after play was pressed, when playback resumed.
    """

    position: float
    start: float
    stop: float


@dataclass(frozen=True, slots=True)
class PlayerSample:
    """The player at one time.

    Attributes:
        time: seconds after play was pressed.
        position: second of the reel.
        video: seconds of video buffered.
        music: seconds of music buffered.
        rendition: the name of the one requested last.
        playing: whether playback runs from here on.
    """

    time: float
    position: float
    video: float
    music: float
    rendition: str
    playing: bool


@dataclass(frozen=True, slots=True)
class PlayMetrics:
    """A play in numbers.

    Attributes:
        startup_seconds: from pressing play to the first frame.
        stalls: how many there were after that.
        stalled_seconds: their total length.
        quality: mean over the time shown: 0 is the lowest rendition, 1 the highest.
        bits_per_second: of the video that was shown, on average.
        switches: how often the rendition changed from one fragment shown to the next.
        wasted_bytes: received but never shown or heard.
        received_bytes: in all.
        requests: how many were sent.
        played_seconds: of the reel.
    """

    startup_seconds: float
    stalls: int
    stalled_seconds: float
    quality: float
    bits_per_second: float
    switches: int
    wasted_bytes: float
    received_bytes: float
    requests: int
    played_seconds: float

    @classmethod
    def of(
        cls,
        reel: StreamedReel,
        *,
        shown: Sequence[StreamedTrack],
        heard: int,
        played: float,
        startup: float,
        stalls: Sequence[Stall],
        received: float,
        inits: int,
        requests: int,
    ) -> Self:
        """Compute the metrics of a play.

        Args:
            reel: what was played.
            shown: the rendition of each fragment shown.
            heard: the number of slots of music heard.
            played: seconds of the reel.
            startup: seconds until the first frame.
            stalls: each one.
            received: bytes in all.
            inits: bytes of init segments among them.
            requests: how many were sent.
        """
        fragment = float(reel.renditions[0].fragment)
        quality = dict(zip(reel.renditions, reel.qualities, strict=True))
        seconds = _seconds_shown(len(shown), fragment, played)
        video = sum(rendition.sizes[slot] for slot, rendition in enumerate(shown))
        music = sum(reel.bed.sizes[:heard])
        weighted = sum(
            quality[track] * length for track, length in zip(shown, seconds, strict=True)
        )
        return cls(
            startup_seconds=startup,
            stalls=len(stalls),
            stalled_seconds=sum(stall.stop - stall.start for stall in stalls),
            quality=weighted / played if played else 0.0,
            bits_per_second=8 * video / (len(shown) * fragment) if shown else 0.0,
            switches=sum(one is not other for one, other in pairwise(shown)),
            wasted_bytes=max(0.0, received - video - music - inits),
            received_bytes=received,
            requests=requests,
            played_seconds=played,
        )


def _seconds_shown(count: int, fragment: float, played: float) -> list[float]:
    """How long each fragment was shown: the viewer may have left during the last one."""
    return [min(fragment, played - slot * fragment) for slot in range(count)]
