"""Services that deliver reels, for the tests."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from sizzle.api.delivery import RecentReels, Signing, add_delivery
from sizzle.api.problems import add_problem_handlers
from sizzle.packager import Packages
from sizzle.reel import TimecodeList

KEY = b"an open secret: 16 bytes or more"
MASTER = "/v1/reels/reel-1/master.m3u8"


def app_of(root: Path, *reels: TimecodeList, signing: Signing | None = None) -> FastAPI:
    """A service that delivers these reels."""
    app, recent = FastAPI(), RecentReels()
    for reel in reels:
        recent.add(reel)
    add_problem_handlers(app)
    add_delivery(app, recent, Packages(root), signing=signing)
    return app
