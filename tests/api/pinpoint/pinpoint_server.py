"""A service of Pinpoint's operations in a process of its own, to be killed."""

from __future__ import annotations

import socket
import time

import uvicorn
from fastapi import FastAPI
from sqlalchemy import make_url

from sizzle.api.auth.aws_credentials import AwsCredentials
from sizzle.api.http.problems import add_problem_handlers
from sizzle.api.pinpoint import PinpointMiddleware, PinpointService
from sizzle.api.pinpoint.routes import pinpoint_routes
from sizzle.database import Database
from sizzle.eventlog import EventLog
from sizzle.outbox import Apps, Endpoints

KEY = b"k" * 32


def pinpoint_service(url: str) -> PinpointService:
    """What serves Pinpoint's operations from a database."""
    database = Database(make_url(url), patience=30)
    log = EventLog(database, KEY)
    endpoints = Endpoints(database, log.member_hash)
    return PinpointService(log, endpoints, Apps(database), AwsCredentials(KEY), time.time)


def serve(url: str, listening: socket.socket) -> None:
    """Serve on a socket until the process ends."""
    app = FastAPI()
    add_problem_handlers(app)
    app.include_router(pinpoint_routes(pinpoint_service(url)))
    config = uvicorn.Config(PinpointMiddleware(app), log_level="critical", lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])
