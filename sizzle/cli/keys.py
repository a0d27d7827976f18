"""Commands on API keys."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say

_app = typer.Typer(
    name="keys",
    help="Create, list and revoke the API keys of the service.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    app.add_typer(_app)


@_app.command()
def create(
    name: Annotated[str, typer.Argument(help="The key's holder, for the list.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            help="What the key may be used for: reels:read, assets:write, events:write, "
            "events:read, metrics:read or admin. Repeat it for several. With --aws, events:write "
            "if left out."
        ),
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(help="Requests a second that it may make; without it, SIZZLE_RATE."),
    ] = None,
    aws: Annotated[
        bool,
        typer.Option("--aws", help="Print credentials with which clients of Amazon Pinpoint sign."),
    ] = False,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Create an API key and print it. Only its hash is kept, so it cannot be shown again.

    A running service accepts the key within seconds, and answers nobody without a key from then
    on. With --aws, the service's SIZZLE_SECRET must be set here too, where it is set there.

    Example: `sizzle keys create living-room --scope reels:read`
    """
    from sizzle.api.auth.api_keys import ApiScope
    from sizzle.errors import InputError

    if scope is None:
        scope = [ApiScope.EVENTS_WRITE] if aws else []
    try:
        scopes = [ApiScope(text) for text in scope]
    except ValueError as error:
        known = ", ".join(ApiScope)
        raise InputError(f"{error}.", where="--scope", fix=f"use one of: {known}.") from error
    key, secret = options.open_keys(database, state).create(name, scopes, rate, aws=aws)
    signing = _aws_credentials(key.key_id, state) if aws else {}
    if as_json:
        print_json({"key_id": key.key_id, "key": secret, **signing})
        return
    say(f"Created key {key.key_id} for {name} with {', '.join(scopes)}.")
    say("Copy it now; it cannot be shown again:")
    if aws:
        for setting, value in signing.items():
            typer.echo(f"{setting.upper()}={value}")
        say("Set AWS_ENDPOINT_URL_PINPOINT to the service's address, and any AWS_DEFAULT_REGION.")
    else:
        typer.echo(secret)


def _aws_credentials(key_id: str, state: Path | None) -> dict[str, str]:
    """What a key's clients sign with, by the names of their settings."""
    from sizzle.api.auth.aws_credentials import AwsCredentials
    from sizzle.secret import VARIABLE, installation_secret
    from sizzle.state_folder import state_folder

    secret = installation_secret(state_folder(state), os.environ.get(VARIABLE))
    credentials = AwsCredentials(secret).of_key(key_id)
    return {
        "aws_access_key_id": credentials.access_key_id,
        "aws_secret_access_key": credentials.secret,
    }


@_app.command("list")
def list_keys(
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """List all API keys, including revoked ones, without their secrets.

    Example: `sizzle keys list`
    """
    keys = options.open_keys(database, state).read().keys.values()
    if as_json:
        print_json(
            [
                {
                    "key_id": key.key_id,
                    "name": key.name,
                    "scopes": list(key.scopes),
                    "rate": key.rate,
                    "created": key.created,
                    "revoked": key.revoked,
                    "aws": key.aws,
                }
                for key in keys
            ]
        )
        return
    rows = (
        (
            *(key.key_id, key.name, " ".join(key.scopes), key.rate or ""),
            *(_date_time(key.created), _date_time(key.revoked)),
        )
        for key in keys
    )
    print_table("API keys", ("key", "name", "scopes", "rate", "created", "revoked"), rows)


@_app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id, from `sizzle keys list`.")],
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
) -> None:
    """Revoke an API key; a running service refuses it within seconds.

    Example: `sizzle keys revoke 0f3kq9x2ab`
    """
    key = options.open_keys(database, state).revoke(key_id)
    say(f"Revoked key {key.key_id} of {key.name}.")


def _date_time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
