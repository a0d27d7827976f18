"""What became of an exposure, from the events of its member, in whatever order they come."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from sizzle.engagement.exposure import slots_of
from sizzle.events import Event

WINDOW: Final = 7 * 86_400_000
"""Milliseconds after an exposure within which a title's start is put down to it."""

FRAMES_BYTES: Final = 4
"""Of each cut's frames, as `pack` writes them."""

TOLERANCE: Final = 5_000
"""Milliseconds by which an event may seem older than its exposure: devices send times in whole
seconds, and the clocks of machines differ."""

REEL_TYPES: Final = ("reel_started", "reel_progress", "reel_completed", "reel_left")
PLAYED: Final = "title_played"


class Unused(StrEnum):
    """Why an event of a reel is not counted."""

    NO_EXPOSURE = "no_exposure"
    """No exposure of its reel and member is recorded."""
    BEFORE_EXPOSURE = "before_exposure"
    """It happened before the reel was answered: the device's clock is wrong."""
    NO_SUCH_CUT = "no_such_cut"
    """The reel has no cut of that number."""


@dataclass(slots=True)
class Outcome:
    """What became of an exposure. Times are milliseconds since 1970, None where it did not happen.

    Each event may be applied once; their order does not matter.

    Attributes:
        lengths: frames of the cuts.
        started: when it was first seen.
        completed: when it first came to its end.
        left: when it was last left.
        reached: the last cut that was on screen or left at, from 1; 0 where none was.
        seen: the frames of each cut that were seen, at most its length.
        played: when titles of it were first started, within `WINDOW`.
    """

    lengths: tuple[int, ...]
    started: int | None = None
    completed: int | None = None
    left: int | None = None
    reached: int = 0
    seen: list[int] = field(default_factory=list)
    played: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.seen:
            self.seen = [0] * len(self.lengths)

    @classmethod
    def of_plan(cls, plan: str) -> Self:
        """Of an exposure that nothing is known of but its plan."""
        return cls(tuple(slot.length for slot in slots_of(plan)))

    def apply(self, event: Event) -> Unused | None:
        """Take account of an event about this reel. Returns why it is not counted, if it is not."""
        if event.type == "reel_progress":
            return self._progress(event)
        if event.type == "reel_left":
            return self._left(event)
        self.started = _earlier(self.started, event.time)
        self.reached = max(self.reached, 1)
        if event.type == "reel_completed":
            self.completed = _earlier(self.completed, event.time)
        return None

    def play(self, title_id: str, time: int) -> None:
        """A title of the reel was started within the window."""
        self.played[title_id] = min(time, self.played.get(title_id, time))

    def _progress(self, event: Event) -> Unused | None:
        cut = self._cut(event.metrics.get("cut", 0.0))
        if cut is None:
            return Unused.NO_SUCH_CUT
        length = self.lengths[cut - 1]
        frames = int(min(event.metrics.get("frames", 0.0), length))
        if frames > 0:
            # Reports have frames that no earlier one had, so they add up.
            self.seen[cut - 1] = min(length, self.seen[cut - 1] + frames)
            self.started = _earlier(self.started, event.time)
            self.reached = max(self.reached, cut)
        return None

    def _left(self, event: Event) -> Unused | None:
        self.left = event.time if self.left is None else max(self.left, event.time)
        if "cut" not in event.metrics:
            return None
        cut = self._cut(event.metrics["cut"])
        if cut is None:
            return Unused.NO_SUCH_CUT
        self.reached = max(self.reached, cut)
        return None

    def _cut(self, number: float) -> int | None:
        return int(number) if 1 <= number <= len(self.lengths) and number % 1 == 0 else None


def pack(frames: list[int]) -> bytes:
    """Frames of cuts in `FRAMES_BYTES` each."""
    return struct.pack(f"<{len(frames)}I", *frames)


def unpack(data: bytes) -> list[int]:
    """Frames of cuts from `pack`."""
    return list(struct.unpack(f"<{len(data) // FRAMES_BYTES}I", data))


def _earlier(one: int | None, other: int) -> int:
    return other if one is None else min(one, other)
