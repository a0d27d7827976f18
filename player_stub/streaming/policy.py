"""The interface between the player and its policies.

A policy is called after every event of the player. It returns the requests to send now, and the
time at which it wants to be called again if nothing happens before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Protocol

from player_stub.streaming.streamed_reel import StreamedReel, StreamedTrack


@dataclass(frozen=True, eq=False)
class RangeRequest:
    """A request for one byte range of a track's file.

    Attributes:
        track: whose file.
        start: the first slot.
        stop: the slot after the last; equal to `start` for an init segment alone.
        init: whether the init segment is included, which must lie right before the slots.
        whole: whether nothing of it can be played before all of it has arrived, as in players
            that append whole segments.
    """

    track: StreamedTrack
    start: int = 0
    stop: int = 0
    init: bool = False
    whole: bool = False

    @cached_property
    def parts(self) -> tuple[int, ...]:
        """Bytes of the init segment, if included, and of each fragment."""
        return (self.track.init_size,) * self.init + self.track.sizes[self.start : self.stop]

    @cached_property
    def bytes(self) -> tuple[int, int]:
        """First byte and end (exclusive), in the track's file."""
        ranges = self.track.ranges[self.start : self.stop]
        first = 0 if self.init else ranges[0][0]
        end = first + sum(self.parts)
        assert not ranges or end == ranges[-1][1], "a range holds only adjacent fragments"
        return first, end

    @property
    def slots(self) -> range:
        """The slots whose fragments are requested."""
        return range(self.start, self.stop)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a policy decided.

    Attributes:
        requests: to send now.
        wake: when to call it again, if nothing happens before.
        min_buffered: seconds to buffer before playback starts, or resumes after a stall; the
            player's own configuration applies where that is more.
    """

    requests: Sequence[RangeRequest] = ()
    wake: float = inf
    min_buffered: float = 0.0


@dataclass(frozen=True, slots=True)
class Transfer:
    """A completed response, or all traffic up to a time.

    Attributes:
        size: bytes.
        seconds: from its first byte to its last; of all traffic, those in which bytes arrived.
    """

    size: float
    seconds: float


@dataclass(frozen=True, slots=True)
class PlayerConfig:
    """Configuration of the player, the same for all policies.

    Attributes:
        start_after: fragments of video and of music to buffer before playback starts, or resumes
            after a stall.
        buffer: seconds to buffer at most.
    """

    start_after: int = 1
    buffer: float = 20.0


class BufferView(Protocol):
    """The video's or the music's buffer, as a policy sees it."""

    @property
    def requested(self) -> int:
        """Slots requested, from the first on."""

    @property
    def filled(self) -> int:
        """Slots received, up to the first that is missing."""

    @property
    def requested_end(self) -> float:
        """The second of the reel up to which fragments were requested."""

    @property
    def end(self) -> float:
        """The second of the reel up to which it can be played."""

    @property
    def pending(self) -> int:
        """Requests that are not answered completely."""

    @property
    def transfers(self) -> Sequence[Transfer]:
        """The completed responses with fragments, in order."""

    def has_init(self, track: StreamedTrack) -> bool:
        """Whether a track's init segment has arrived."""

    def requested_init(self, track: StreamedTrack) -> bool:
        """Whether a track's init segment was requested."""


class PlayerView(Protocol):
    """The player, as a policy sees it."""

    @property
    def reel(self) -> StreamedReel:
        """What it plays, known completely."""

    @property
    def config(self) -> PlayerConfig:
        """Its configuration."""

    @property
    def now(self) -> float:
        """Seconds since play was pressed."""

    @property
    def position(self) -> float:
        """The second of the reel being shown."""

    @property
    def playing(self) -> bool:
        """Whether playback runs: not before the start, and not in a stall."""

    @property
    def video(self) -> BufferView:
        """The video's buffer."""

    @property
    def music(self) -> BufferView:
        """The music's buffer."""

    @property
    def traffic(self) -> Transfer:
        """All bytes received, and the seconds in which some arrived."""

    @property
    def outstanding(self) -> float:
        """Bytes requested but not received."""

    @property
    def last_rendition(self) -> StreamedTrack | None:
        """The rendition of the fragment requested last."""


class Policy(Protocol):
    """Decides what to fetch next. An instance plays one reel once, and may keep state."""

    def decide(self, view: PlayerView) -> Decision:
        """Decide what to do now."""
