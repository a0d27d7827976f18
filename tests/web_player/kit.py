"""A packaged asset of short clips, and a service that plays reels of many cuts from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import FastAPI

from fixtures.bed import write_bed
from fixtures.media import write_mega_asset
from fixtures.titles import DEMO_RATE, DEMO_TITLES, demo_clips
from ranker.ranking import RankedTitle, Ranking
from sizzle.api.compose import compose
from sizzle.api.delivery import RecentReels, add_delivery
from sizzle.api.player import add_player
from sizzle.api.problems import add_problem_handlers
from sizzle.api.schema import ReelRequest
from sizzle.cadence import Cadence
from sizzle.clips import Bed, Clip, ClipIndex, MegaAsset
from sizzle.errors import NotFoundError
from sizzle.packager import Encoding, Packages, Settings, package
from sizzle.reel import TimecodeList

SIZE: Final = (320, 180)
MEMBERS: Final = ("ada", "ben")
_TITLES = DEMO_TITLES
_CLIPS = 5  # of each title
_SETTINGS = Settings(ladder=(180, 144), encoding=Encoding(preset="ultrafast"))


def cadence_of(length: int) -> Cadence:
    """32 cuts of so many frames, of eight titles."""
    segments = ("ABCDEFGH", "ABCDEFGH", "ABCDEFGH", "ABCDEF", "AB")
    lines = (" ".join(f"{letter}:{length}" for letter in segment) for segment in segments)
    return Cadence.parse("many cuts", lines)


class Index(ClipIndex):
    """An index at a version, as if it came from a catalog."""

    def __init__(self, asset: MegaAsset, clips: Sequence[Clip]) -> None:
        super().__init__(asset, _TITLES, clips)
        self.version = "v1"


@dataclass(frozen=True)
class Shelf:
    """A catalog of one asset."""

    index_: Index

    def assets(self) -> tuple[str, ...]:
        """Its id."""
        return (self.index_.asset.asset_id,)

    def index(self, asset_id: str) -> Index:
        """Its clips. Raises NotFoundError: another one."""
        if asset_id != self.index_.asset.asset_id:
            raise NotFoundError(f"There is no asset {asset_id}.", fix="choose one that there is.")
        return self.index_


class Tastes:
    """Orders titles by name: backwards for ben, and whoever is not a member is new."""

    def rank(self, member_id: str, title_ids: Sequence[str]) -> Ranking:
        """The titles in that order."""
        ordered = sorted(title_ids, reverse=member_id == "ben")
        ranked = tuple(RankedTitle(each, 1 / at) for at, each in enumerate(ordered, start=1))
        return Ranking(member_id, ranked, "model-1", cold_start=member_id not in MEMBERS)


@dataclass(frozen=True)
class Asset:
    """A Mega Asset whose clips all have one length, packaged."""

    length: int
    shelf: Shelf
    packages: Path
    bed: Path

    def reel_of(self, member: str) -> TimecodeList:
        """What the service composes for a member."""
        return compose(Tastes(), self.shelf.index_, member, cadence_of(self.length))


def make(folder: Path, length: int) -> Asset:
    """Draw an asset, each frame with its number, and package it."""
    clips = demo_clips(_TITLES, (length,) * _CLIPS)
    frames = clips[-1].source.end
    write_mega_asset(folder / "mega.mp4", _TITLES, clips, DEMO_RATE, SIZE)
    write_bed(folder / "bed.wav", frames, DEMO_RATE)
    bed = Bed("main", str(folder / "bed.wav"), frames)
    asset = MegaAsset("demo", DEMO_RATE, 86_400, frames, str(folder / "mega.mp4"), (bed,))
    index = Index(asset, clips)
    package(index, folder / "packages", _SETTINGS)
    return Asset(length, Shelf(index), folder / "packages", folder / "bed.wav")


def app_of(asset: Asset, *, delivers: bool = True) -> FastAPI:
    """The service: composes reels of 32 cuts, delivers them, and shows the player."""
    app, reels = FastAPI(), RecentReels()
    packages = Packages(asset.packages) if delivers else None
    add_problem_handlers(app)

    @app.post("/v1/reels")
    async def post_reel(request: ReelRequest) -> TimecodeList:
        index = asset.shelf.index(request.asset_id)
        reel = compose(Tastes(), index, request.member_id, cadence_of(asset.length))
        reels.add(reel)
        return reel

    if packages is not None:
        add_delivery(app, reels, packages)
    add_player(app, asset.shelf, packages, MEMBERS)
    return app
