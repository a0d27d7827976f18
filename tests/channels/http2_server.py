"""An HTTP/2 server over TLS, as APNs is one: it knows no other protocol."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded

from tests.channels.provider import Provider, Sent


class _Connection(asyncio.Protocol):
    """One client's."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self._requests: dict[int, tuple[dict[str, str], bytearray]] = {}
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._h2.initiate_connection()
        self._flush()

    def close(self) -> None:
        """Close it, whatever its client waits for."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        for event in self._h2.receive_data(data):
            if isinstance(event, RequestReceived):
                headers = {str(name): str(value) for name, value in event.headers}
                self._requests[event.stream_id] = (headers, bytearray())
            elif isinstance(event, DataReceived):
                self._requests[event.stream_id][1].extend(event.data)
                length = event.flow_controlled_length
                self._h2.acknowledge_received_data(length, event.stream_id)
            elif isinstance(event, StreamEnded):
                self._reply(event.stream_id)
        self._flush()

    def _reply(self, stream: int) -> None:
        headers, body = self._requests.pop(stream)
        reply = self._provider.take(Sent(headers[":path"], headers, bytes(body)))
        if reply.status is None:
            self._transport.close()
            return
        content = b"" if reply.status == 200 else json.dumps(reply.json).encode()
        names = {":status": str(reply.status), "apns-id": headers["apns-id"], **reply.headers}
        self._h2.send_headers(stream, list(names.items()), end_stream=not content)
        if content:
            self._h2.send_data(stream, content, end_stream=True)

    def _flush(self) -> None:
        self._transport.write(self._h2.data_to_send())


@contextmanager
def http2_provider(certificate: Path) -> Iterator[Provider]:
    """A provider that listens."""
    made = Provider()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.set_alpn_protocols(["h2"])
    loop = asyncio.new_event_loop()
    connections: list[_Connection] = []

    def connected() -> _Connection:
        connections.append(_Connection(made))
        return connections[-1]

    listening = loop.create_server(connected, "127.0.0.1", 0, ssl=context)
    server = loop.run_until_complete(listening)
    made.address = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield made
    asyncio.run_coroutine_threadsafe(_close(server, connections), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


async def _close(server: asyncio.Server, connections: list[_Connection]) -> None:
    server.close()
    for connection in connections:
        connection.close()
    await asyncio.sleep(0.01)  # in which the transports are closed
