"""The demo's service, and requests to it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

from sizzle.errors import SizzleError

if TYPE_CHECKING:
    from fastapi import FastAPI

_TIMEOUT = 10.0  # seconds for the service to start and to respond


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The service on a free local port, until the block ends."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + _TIMEOUT
        while not server.started:
            if time.monotonic() > deadline or not thread.is_alive():
                raise SizzleError(
                    "The service did not start.", fix="run `sizzle serve` to see why."
                )
            time.sleep(0.02)
        host, port = server.servers[0].sockets[0].getsockname()
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join()


def post_json(url: str, body: dict[str, Any]) -> dict[str, Any]:
    """The response to JSON that is sent to a URL. Raises OSError: it is an error."""
    request = Request(  # noqa: S310 - an address of our own
        url, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    return read_json(request)


def read_json(request: Request) -> dict[str, Any]:
    """The JSON that a request is answered with. Raises OSError: it is an error."""
    with urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310
        document: dict[str, Any] = json.load(response)
        return document
