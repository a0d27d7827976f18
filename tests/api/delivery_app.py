"""Services that deliver reels, for the tests."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from sizzle.api.delivery import add_delivery
from sizzle.api.http.middleware_app import MiddlewareFastAPI
from sizzle.api.http.problems import add_problem_handlers
from sizzle.errors import NotFoundError
from sizzle.links.signing import Signing
from sizzle.packager import Packages
from sizzle.reel import TimecodeList
from tests.hls.rfc8216 import read_master

KEY = b"an open secret: 16 bytes or more"
MASTER = "/v1/reels/reel-1/master.m3u8"


def package_path(player: TestClient, form: str, reel_id: str = "reel-1") -> str:
    """The address of a playlist or film of the package that the reel is played from now."""
    master = read_master(player.get(f"/v1/reels/{reel_id}/master.m3u8").text)
    package_id = master.variants[0].uri.split("/")[0]
    return f"/v1/reels/{reel_id}/{package_id}/{form}"


class Given:
    """Reels by the ids that they are given, for tests to know beforehand."""

    def __init__(self, *reels: TimecodeList) -> None:
        self._reels = {reel.reel_id: reel for reel in reels}

    def get(self, reel_id: str) -> TimecodeList:
        """The reel."""
        try:
            return self._reels[reel_id]
        except KeyError:
            raise NotFoundError(f"There is no reel {reel_id!r}.", fix="ask for another.") from None


def app_of(root: Path, *reels: TimecodeList, signing: Signing | None = None) -> FastAPI:
    """A service that delivers these reels."""
    app = MiddlewareFastAPI()
    add_problem_handlers(app)
    add_delivery(app, Given(*reels), Packages(root), signing=signing)
    return app
