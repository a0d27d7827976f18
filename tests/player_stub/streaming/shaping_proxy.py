"""A proxy that limits a local server to a trace's bandwidth, for all connections together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from player_stub.streaming import Trace

_PACKET, _PACKETS = 1448, 4  # bytes of one, and how many of a connection come at most in its turn
_TURN = 0.004  # seconds: on slow links turns are as short as a packet, on fast ones a wake's worth


@dataclass
class _Pipe:
    """Bytes that wait to be sent to a client, and whether it is queued for a turn."""

    writer: asyncio.StreamWriter
    waiting: bytearray = field(default_factory=bytearray)
    has_turn: bool = False


class Shaper:
    """Delays requests by the round trip, and passes responses at the trace's bandwidth.

    Args:
        trace: begins when the shaper is created, and again at `begin`.
        port: of the server, on this machine.
    """

    def __init__(self, trace: Trace, port: int) -> None:
        self._trace = trace
        self._server = port
        self.begin()
        self._turns: deque[_Pipe] = deque()
        self._any = asyncio.Event()
        self._connections: set[asyncio.Task[object]] = set()

    def begin(self) -> None:
        """Start the trace now."""
        self._origin = asyncio.get_running_loop().time()
        self._sent_by = 0.0

    @property
    def now(self) -> float:
        """Seconds of the trace."""
        return asyncio.get_running_loop().time() - self._origin

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client."""
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        back, forth = await asyncio.open_connection("127.0.0.1", self._server)
        down = asyncio.create_task(self._down(back, writer))
        try:
            while data := await reader.read(65536):
                await asyncio.sleep(self._trace.period_at(self.now).round_trip)
                forth.write(data)
        except (ConnectionError, asyncio.CancelledError):
            pass  # the client is gone, or the proxy ends
        finally:
            down.cancel()
            for each in (forth, writer):
                each.close()
                with suppress(ConnectionError):
                    await each.wait_closed()
            self._connections.discard(task)

    @property
    def _quantum(self) -> int:
        """Bytes of a connection, before it is the next one's turn."""
        packets = int(self._trace.period_at(self.now).bits / 8 * _TURN / _PACKET)
        return _PACKET * min(max(packets, 1), _PACKETS)

    async def end(self) -> None:
        """Close what is open."""
        for each in self._connections:
            each.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _down(self, back: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pipe = _Pipe(writer)
        while data := await back.read(65536):
            pipe.waiting += data
            if not pipe.has_turn:
                pipe.has_turn = True
                self._turns.append(pipe)
                self._any.set()

    async def pace(self) -> None:
        """Send what the link carries, a little of each connection in turn."""
        while True:
            if not self._turns:
                self._any.clear()
                await self._any.wait()
                self._sent_by = max(self._sent_by, self.now)
            pipe = self._turns.popleft()
            part = bytes(pipe.waiting[: self._quantum])
            del pipe.waiting[: len(part)]
            # From the ideal time, not from now, so that late wake-ups do not add up.
            self._sent_by = self._trace.finish_time(self._sent_by, 8 * len(part))
            await asyncio.sleep(self._sent_by - self.now)
            with suppress(ConnectionError):
                pipe.writer.write(part)
            pipe.has_turn = bool(pipe.waiting)
            if pipe.has_turn:
                self._turns.append(pipe)


@asynccontextmanager
async def shaping_proxy(trace: Trace, port: int) -> AsyncIterator[tuple[int, Shaper]]:
    """The port of a proxy in front of a server on this machine, and the proxy."""
    shaper = Shaper(trace, port)
    server = await asyncio.start_server(shaper.serve, "127.0.0.1", 0)
    pace = asyncio.create_task(shaper.pace())
    try:
        yield server.sockets[0].getsockname()[1], shaper
    finally:
        pace.cancel()
        server.close()
        await shaper.end()
        await server.wait_closed()
