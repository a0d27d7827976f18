"""A service of events in a process of its own, to be killed."""

from __future__ import annotations

import socket
import time

import uvicorn
from fastapi import FastAPI
from sqlalchemy import make_url

from sizzle.api.events import EventService
from sizzle.api.events.routes import event_routes
from sizzle.api.http.problems import add_problem_handlers
from sizzle.database import Database
from sizzle.eventlog import EventLog
from sizzle.events import EventTokens

KEY = b"k" * 32


def event_service(url: str) -> EventService:
    """What records events in a database."""
    log = EventLog(Database(make_url(url), patience=30), KEY)
    return EventService(log, EventTokens(KEY), time.time)


def serve(url: str, listening: socket.socket) -> None:
    """Serve events on a socket until the process ends."""
    app = FastAPI()
    add_problem_handlers(app)
    app.include_router(event_routes(event_service(url)))
    config = uvicorn.Config(app, log_level="critical", lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])
