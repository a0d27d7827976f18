"""The state of a player: two buffers, and a clock that stops while either of them is empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

from player_stub.streaming.link import Arrival
from player_stub.streaming.metrics import PlayerSample, PlayMetrics, Stall
from player_stub.streaming.policy import Decision, PlayerConfig, RangeRequest, Transfer
from player_stub.streaming.streamed_reel import StreamedReel, StreamedTrack
from sizzle.errors import InputError

_NEARLY = 0.9


@dataclass(slots=True)
class Buffer:
    """The requested and the received fragments of the video, or of the music.

    Attributes:
        slots: how many there are in all.
        seconds: at which the last of them ends.
        fragment: seconds of each.
        requested: slots requested, from the first on.
        filled: slots received, up to the first that is missing.
        pending: requests not answered completely.
        tracks: the track that each slot was requested in.
        transfers: the completed responses with fragments.
    """

    slots: int
    seconds: float
    fragment: float
    requested: int = 0
    filled: int = 0
    pending: int = 0
    tracks: list[StreamedTrack] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    _received: set[int] = field(default_factory=set)
    _inits: dict[StreamedTrack, bool] = field(default_factory=dict)

    @property
    def requested_end(self) -> float:
        """The second of the reel up to which fragments were requested."""
        return self._end_of(self.requested)

    @property
    def end(self) -> float:
        """The second of the reel up to which it can be played."""
        return self._end_of(self.filled)

    def has_init(self, track: StreamedTrack) -> bool:
        """Whether a track's init segment has arrived."""
        return self._inits.get(track, False)

    def requested_init(self, track: StreamedTrack) -> bool:
        """Whether a track's init segment was requested."""
        return track in self._inits

    def request(self, request: RangeRequest) -> None:
        """Record that a request was sent."""
        in_order = request.start == self.requested or not request.slots
        assert in_order, "slots are requested in order"
        self.pending += 1
        if request.init:
            self._inits.setdefault(request.track, False)
        if request.slots:
            self.tracks += [request.track] * len(request.slots)
            self.requested = request.stop

    def receive(self, request: RangeRequest, part: int) -> None:
        """Record that a part of a response has arrived."""
        last = part == len(request.parts) - 1
        self.pending -= last
        if request.whole and not last:
            return
        for arrived in range(len(request.parts)) if request.whole else (part,):
            self._receive_part(request, arrived)
        while self._playable(self.filled):
            self.filled += 1

    def _receive_part(self, request: RangeRequest, part: int) -> None:
        if request.init and part == 0:
            self._inits[request.track] = True
        else:
            self._received.add(request.start + part - request.init)

    def _playable(self, slot: int) -> bool:
        return slot in self._received and self.has_init(self.tracks[slot])

    def _end_of(self, slots: int) -> float:
        """Where so many slots end; the last one ends with the reel, which may be in its middle."""
        return self.seconds if slots == self.slots else min(slots * self.fragment, self.seconds)


class PlayerState:
    """A reel being played. The caller, a simulation or real fetches, reports what arrives when.

    Args:
        reel: what to play.
        config: of the player.
        leave: the second of the reel at which the viewer leaves.

    Raises:
        InputError: it would start with more than it may buffer, and so never start.
    """

    def __init__(self, reel: StreamedReel, config: PlayerConfig, leave: float = inf) -> None:
        rendition, bed = reel.renditions[0], reel.bed
        _check(config, float(max(rendition.fragment, bed.fragment)))
        self.reel = reel
        self.config = config
        self.now = 0.0
        self.position = 0.0
        self.playing = False
        self.video = Buffer(reel.slots, reel.seconds, float(rendition.fragment))
        self.music = Buffer(len(bed.sizes), reel.seconds, float(bed.fragment))
        self.traffic = Transfer(0.0, 0.0)
        self.samples: list[PlayerSample] = []
        self._until = min(leave, reel.seconds)
        self._requested_bytes = 0
        self._requests = 0
        self._min_buffered = 0.0
        self._response_began: dict[RangeRequest, float] = {}
        self._started: float | None = None
        self._stalled_at = 0.0
        self._stalls: list[Stall] = []

    @property
    def ended(self) -> bool:
        """Whether everything was shown that the viewer stayed for."""
        return self.position >= self._until

    @property
    def outstanding(self) -> float:
        """Bytes requested but not received."""
        return self._requested_bytes - self.traffic.size

    @property
    def last_rendition(self) -> StreamedTrack | None:
        """The rendition of the fragment requested last."""
        return self.video.tracks[-1] if self.video.tracks else None

    def next_event(self) -> float:
        """When playback stops if nothing arrives before: a buffer is empty, or the reel is over."""
        return self.now + self._limit - self.position if self.playing else inf

    def response_began(self, request: RangeRequest, time: float) -> None:
        """Record when the first byte of a response arrives."""
        self._response_began[request] = time

    def apply(self, decision: Decision) -> None:
        """Record what the policy decided now."""
        self._min_buffered = decision.min_buffered
        for request in decision.requests:
            self._buffer_of(request).request(request)
            self._requested_bytes += sum(request.parts)
            self._requests += 1

    def advance(
        self, now: float, arrivals: Sequence[Arrival[RangeRequest]], traffic: Transfer
    ) -> None:
        """Go on to a time by which these parts have arrived, and this much traffic in all."""
        if self.playing:
            # Set exactly to the limit: a rounding error would leave a sliver that never plays.
            over = now >= self.next_event()
            self.position = self._limit if over else self.position + now - self.now
        self.now, self.traffic = now, traffic
        for arrival in arrivals:
            self._receive(arrival)
        self._start_or_stall()
        self._sample()

    def metrics(self) -> PlayMetrics:
        """The metrics of the play, once it has ended."""
        return PlayMetrics.of(
            self.reel,
            shown=self.video.tracks[: self._played_slots(self.video)],
            heard=self._played_slots(self.music),
            played=self.position,
            startup=self.now if self._started is None else self._started,
            stalls=self._stalls,
            received=self.traffic.size,
            inits=self._init_bytes(),
            requests=self._requests,
        )

    @property
    def _limit(self) -> float:
        """The second of the reel at which playback stops, as things are."""
        return min(self.video.end, self.music.end, self._until)

    def _buffer_of(self, request: RangeRequest) -> Buffer:
        return self.music if request.track is self.reel.bed else self.video

    def _receive(self, arrival: Arrival[RangeRequest]) -> None:
        request, buffer = arrival.key, self._buffer_of(arrival.key)
        buffer.receive(request, arrival.part)
        if arrival.part == len(request.parts) - 1:
            began = self._response_began.pop(request)
            if request.slots:
                buffer.transfers.append(Transfer(sum(request.parts), arrival.time - began))

    def _start_or_stall(self) -> None:
        if self.playing and self._limit <= self.position and not self.ended:
            self.playing, self._stalled_at = False, self.now
        elif not self.playing and self._limit >= min(self._until, self.position + self._needed):
            self.playing = True
            if self._started is None:
                self._started = self.now
            else:
                self._stalls.append(Stall(self.position, self._stalled_at, self.now))

    @property
    def _needed(self) -> float:
        """Seconds to buffer before playing: the music of the last fragment may still be arriving.

        A little less than a slot of it lasts, since slots of video and music do not end together.
        """
        before = (self.config.start_after - 1) * self.video.fragment
        last = min(self.video.fragment, self.music.fragment)
        return max(_NEARLY * (before + last), self._min_buffered)

    def _played_slots(self, buffer: Buffer) -> int:
        """Slots of which something was shown or heard."""
        begun = int(self.position / buffer.fragment - 1e-9) + 1 if self.position else 0
        return min(begun, buffer.filled)

    def _init_bytes(self) -> int:
        tracks = (*self.reel.renditions, self.reel.bed)
        buffers = (self.video, self.music)
        return sum(
            track.init_size for track in tracks for buffer in buffers if buffer.has_init(track)
        )

    def _sample(self) -> None:
        rendition = self.last_rendition
        self.samples.append(
            PlayerSample(
                self.now,
                self.position,
                max(0.0, self.video.end - self.position),
                max(0.0, self.music.end - self.position),
                rendition.name if rendition else "",
                self.playing,
            )
        )


def _check(config: PlayerConfig, fragment: float) -> None:
    if config.buffer < config.start_after * fragment:
        raise InputError(
            f"The player starts after {config.start_after} fragments of {fragment:.2f} s, but "
            f"buffers at most {config.buffer:g} s.",
            fix="start after fewer fragments, or buffer more.",
        )
