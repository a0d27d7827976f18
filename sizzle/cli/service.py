"""The command that runs the service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    model: options.ModelFile = options.DEFAULT_MODEL,
    histories: options.HistoriesFile = options.DEFAULT_HISTORIES,
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
    from sizzle.api.player import add_player
    from sizzle.catalog import Catalog
    from sizzle.packager import Packages

    watched = read_histories(histories)
    ranker = Ranker.load(model, watched)
    packaged = Packages(packages) if packages else None
    with Catalog.open(catalog).reader() as indexes:
        app = create_app(indexes, ranker, packaged)
        add_player(app, indexes, packaged, watched.members)
        config = uvicorn.Config(app, host=host, port=port, log_level="warning")
        socket = config.bind_socket()
        socket.listen()  # so that whoever reads the address can connect at once
        address = f"http://{host}:{socket.getsockname()[1]}"
        say(f"Serving {address}/v1/reels; {address}/docs describes it.")
        say(f"Watch reels at {address}/player.")
        uvicorn.Server(config).run(sockets=[socket])
