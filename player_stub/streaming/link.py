"""The simulated link that a player's requests share, computed from event to event, not in steps.

A request takes one round trip, during which it uses no bandwidth. Then its response arrives, and
all responses that arrive at the same time share the bandwidth evenly. That models HTTP/2 or several
kept connections, without the slow start of new ones.
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
    """A part of a response has arrived completely.

    Attributes:
        key: that the request was sent with.
        part: its index.
        time: seconds.
    """

    key: Key
    part: int
    time: float


@dataclass(slots=True)
class _Response(Generic[Key]):
    """A response under way: the bytes of its parts, and how many of the current part have arrived.

    The head comes before the first part, so `got` is negative until it has arrived.
    """

    key: Key
    begins: float
    parts: Sequence[int]
    got: float
    part: int = 0

    @property
    def missing(self) -> float:
        """Bytes until the current part is complete."""
        return self.parts[self.part] - self.got

    def receive(self, share: float) -> float:
        """Receive bytes, at most of the current part; returns how many are not of the head."""
        before = max(0.0, self.got)
        # Set, not added: parts that end at the same time must do so to the last bit.
        self.got = self.parts[self.part] if self.missing <= share else self.got + share
        return max(0.0, self.got) - before


class Link(Generic[Key]):
    """A link, advanced from event to event.

    Attributes:
        now: seconds that it was advanced to.
        received_bytes: in all, including unfinished parts but not the heads.
        busy: seconds in which a response was arriving.
    """

    def __init__(self, trace: Trace) -> None:
        self.now = 0.0
        self.received_bytes = 0.0
        self.busy = 0.0
        self._trace = trace
        self._responses: list[_Response[Key]] = []

    def send(self, key: Key, parts: Sequence[int], head: int = 0) -> None:
        """Send a request now.

        Args:
            key: what its arrivals are reported with.
            parts: bytes of each part of the response, 1 or more.
            head: bytes before the first part.
        """
        assert parts
        assert all(size > 0 for size in parts)
        begins = self.now + self._trace.period_at(self.now).round_trip
        self._responses.append(_Response(key, begins, parts, got=-float(head)))

    def next_event(self) -> float:
        """When the next part arrives or the next response begins; `inf` if none is under way."""
        arriving = self._arriving()
        waiting = [response.begins for response in self._responses if response.begins > self.now]
        return min(self._part_done(arriving), min(waiting, default=inf))

    def advance(self, until: float) -> list[Arrival[Key]]:
        """Advance to a time, and return the parts that arrived by then, in order."""
        assert until >= self.now
        arrivals: list[Arrival[Key]] = []
        while True:
            event = self.next_event()
            self._carry(min(event, until))
            arrivals += self._collect_done()
            if event > until or (event == until and self.next_event() > until):
                return arrivals

    def _arriving(self) -> list[_Response[Key]]:
        return [response for response in self._responses if response.begins <= self.now]

    def _part_done(self, arriving: Sequence[_Response[Key]]) -> float:
        """When the next part is complete, if no other response begins before."""
        if not arriving:
            return inf
        least = min(response.missing for response in arriving)
        return self._trace.finish_time(self.now, 8 * least * len(arriving))

    def _carry(self, time: float) -> None:
        """Share out the bandwidth up to a time; nothing begins or ends before it."""
        arriving = self._arriving()
        if arriving:
            self.busy += time - self.now
            whole = time >= self._part_done(arriving)
            least = min(response.missing for response in arriving)
            bits = self._trace.bits_by(time) - self._trace.bits_by(self.now)
            share = least if whole else min(least, bits / 8 / len(arriving))
            self.received_bytes += sum(response.receive(share) for response in arriving)
        self.now = time

    def _collect_done(self) -> list[Arrival[Key]]:
        done = []
        for response in list(self._responses):
            if response.missing > 0:
                continue
            done.append(Arrival(response.key, response.part, self.now))
            response.part, response.got = response.part + 1, 0.0
            if response.part == len(response.parts):
                self._responses.remove(response)
        return done
