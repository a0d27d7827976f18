"""The application: every route and what stands in front of them, put together in one place."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from fastapi import APIRouter, FastAPI

from sizzle import __version__
from sizzle.api.assets import asset_routes
from sizzle.api.delivery import Signing, add_delivery
from sizzle.api.live import Live
from sizzle.api.problems import add_problem_handlers
from sizzle.api.reels.answers import Answers, Indexes, Sources
from sizzle.api.reels.hot import HotRoute
from sizzle.api.reels.ids import ReelIds
from sizzle.api.reels.rankings import Rankings, Ranks
from sizzle.api.reels.replays import Replays
from sizzle.api.reels.routes import reel_routes
from sizzle.cadence_choice import STANDARD, Cadences
from sizzle.packager import Packages


def create_app(
    catalog: Indexes,
    ranker: Ranks | Live[Rankings],
    packages: Packages | None = None,
    *,
    cadences: Live[Cadences] | None = None,
    ids: ReelIds | None = None,
    signing: Signing | None = None,
) -> FastAPI:
    """The service over a catalog and a loaded ranker.

    Given a reader that follows a catalog, a request opens no file, and sees one version throughout.

    Args:
        catalog: the assets' indexes.
        ranker: orders titles; live where it may be exchanged.
        packages: of the assets: ordinary players play their reels too.
        cadences: that may be asked for; without it, those that come with the program.
        ids: names reels; without it, with a key that ends with the process.
        signing: of the addresses of delivery, where only signed ones are to be answered.
    """
    sources = Sources(
        indexes=catalog,
        rankings=ranker if isinstance(ranker, Live) else Live(Rankings(ranker)),
        cadences=cadences or Live(STANDARD),
        ids=ids or ReelIds(secrets.token_bytes(32)),
        packages=packages,
        signing=signing,
    )
    answers, replays = Answers(sources), Replays(sources.ids, catalog)
    app = FastAPI(
        title="Dynamic Sizzles",
        version=__version__,
        description="Personal sizzle reels as timecode lists into one Mega Asset.",
    )
    add_problem_handlers(app)
    if packages is not None:
        add_delivery(app, replays, packages, signing=signing)
    for router in _routers(sources, answers, replays):
        app.include_router(router)
    app.add_middleware(HotRoute, answers=answers)
    return app


def _routers(sources: Sources, answers: Answers, replays: Replays) -> Iterable[APIRouter]:
    """All routes but those of delivery: this is where new ones are added."""
    yield reel_routes(answers, replays)
    yield asset_routes(sources.indexes, answers)
