"""Leads connections to a local socket: `python -m tests.forwarding HOST PATH`, which prints a port.

In a process of its own, so that who measures something does not measure this.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

import uvloop

_PIECE = 65_536


async def forward(host: str, path: str) -> None:
    """Forward until killed."""

    async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):  # the server does not run at the moment
            there, back = await asyncio.open_unix_connection(path)
            await asyncio.gather(copy(reader, back), copy(there, writer))
        writer.close()

    server = await asyncio.start_server(lead, host, 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Copy until the source ends, and end the target."""
    with suppress(OSError):
        while data := await source.read(_PIECE):
            target.write(data)
            await target.drain()
    target.close()


if __name__ == "__main__":
    uvloop.run(forward(sys.argv[1], sys.argv[2]))
