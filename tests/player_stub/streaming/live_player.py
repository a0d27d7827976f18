"""Plays a reel for real: the same policy and player, over HTTP, in the time that it takes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from math import inf
from urllib.parse import urljoin, urlsplit

import httpx2

from player_stub.streaming import (
    Arrival,
    Play,
    PlayerConfig,
    PlayerState,
    Policy,
    RangeRequest,
    StreamedReel,
    Trace,
    Transfer,
)
from tests.player_stub.streaming.shaping_proxy import shaping_proxy

_CONNECTIONS = 3  # as many as are used at once


@dataclass
class Traffic:
    """Incoming traffic: bytes, and the seconds in which the link was busy with responses.

    It is busy from the first byte of a response until nothing is due that was requested before it:
    responses that arrive at the same time do not have their first bytes at the same time.
    """

    size: int = 0
    _seconds: float = 0.0
    _since: float | None = None
    _sent: dict[RangeRequest, float] = field(default_factory=dict)
    _begun: dict[RangeRequest, float] = field(default_factory=dict)

    def send(self, request: RangeRequest, now: float) -> None:
        """A request goes out."""
        self._sent[request] = now

    def begin(self, request: RangeRequest, now: float) -> None:
        """The first byte of an answer."""
        self._begun[request] = now
        self._since = now if self._since is None else self._since

    def end(self, request: RangeRequest, now: float) -> None:
        """The last byte of an answer."""
        began = self._begun.pop(request)
        del self._sent[request]
        due = self._begun or any(sent < began for sent in self._sent.values())
        if not due and self._since is not None:
            self._seconds += now - self._since
            self._since = None

    def by(self, now: float) -> Transfer:
        """All by now."""
        return Transfer(
            self.size, self._seconds + (0.0 if self._since is None else now - self._since)
        )


@dataclass
class LivePlayer:
    """One play.

    Attributes:
        reel: as read from `ranges.json`.
        address: URL of that document.
        client: fetches.
        bodies: the response to each request, in the order of the requests.
    """

    reel: StreamedReel
    address: str
    client: httpx2.AsyncClient
    bodies: dict[RangeRequest, bytearray] = field(default_factory=dict)

    async def play(self, policy: Policy, player: PlayerConfig, leave: float = inf) -> Play:
        """Play until the end, or until the viewer leaves."""
        self._origin = asyncio.get_running_loop().time()
        self._traffic = Traffic()
        self._arrived: asyncio.Queue[Arrival[RangeRequest]] = asyncio.Queue()
        self._playback = PlayerState(self.reel, player, leave)
        async with asyncio.TaskGroup() as fetches:
            tasks = []
            while not self._playback.ended:
                decision = policy.decide(self._playback)
                self._playback.apply(decision)
                tasks += [fetches.create_task(self._fetch(each)) for each in decision.requests]
                await self._wait(min(self._playback.next_event(), decision.wake))
            for task in tasks:
                task.cancel()
        return Play.of(self._playback)

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time() - self._origin

    async def _wait(self, until: float) -> None:
        """Wait for an arrival, or until a time."""
        arrivals = []
        try:
            async with asyncio.timeout(None if until == inf else max(0.001, until - self._now)):
                arrivals.append(await self._arrived.get())
        except TimeoutError:
            pass
        while not self._arrived.empty():
            arrivals.append(self._arrived.get_nowait())
        now = self._now
        self._playback.advance(now, arrivals, self._traffic.by(now))

    async def _fetch(self, request: RangeRequest) -> None:
        first, end = request.bytes
        body = self.bodies[request] = bytearray()
        ends = [sum(request.parts[: index + 1]) for index in range(len(request.parts))]
        received = 0
        address = urljoin(self.address, request.track.address)
        headers = {"Range": f"bytes={first}-{end - 1}"}
        self._traffic.send(request, self._now)
        async with self.client.stream("GET", address, headers=headers) as answer:
            assert answer.status_code == 206, answer.status_code
            self._traffic.begin(request, self._now)
            self._playback.response_began(request, self._now)
            try:
                async for chunk in answer.aiter_raw():
                    body += chunk
                    self._traffic.size += len(chunk)
                    while received < len(ends) and len(body) >= ends[received]:
                        self._arrived.put_nowait(Arrival(request, received, self._now))
                        received += 1
            finally:
                self._traffic.end(request, self._now)


def client() -> httpx2.AsyncClient:
    """A client for any number of plays; without certificates, which are slow to load."""
    limits = httpx2.Limits(max_connections=64, max_keepalive_connections=64)
    return httpx2.AsyncClient(limits=limits, timeout=120, trust_env=False, verify=False)


async def play_live(
    client: httpx2.AsyncClient,
    address: str,
    trace: Trace,
    policy: Policy,
    player: PlayerConfig,
    leave: float = inf,
) -> tuple[Play, LivePlayer]:
    """Fetch a reel's `ranges.json` from a server here, and play it over a link like the trace."""
    reel = StreamedReel.from_document((await client.get(address)).raise_for_status().json())
    async with shaping_proxy(trace, urlsplit(address).port or 80) as (port, shaper):
        proxied = str(httpx2.URL(address).copy_with(port=port))
        # A device that just requested its reel has open connections; the simulation assumes them.
        bed = urljoin(proxied, reel.bed.address)
        await asyncio.gather(*(client.head(bed) for _ in range(_CONNECTIONS)))
        live = LivePlayer(reel, proxied, client)
        shaper.begin()
        return await live.play(policy, player, leave), live
