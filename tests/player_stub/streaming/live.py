"""Plays a reel for real: the same policy and player, over HTTP, in the time that it takes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from math import inf
from urllib.parse import urljoin, urlsplit

import httpx2

from player_stub.streaming import (
    Arrival,
    Done,
    Play,
    Playback,
    Player,
    Policy,
    Request,
    StreamedReel,
    Trace,
)
from tests.player_stub.streaming.shaping import shaped


@dataclass
class Traffic:
    """What comes in: bytes, and the seconds in which an answer was arriving."""

    size: int = 0
    seconds: float = 0.0
    arriving: int = 0
    since: float = 0.0

    def begin(self, now: float) -> None:
        """The first byte of an answer."""
        self.since = self.since if self.arriving else now
        self.arriving += 1

    def end(self, now: float) -> None:
        """The last byte of an answer."""
        self.arriving -= 1
        self.seconds += 0.0 if self.arriving else now - self.since

    def by(self, now: float) -> Done:
        """All by now."""
        return Done(self.size, self.seconds + (now - self.since if self.arriving else 0.0))


@dataclass
class Live:
    """One play.

    Attributes:
        reel: as read from `ranges.json`.
        address: of that document, as seen from here.
        client: fetches.
        bodies: what came for each request, in the order of the requests.
    """

    reel: StreamedReel
    address: str
    client: httpx2.AsyncClient
    bodies: dict[Request, bytearray] = field(default_factory=dict)

    async def play(self, policy: Policy, player: Player, leave: float = inf) -> Play:
        """Play until the end, or until the viewer leaves."""
        self._origin = asyncio.get_running_loop().time()
        self._traffic = Traffic()
        self._arrived: asyncio.Queue[Arrival[Request]] = asyncio.Queue()
        self._playback = Playback(self.reel, player, leave)
        async with asyncio.TaskGroup() as fetches:
            tasks = []
            while not self._playback.ended:
                decision = policy.decide(self._playback)
                self._playback.decided(decision)
                tasks += [fetches.create_task(self._fetch(each)) for each in decision.requests]
                await self._wait(min(self._playback.next_event(), decision.wake))
            for task in tasks:
                task.cancel()
        return Play.of(self._playback)

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time() - self._origin

    async def _wait(self, until: float) -> None:
        """For something to come, or for a moment."""
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

    async def _fetch(self, request: Request) -> None:
        first, end = request.bytes
        body = self.bodies[request] = bytearray()
        ends = [sum(request.parts[: place + 1]) for place in range(len(request.parts))]
        come = 0
        address = urljoin(self.address, request.track.address)
        headers = {"Range": f"bytes={first}-{end - 1}"}
        async with self.client.stream("GET", address, headers=headers) as answer:
            assert answer.status_code == 206, answer.status_code
            self._traffic.begin(self._now)
            self._playback.began(request, self._now)
            try:
                async for chunk in answer.aiter_raw():
                    body += chunk
                    self._traffic.size += len(chunk)
                    while come < len(ends) and len(body) >= ends[come]:
                        self._arrived.put_nowait(Arrival(request, come, self._now))
                        come += 1
            finally:
                self._traffic.end(self._now)


def client() -> httpx2.AsyncClient:
    """A client for any number of plays. It takes no certificates, which take long to read."""
    limits = httpx2.Limits(max_connections=64, max_keepalive_connections=64)
    return httpx2.AsyncClient(limits=limits, timeout=120, trust_env=False, verify=False)


async def play_live(
    client: httpx2.AsyncClient,
    address: str,
    trace: Trace,
    policy: Policy,
    player: Player,
    leave: float = inf,
) -> tuple[Play, Live]:
    """Fetch a reel's `ranges.json` from a server here, and play it over a link like the trace."""
    reel = StreamedReel.read((await client.get(address)).raise_for_status().json())
    async with shaped(trace, urlsplit(address).port or 80) as port:
        proxied = str(httpx2.URL(address).copy_with(port=port))
        live = Live(reel, proxied, client)
        return await live.play(policy, player, leave), live
