"""The commands that run the service, and that say how it is set up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say
from sizzle.errors import InputError

if TYPE_CHECKING:
    from sizzle.api.server.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(serve)
    app.command()(config)


def serve(
    host: Annotated[
        str, typer.Option(envvar="SIZZLE_HOST", help="The address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(
            envvar="SIZZLE_PORT", min=0, max=65535, help="The port; 0 chooses a free one."
        ),
    ] = 8000,
    workers: Annotated[
        int, typer.Option(envvar="SIZZLE_WORKERS", min=1, help="Number of worker processes.")
    ] = 1,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    model: options.ModelFile = options.DEFAULT_MODEL,
    histories: options.HistoriesFile = options.DEFAULT_HISTORIES,
    titles: options.TitlesFile = None,
    ingests: Annotated[
        Path | None,
        typer.Option(
            envvar="SIZZLE_INGESTS",
            help="The folder for editors' uploads; enables /v1/ingests and /editor.",
        ),
    ] = None,
    media: Annotated[
        Path | None,
        typer.Option(envvar="SIZZLE_MEDIA", help="The folder of media that uploads may refer to."),
    ] = None,
    packages: Annotated[
        str | None,
        typer.Option(
            envvar="SIZZLE_PACKAGES",
            help="The packaged assets: a folder, or the URL of an object store; enables streaming "
            "to HLS and DASH players.",
        ),
    ] = None,
    state: options.StateFolder = None,
) -> None:
    """Serve members' reels over HTTP; /docs describes the API.

    New catalog versions, models and keys are used without a restart. All other settings come from
    the environment: `sizzle config` lists them.

    Example: `sizzle serve --port 8000 --catalog catalog --model ranker.pt`
    """
    from sizzle.api.http.json_log import log_json
    from sizzle.api.server.settings import Settings
    from sizzle.api.server.workers import APP, listen, loading, uvicorn_config
    from sizzle.api.server.workers import serve as run
    from sizzle.state_folder import state_folder

    settings = Settings.read(
        host=host,
        port=port,
        workers=workers,
        catalog=catalog,
        model=model,
        histories=histories,
        titles=titles,
        packages=packages,
        ingests=ingests,
        media=media,
        state=state_folder(state),
    )
    log_json()
    app: object = APP
    if workers == 1:  # report unreadable files here, not in a worker process that fails
        with loading():
            from sizzle.api.wiring import build

            app = build(settings)
    server = uvicorn_config(settings, app)
    socket = listen(settings)
    address = f"http://{host}:{socket.getsockname()[1]}"
    say(f"Serving {address}/v1/reels; {address}/docs describes the API.")
    say(f"The web player is at {address}/player.")
    if settings.ingests is not None:
        say(f"The editors' pages are at {address}/editor.")
    _say_who_is_answered(settings)
    run(settings, server, socket)


def config(as_json: Json = False) -> None:
    """Print all settings: environment variable, value and source; secrets are masked.

    An invalid one is shown as such, with what is wrong; the exit code is 2 then.

    Example: `sizzle config`
    """
    from sizzle.api.server.settings import Settings

    settings, wrong = Settings.read_valid()
    values = {**settings.shown(), **{name: f"invalid: {what}" for name, what in wrong.items()}}
    if as_json:
        print_json(values)
    else:
        rows = (
            (name, value, settings.source_of(name), field.description)
            for (name, value), field in zip(
                values.items(), Settings.model_fields.values(), strict=True
            )
        )
        print_table("Settings", ("variable", "value", "source", "description"), rows)
    if wrong:
        raise typer.Exit(InputError.exit_code)


def _say_who_is_answered(settings: Settings) -> None:
    """Before the first key, and where the last one is lost, access is not what one expects."""
    from sizzle.database import DatabaseUnavailableError

    named = settings.database.get_secret_value() if settings.database else None
    try:
        keys = options.open_keys(named, settings.state).read()
    except DatabaseUnavailableError:
        return  # each worker says it
    create = "sizzle keys create NAME --scope reels:read"
    if keys.keys or settings.oidc_issuer is not None:
        return
    if keys.required:
        say(f"There is no API key left, so every request is refused. Create one: {create}")
    else:
        say(
            "No API key exists yet: your direct requests from this machine need none, all others "
            f"are refused. Create one before you open the service to others: {create}"
        )
