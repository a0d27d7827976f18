"""The link that a player's requests share, computed from event to event and not in steps.

A request is on its way for a round trip, in which it takes nothing from the others; then its answer
arrives, and all answers that arrive at a time have equal shares of what the link carries. That is
HTTP/2 or some kept connections, without the slow start of new ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Generic, TypeVar

from player_stub.streaming.trace import Trace

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Arrival(Generic[Key]):
    """A part of an answer has come, whole.

    Attributes:
        key: as the request was sent with.
        part: which one, from 0.
        time: seconds.
    """

    key: Key
    part: int
    time: float


@dataclass(slots=True)
class _Answer(Generic[Key]):
    """An answer on its way: bytes of its parts, and how many bytes of the present part came.

    The head comes before the first part: until then fewer than none of it came.
    """

    key: Key
    begins: float
    parts: Sequence[int]
    got: float
    part: int = 0

    @property
    def missing(self) -> float:
        """Bytes until the part at hand is there."""
        return self.parts[self.part] - self.got

    def take(self, share: float) -> float:
        """Bytes come, of the part at hand at most; how many of them are the part's."""
        before = max(0.0, self.got)
        # Equal to the last bit where several parts end at once.
        self.got = self.parts[self.part] if self.missing <= share else self.got + share
        return max(0.0, self.got) - before


class Link(Generic[Key]):
    """A link at a moment: `now`, in seconds from 0.

    Attributes:
        now: how far it was advanced.
        received: bytes that came in all, those of unfinished parts too, but not the heads.
        busy: seconds in which an answer was arriving.
    """

    def __init__(self, trace: Trace) -> None:
        self.now = 0.0
        self.received = 0.0
        self.busy = 0.0
        self._trace = trace
        self._answers: list[_Answer[Key]] = []

    def send(self, key: Key, parts: Sequence[int], head: int = 0) -> None:
        """Send a request now.

        Args:
            key: what the parts of the answer arrive as.
            parts: bytes of each, 1 or more.
            head: bytes that come before the first of them.
        """
        assert parts
        assert all(size > 0 for size in parts)
        begins = self.now + self._trace.at(self.now).round_trip
        self._answers.append(_Answer(key, begins, parts, got=-float(head)))

    def next_event(self) -> float:
        """When the next part arrives or the next answer begins; `inf` if none is on its way."""
        arriving = self._arriving()
        waiting = [each.begins for each in self._answers if each.begins > self.now]
        return min(self._part_done(arriving), min(waiting, default=inf))

    def advance(self, until: float) -> list[Arrival[Key]]:
        """Go on to a moment, and say which parts arrived by then, in order."""
        assert until >= self.now
        arrivals: list[Arrival[Key]] = []
        while True:
            event = self.next_event()
            self._carry(min(event, until))
            arrivals += self._take_done()
            if event > until or (event == until and self.next_event() > until):
                return arrivals

    def _arriving(self) -> list[_Answer[Key]]:
        return [each for each in self._answers if each.begins <= self.now]

    def _part_done(self, arriving: Sequence[_Answer[Key]]) -> float:
        """When the smallest missing part arrives, if nothing changes before."""
        if not arriving:
            return inf
        least = min(each.missing for each in arriving)
        return self._trace.carried(self.now, 8 * least * len(arriving))

    def _carry(self, time: float) -> None:
        """Share out what the link carries until a time at which nothing changes before."""
        arriving = self._arriving()
        if arriving:
            self.busy += time - self.now
            whole = time >= self._part_done(arriving)
            least = min(each.missing for each in arriving)
            bits = self._trace.bits_by(time) - self._trace.bits_by(self.now)
            share = least if whole else min(least, bits / 8 / len(arriving))
            self.received += sum(each.take(share) for each in arriving)
        self.now = time

    def _take_done(self) -> list[Arrival[Key]]:
        done = []
        for each in list(self._answers):
            if each.missing > 0:
                continue
            done.append(Arrival(each.key, each.part, self.now))
            each.part, each.got = each.part + 1, 0.0
            if each.part == len(each.parts):
                self._answers.remove(each)
        return done
