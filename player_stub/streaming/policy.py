"""What a policy sees, and what it can do: the one interface that all policies have.

A policy is asked after everything that happens to the player. It answers with the requests to send
at once, and the moment at which it wants to be asked again if nothing happens before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Protocol

from player_stub.streaming.streamed_reel import StreamedReel, Track


@dataclass(frozen=True, eq=False)
class Request:
    """One range of a file to fetch.

    Attributes:
        track: whose file.
        start: the first slot.
        stop: the slot after the last; the same as `start` for an init segment alone.
        init: whether the init segment is asked for too, which must lie right before the rest.
        whole: whether nothing of it can be played before all of it has come, as with players
            that append whole segments.
    """

    track: Track
    start: int = 0
    stop: int = 0
    init: bool = False
    whole: bool = False

    @cached_property
    def parts(self) -> tuple[int, ...]:
        """Bytes of the init segment, if asked for, and of each fragment."""
        return (self.track.init_size,) * self.init + self.track.sizes[self.start : self.stop]

    @cached_property
    def bytes(self) -> tuple[int, int]:
        """First byte and end (exclusive), in the track's file."""
        ranges = self.track.ranges[self.start : self.stop]
        first = 0 if self.init else ranges[0][0]
        end = first + sum(self.parts)
        assert not ranges or end == ranges[-1][1], "only neighbours are one range"
        return first, end

    @property
    def slots(self) -> range:
        """Whose fragments are asked for."""
        return range(self.start, self.stop)


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do now.

    Attributes:
        requests: to send at once.
        wake: when to ask again, if nothing happens before.
        ahead: seconds that must be ahead before it starts, or goes on after a stall; or as the
            player is set up, where that is more.
    """

    requests: Sequence[Request] = ()
    wake: float = inf
    ahead: float = 0.0


@dataclass(frozen=True, slots=True)
class Done:
    """A request that was answered in full, or the traffic between two moments.

    Attributes:
        size: bytes.
        seconds: from its first byte, or in which bytes came, to its last.
    """

    size: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Player:
    """How the player is set up: the same for all policies.

    Attributes:
        start_after: fragments of video and of music that it begins to play with, and goes on with
            after a stall.
        buffer: seconds ahead of what is shown that are fetched at the most.
    """

    start_after: int = 1
    buffer: float = 20.0


class Side(Protocol):
    """The video's or the music's side of the player's buffer."""

    @property
    def requested(self) -> int:
        """Slots that were asked for, from the first on."""

    @property
    def filled(self) -> int:
        """Slots that came, without one missing before."""

    @property
    def requested_end(self) -> float:
        """The second of the reel up to which was asked for."""

    @property
    def end(self) -> float:
        """The second of the reel up to which can be played."""

    @property
    def pending(self) -> int:
        """Requests that are not answered in full."""

    @property
    def done(self) -> Sequence[Done]:
        """The requests for fragments that were answered in full, in order."""

    def has_init(self, track: Track) -> bool:
        """Whether a track's init segment came."""

    def asked_init(self, track: Track) -> bool:
        """Whether a track's init segment was asked for."""


class View(Protocol):
    """The player as a policy sees it."""

    @property
    def reel(self) -> StreamedReel:
        """What it plays: all of it is known."""

    @property
    def player(self) -> Player:
        """How it is set up."""

    @property
    def now(self) -> float:
        """Seconds since play was pressed."""

    @property
    def position(self) -> float:
        """The second of the reel that is shown."""

    @property
    def playing(self) -> bool:
        """Whether it runs: not before the start, and not in a stall."""

    @property
    def video(self) -> Side:
        """The pictures."""

    @property
    def music(self) -> Side:
        """The bed."""

    @property
    def traffic(self) -> Done:
        """All bytes that came, and the seconds in which some did."""

    @property
    def outstanding(self) -> float:
        """Bytes that were asked for and have not come."""

    @property
    def last_rung(self) -> Track | None:
        """In which size the last fragment was asked for."""


class Policy(Protocol):
    """What to fetch next. One plays one reel, and may remember what it saw."""

    def decide(self, view: View) -> Decision:
        """Say what to do now."""
