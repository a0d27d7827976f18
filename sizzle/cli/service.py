"""The command that runs the service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import say

if TYPE_CHECKING:
    from sizzle.api.compose import Ranks
    from sizzle.api.ingests.desk import Desk
    from sizzle.catalog import Catalog


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    model: options.ModelFile = options.DEFAULT_MODEL,
    histories: options.HistoriesFile = options.DEFAULT_HISTORIES,
    ingests: Annotated[
        Path | None,
        typer.Option(
            envvar="SIZZLE_INGESTS", help="Take in timelines, at /editor too, and keep them here."
        ),
    ] = None,
    media: Annotated[
        Path | None,
        typer.Option(envvar="SIZZLE_MEDIA", help="The folder whose files timelines may name."),
    ] = None,
    packages: Annotated[
        Path | None,
        typer.Option(
            envvar="SIZZLE_PACKAGES", help="Packaged assets, for HLS and DASH players too."
        ),
    ] = None,
) -> None:
    """Serve members' reels over HTTP, following what the catalog announces; /docs describes it.

    Example: `sizzle serve --port 8000 --catalog catalog --model ranker.pt`
    """
    import uvicorn

    from ranker import Ranker, read_histories
    from sizzle.api.app import create_app
    from sizzle.catalog import Catalog
    from sizzle.packager import Packages

    ranker = Ranker.load(model, read_histories(histories))
    desk = _desk(ingests, media, Catalog.open(catalog), ranker) if ingests else None
    with Catalog.open(catalog).reader() as indexes:
        app = create_app(indexes, ranker, Packages(packages) if packages else None, desk)
        config = uvicorn.Config(app, host=host, port=port, log_level="warning")
        socket = config.bind_socket()
        socket.listen()  # so that whoever reads the address can connect at once
        address = f"http://{host}:{socket.getsockname()[1]}"
        say(f"Serving {address}/v1/reels; {address}/docs describes it.")
        if desk:
            say(f"Editors upload and publish at {address}/editor.")
        uvicorn.Server(config).run(sockets=[socket])


def _desk(folder: Path, media: Path | None, catalog: Catalog, ranker: Ranks) -> Desk:
    """Where editors work; its previews are the reels that members would get."""
    from sizzle.api.compose import compose
    from sizzle.api.ingests.desk import Desk

    return Desk(
        folder,
        catalog,
        lambda index, member_id, plan, seed: compose(ranker, index, member_id, plan, seed=seed),
        media,
    )
