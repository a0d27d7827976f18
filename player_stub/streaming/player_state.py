"""The player: two buffers, a clock that stops where one of them is empty, and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

from player_stub.streaming.link import Arrival
from player_stub.streaming.metrics import Measures, Moment, Stall
from player_stub.streaming.policy import Decision, Done, Player, Request
from player_stub.streaming.streamed_reel import StreamedReel, Track
from sizzle.errors import InputError

_NEARLY = 0.9


@dataclass(slots=True)
class Buffer:
    """What came and was asked for of the video, or of the music.

    Attributes:
        slots: how many there are in all.
        seconds: at which the last of them ends.
        fragment: seconds of each.
        requested: slots asked for, from the first on.
        filled: slots that came, without one missing before.
        pending: requests not answered in full.
        tracks: in which track each slot was asked for.
        done: requests for fragments that were answered in full.
    """

    slots: int
    seconds: float
    fragment: float
    requested: int = 0
    filled: int = 0
    pending: int = 0
    tracks: list[Track] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    _came: set[int] = field(default_factory=set)
    _inits: dict[Track, bool] = field(default_factory=dict)

    @property
    def requested_end(self) -> float:
        """The second of the reel up to which was asked for."""
        return self._after(self.requested)

    @property
    def end(self) -> float:
        """The second of the reel up to which can be played."""
        return self._after(self.filled)

    def has_init(self, track: Track) -> bool:
        """Whether a track's init segment came."""
        return self._inits.get(track, False)

    def asked_init(self, track: Track) -> bool:
        """Whether a track's init segment was asked for."""
        return track in self._inits

    def ask(self, request: Request) -> None:
        """A request was sent."""
        assert request.start == self.requested or not request.slots, "slots are asked for in order"
        self.pending += 1
        if request.init:
            self._inits.setdefault(request.track, False)
        if request.slots:
            self.tracks += [request.track] * len(request.slots)
            self.requested = request.stop

    def take(self, request: Request, part: int) -> None:
        """A part of an answer came."""
        last = part == len(request.parts) - 1
        self.pending -= last
        if request.whole and not last:
            return
        for each in range(len(request.parts)) if request.whole else (part,):
            self._take_part(request, each)
        while self._playable(self.filled):
            self.filled += 1

    def _take_part(self, request: Request, part: int) -> None:
        if request.init and part == 0:
            self._inits[request.track] = True
        else:
            self._came.add(request.start + part - request.init)

    def _playable(self, slot: int) -> bool:
        return slot in self._came and self.has_init(self.tracks[slot])

    def _after(self, slots: int) -> float:
        """Where a slot ends; the last one ends with the reel, of which it may be a part."""
        return self.seconds if slots == self.slots else min(slots * self.fragment, self.seconds)


class Playback:
    """A reel that is being played, at a moment. Whoever runs it tells it what came, and when.

    Args:
        reel: what to play.
        player: how it is set up.
        leave: the second of the reel at which the viewer leaves.

    Raises:
        InputError: it starts with more than it may buffer, so that it never would.
    """

    def __init__(self, reel: StreamedReel, player: Player, leave: float = inf) -> None:
        rung, bed = reel.rungs[0], reel.bed
        _check(player, float(max(rung.fragment, bed.fragment)))
        self.reel = reel
        self.player = player
        self.now = 0.0
        self.position = 0.0
        self.playing = False
        self.video = Buffer(reel.slots, reel.seconds, float(rung.fragment))
        self.music = Buffer(len(bed.sizes), reel.seconds, float(bed.fragment))
        self.traffic = Done(0.0, 0.0)
        self.moments: list[Moment] = []
        self._until = min(leave, reel.seconds)
        self._requested_bytes = 0
        self._requests = 0
        self._ahead = 0.0
        self._began: dict[Request, float] = {}
        self._started: float | None = None
        self._stalled = 0.0
        self._stalls: list[Stall] = []

    @property
    def ended(self) -> bool:
        """Whether all was shown that the viewer stayed for."""
        return self.position >= self._until

    @property
    def outstanding(self) -> float:
        """Bytes that were asked for and have not come."""
        return self._requested_bytes - self.traffic.size

    @property
    def last_rung(self) -> Track | None:
        """In which size the last fragment was asked for."""
        return self.video.tracks[-1] if self.video.tracks else None

    def next_event(self) -> float:
        """When the picture stops, if nothing comes before: a buffer is empty, or it is over."""
        return self.now + self._limit - self.position if self.playing else inf

    def began(self, request: Request, time: float) -> None:
        """The first byte of an answer comes at a time."""
        self._began[request] = time

    def decided(self, decision: Decision) -> None:
        """What the policy said now."""
        self._ahead = decision.ahead
        for request in decision.requests:
            self._side(request).ask(request)
            self._requested_bytes += sum(request.parts)
            self._requests += 1

    def advance(self, now: float, arrivals: Sequence[Arrival[Request]], traffic: Done) -> None:
        """Go on to a moment, at which these parts have come and this much in all."""
        if self.playing:
            # What ends now has been shown: said exactly, so that no rounding keeps it going.
            over = now >= self.next_event()
            self.position = self._limit if over else self.position + now - self.now
        self.now, self.traffic = now, traffic
        for arrival in arrivals:
            self._take(arrival)
        self._run_or_stall()
        self._note()

    def measures(self) -> Measures:
        """What came of it, once it has ended."""
        return Measures.of(
            self.reel,
            shown=self.video.tracks[: self._shown(self.video)],
            heard=self._shown(self.music),
            played=self.position,
            started=self.now if self._started is None else self._started,
            stalls=self._stalls,
            received=self.traffic.size,
            inits=self._init_bytes(),
            requests=self._requests,
        )

    @property
    def _limit(self) -> float:
        """The second of the reel at which the picture stops, as things are."""
        return min(self.video.end, self.music.end, self._until)

    def _side(self, request: Request) -> Buffer:
        return self.music if request.track is self.reel.bed else self.video

    def _take(self, arrival: Arrival[Request]) -> None:
        request, side = arrival.key, self._side(arrival.key)
        side.take(request, arrival.part)
        if arrival.part == len(request.parts) - 1:
            began = self._began.pop(request)
            if request.slots:
                side.done.append(Done(sum(request.parts), arrival.time - began))

    def _run_or_stall(self) -> None:
        if self.playing and self._limit <= self.position and not self.ended:
            self.playing, self._stalled = False, self.now
        elif not self.playing and self._limit >= min(self._until, self.position + self._enough):
            self.playing = True
            if self._started is None:
                self._started = self.now
            else:
                self._stalls.append(Stall(self.position, self._stalled, self.now))

    @property
    def _enough(self) -> float:
        """Seconds ahead that it plays with: the music of the last fragment may still be coming.

        A bit less than that lasts, since those of video and music do not end together.
        """
        before = (self.player.start_after - 1) * self.video.fragment
        last = min(self.video.fragment, self.music.fragment)
        return max(_NEARLY * (before + last), self._ahead)

    def _shown(self, side: Buffer) -> int:
        """Slots of which something was shown or heard."""
        begun = int(self.position / side.fragment - 1e-9) + 1 if self.position else 0
        return min(begun, side.filled)

    def _init_bytes(self) -> int:
        tracks = (*self.reel.rungs, self.reel.bed)
        sides = (self.video, self.music)
        return sum(each.init_size for each in tracks for side in sides if side.has_init(each))

    def _note(self) -> None:
        rung = self.last_rung
        self.moments.append(
            Moment(
                self.now,
                self.position,
                max(0.0, self.video.end - self.position),
                max(0.0, self.music.end - self.position),
                rung.name if rung else "",
                self.playing,
            )
        )


def _check(player: Player, fragment: float) -> None:
    if player.buffer < player.start_after * fragment:
        raise InputError(
            f"The player starts after {player.start_after} fragments of {fragment:.2f} s, but "
            f"buffers at most {player.buffer:g} s.",
            fix="start after fewer fragments, or buffer more.",
        )
