"""A service of events in a process of its own, to be killed."""

from __future__ import annotations

import socket
import time
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

import psycopg  # noqa: F401 - else each fork would load it
import uvicorn
from fastapi import FastAPI
from sqlalchemy import make_url
from sqlalchemy.dialects.postgresql import psycopg as _dialect  # noqa: F401 - the same

from sizzle.api.events import EventService
from sizzle.api.events.routes import event_routes
from sizzle.api.http.problems import add_problem_handlers
from sizzle.database import Database
from sizzle.eventlog import EventLog
from sizzle.events import EventTokens

KEY = b"k" * 32

# To load the service takes a second of a processor: a server loads it once, and forks.
_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])


def event_service(url: str) -> EventService:
    """What records events in a database."""
    log = EventLog(Database(make_url(url), patience=30), KEY)
    return EventService(log, EventTokens(KEY), time.time)


def start(url: str, listening: socket.socket) -> BaseProcess:
    """Serve events on a socket that this process has bound."""
    process = _FORKS.Process(target=serve, args=(url, listening), daemon=True)
    process.start()
    return process


def serve(url: str, listening: socket.socket) -> None:
    """Serve events on a socket until the process ends."""
    app = FastAPI()
    add_problem_handlers(app)
    app.include_router(event_routes(event_service(url)))
    config = uvicorn.Config(app, log_level="critical", lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])
