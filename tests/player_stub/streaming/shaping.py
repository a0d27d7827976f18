"""A proxy that makes a local server as slow as a trace says, for all connections together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from player_stub.streaming import Trace

_QUANTUM = 4096  # bytes of a connection, before it is the next one's turn


@dataclass
class _Pipe:
    """What waits to go down to a client, and whether its turn comes."""

    writer: asyncio.StreamWriter
    waiting: bytearray = field(default_factory=bytearray)
    has_turn: bool = False


class Shaper:
    """Delays what goes up by the round trip, and lets down only what the trace carries.

    Args:
        trace: begins at the time of the loop at which the shaper is made.
        port: of the server, on this machine.
    """

    def __init__(self, trace: Trace, port: int) -> None:
        self._trace = trace
        self._server = port
        self._origin = asyncio.get_running_loop().time()
        self._turns: deque[_Pipe] = deque()
        self._any = asyncio.Event()
        self._connections: set[asyncio.Task[object]] = set()

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
                await asyncio.sleep(self._trace.at(self.now).round_trip)
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
        """Send on what the link carries, a bit of each connection in turn."""
        sent_by = 0.0
        while True:
            if not self._turns:
                self._any.clear()
                await self._any.wait()
                sent_by = max(sent_by, self.now)
            pipe = self._turns.popleft()
            part = bytes(pipe.waiting[:_QUANTUM])
            del pipe.waiting[:_QUANTUM]
            # From the ideal time and not from now, so that late wakes don't add up.
            sent_by = self._trace.carried(sent_by, 8 * len(part))
            await asyncio.sleep(sent_by - self.now)
            with suppress(ConnectionError):
                pipe.writer.write(part)
            pipe.has_turn = bool(pipe.waiting)
            if pipe.has_turn:
                self._turns.append(pipe)


@asynccontextmanager
async def shaped(trace: Trace, port: int) -> AsyncIterator[int]:
    """The port of a proxy in front of a server on this machine; the trace begins now."""
    shaper = Shaper(trace, port)
    server = await asyncio.start_server(shaper.serve, "127.0.0.1", 0)
    pace = asyncio.create_task(shaper.pace())
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        pace.cancel()
        server.close()
        await shaper.end()
        await server.wait_closed()
