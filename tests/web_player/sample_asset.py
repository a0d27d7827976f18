"""A packaged asset of short clips, and a service that plays reels of many cuts from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log
from pathlib import Path
from typing import Final

from fastapi import FastAPI

from fixtures.bed import write_bed
from fixtures.titles import DEMO_RATE, DEMO_TITLES, demo_clips
from ranker import (
    NO_CONTEXT,
    ExplainedTitle,
    Explanation,
    Intent,
    MemberIntents,
    RankedTitle,
    Ranking,
    RequestContext,
)
from sizzle.api.app import create_app
from sizzle.api.events import EventService
from sizzle.api.ingest_service import IngestService
from sizzle.api.reels.ranking_cache import Rankings
from sizzle.cadence import Cadence, Cadences
from sizzle.catalog import Catalog
from sizzle.clips import Bed, ClipIndex, MegaAsset, Title
from sizzle.hls import Codec
from sizzle.packager import Encoding, Packages, PackageSettings, package
from sizzle.reel import TimecodeList
from sizzle.reel.compose import Composer
from sizzle.reel.ids import ReelIds
from sizzle.reloading import Reloadable
from tests.player_stub.synthetic import write_asset

SIZE: Final = (320, 180)
MEMBERS: Final = ("ada", "ben")
CADENCE: Final = "many-cuts"
IDS: Final = ReelIds(b"an open secret of at least 32 bytes")
_CLIPS = 5  # of each title
_SETTINGS = PackageSettings(
    ladder=(180, 144), encoding=Encoding("ultrafast", av1_preset=12, av1_crf=20)
)


def cadences_of(length: int) -> Cadences:
    """One cadence: 32 cuts of so many frames, of eight titles."""
    segments = ("ABCDEFGH", "ABCDEFGH", "ABCDEFGH", "ABCDEF", "AB")
    lines = (" ".join(f"{letter}:{length}" for letter in segment) for segment in segments)
    return Cadences({CADENCE: Cadence.parse(CADENCE, lines)}, {})


class Tastes:
    """Orders titles by name: in reverse for ben; anybody else than the members is new."""

    def rank(
        self, member_id: str, title_ids: Sequence[str], request: RequestContext = NO_CONTEXT
    ) -> Ranking:
        """The titles in that order."""
        ordered = sorted(title_ids, reverse=member_id == "ben")
        ranked = tuple(RankedTitle(each, 1 / at) for at, each in enumerate(ordered, start=1))
        return Ranking(member_id, ranked, "model-1", cold_start=member_id not in MEMBERS)

    def explain(
        self, member_id: str, title_ids: Sequence[str], request: RequestContext = NO_CONTEXT
    ) -> Explanation:
        """That order, by a taste for names that doubles the odds."""
        ranking = self.rank(member_id, title_ids, request)
        titles = tuple(
            ExplainedTitle(title.title_id, title.score, rank + 1, {"taste": log(2)})
            for rank, title in enumerate(ranking.titles, start=1)
        )
        return Explanation(ranking, self.intents(member_id, request).intents, titles)

    def intents(self, member_id: str, request: RequestContext = NO_CONTEXT) -> MemberIntents:
        """The same for all."""
        intent = Intent("genres", 0.75, {"Drama": 0.62, "Comedy": 0.38})
        return MemberIntents(member_id, (intent,), "model-1", member_id not in MEMBERS)


@dataclass(frozen=True)
class SampleAsset:
    """A Mega Asset whose clips all have one length, packaged."""

    length: int
    catalog: Catalog
    packages: Path
    bed: Path

    def reel_of(self, member: str) -> TimecodeList:
        """What the service composes for a member."""
        composer = Composer(Tastes(), cadences_of(self.length), IDS)
        return composer.compose(self.catalog.index("demo"), member, CADENCE)


def make(
    folder: Path,
    length: int,
    codecs: Sequence[Codec] = (Codec.H264,),
    titles: Sequence[Title] = DEMO_TITLES,
) -> SampleAsset:
    """Draw an asset, each frame with its number, and package it."""
    clips = demo_clips(titles, (length,) * _CLIPS)
    frames = clips[-1].source.end
    write_asset(folder / "mega.mp4", clips, size=SIZE)
    write_bed(folder / "bed.wav", frames, DEMO_RATE)
    bed = Bed("main", str(folder / "bed.wav"), frames)
    asset = MegaAsset("demo", DEMO_RATE, 86_400, frames, str(folder / "mega.mp4"), (bed,))
    catalog = Catalog.open(folder / "catalog")
    catalog.publish(ClipIndex(asset, titles, clips))
    package(catalog.index("demo"), folder / "packages", replace(_SETTINGS, codecs=codecs))
    return SampleAsset(length, catalog, folder / "packages", folder / "bed.wav")


def app_of(
    asset: SampleAsset,
    *,
    delivers: bool = True,
    rankings: Reloadable[Rankings] | None = None,
    events: EventService | None = None,
    ingests: IngestService | None = None,
) -> FastAPI:
    """The service: composes reels of 32 cuts, delivers them, and shows the player."""
    return create_app(
        asset.catalog.reader(),
        rankings or Reloadable(Rankings(Tastes(), MEMBERS)),
        Packages(asset.packages) if delivers else None,
        events=events,
        ingests=ingests,
        cadences=Reloadable(cadences_of(asset.length)),
        ids=IDS,
    )
