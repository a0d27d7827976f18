"""Runs the service in one process, or in several workers under a supervisor."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from socket import SO_REUSEADDR, SOL_SOCKET, AddressFamily, socket
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from sizzle.api.http.worker_files import FOLDER, forget_process, worker_folder
from sizzle.api.server.supervisor import Supervisor
from sizzle.api.server.systemd import ServiceManager
from sizzle.api.server.timeouts import TimeoutProtocol
from sizzle.errors import InputError, SizzleError

if TYPE_CHECKING:
    from sizzle.api.server.settings import Settings

_BACKLOG = 2048  # connections that wait to be accepted
_SILENT_SECONDS = 30  # until a worker counts as hung; long, as it may only be busy

APP = "sizzle.api.server.workers:worker_app"


def worker_app() -> Any:  # noqa: ANN401 - an application, which is imported only here
    """The service in a worker process, which exits with a message if it cannot start."""
    from ranker import RankerError
    from sizzle.api.http.json_log import log_json

    log_json()
    try:
        with loading():
            from sizzle.api.wiring import app

            return app()
    except (SizzleError, RankerError) as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(STARTUP_FAILURE)


@contextmanager
def loading() -> Iterator[None]:
    """Load the service without garbage collections, and leave out what was loaded of later ones.

    Each collection would walk all that has been loaded: a fifth of the time of the start, and later
    stops of 0.15 s each. Not even one at the end is worth its time: it would free 1 MB.
    """
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


def uvicorn_config(settings: Settings, app: Any = APP) -> uvicorn.Config:  # noqa: ANN401
    """Uvicorn's configuration for the service."""
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop="uvloop",
        http=TimeoutProtocol,
        ws="none",
        log_config=None,
        log_level="warning",
        access_log=False,  # requests are logged in JSON
        proxy_headers=False,  # `TrustedProxyMiddleware` reads them, from trusted proxies only
        server_header=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
        timeout_worker_healthcheck=_SILENT_SECONDS,
    )


class _Server(uvicorn.Server):
    """uvicorn's server, which tells the service manager how it is."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._manager = ServiceManager()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self._manager.ready("serving")

    async def on_tick(self, counter: int) -> bool:
        self._manager.alive()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        self._manager.stopping()
        await super().shutdown(sockets)


def listen(settings: Settings) -> socket:
    """A socket to which clients can connect at once, even before a worker accepts.

    Raises:
        InputError: the address is in use, or not one of this machine.
    """
    family = AddressFamily.AF_INET6 if ":" in settings.host else AddressFamily.AF_INET
    bound = socket(family)
    try:
        bound.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        bound.bind((settings.host, settings.port))
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        raise InputError(
            f"Cannot listen at {settings.host}:{settings.port}: {error.strerror or error}.",
            fix="use another --host or --port.",
        ) from error
    bound.set_inheritable(True)
    return bound


def serve(settings: Settings, config: uvicorn.Config, bound: socket) -> None:
    """Serve on a socket until a signal comes, then finish the requests in progress.

    Raises:
        SizzleError: no worker could start; its message has been printed.
    """
    os.environ.update(settings.environment())
    if settings.workers == 1:
        _Server(config).run(sockets=[bound])
        return
    with worker_folder() as folder:
        os.environ[FOLDER] = str(folder)
        Supervisor(config, bound, on_end=forget_process).run()
