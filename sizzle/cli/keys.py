"""Commands on API keys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say

_app = typer.Typer(
    name="keys", help="API keys of the service: create, list, revoke.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    app.add_typer(_app)


@_app.command()
def create(
    name: Annotated[str, typer.Argument(help="Who is to have it.")],
    scope: Annotated[
        list[str], typer.Option(help="What it is good for: reels:read, assets:write or admin.")
    ],
    rate: Annotated[
        float | None, typer.Option(help="Requests a second; SIZZLE_RATE without it.")
    ] = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Create a key, and print it: only now, as only its hash is kept.

    A service that runs knows it within seconds; from then on it answers nobody without a key.

    Example: `sizzle keys create living-room --scope reels:read`
    """
    from sizzle.api.auth.api_keys import Scope, create_key
    from sizzle.errors import InputError
    from sizzle.state_folder import state_folder

    try:
        scopes = [Scope(each) for each in scope]
    except ValueError as error:
        known = ", ".join(Scope)
        raise InputError(f"{error}.", where="--scope", fix=f"use one of: {known}.") from error
    key, secret = create_key(state_folder(state), name, scopes, rate)
    if as_json:
        print_json({"key_id": key.key_id, "key": secret})
        return
    say(
        f"Key {key.key_id} of {name}, good for {', '.join(scopes)}. Keep it: it is not shown again."
    )
    typer.echo(secret)


@_app.command("list")
def list_keys(state: options.StateFolder = None, as_json: Json = False) -> None:
    """List all keys, revoked ones too; what is secret of them is not known.

    Example: `sizzle keys list`
    """
    from sizzle.api.auth.api_keys import Keys
    from sizzle.state_folder import state_folder

    keys = Keys.read(state_folder(state)).keys.values()
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
                }
                for key in keys
            ]
        )
        return
    rows = (
        (
            *(key.key_id, key.name, " ".join(key.scopes), key.rate or ""),
            *(_when(key.created), _when(key.revoked)),
        )
        for key in keys
    )
    print_table("Keys", ("key", "name", "scopes", "rate", "created", "revoked"), rows)


@_app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id, as `sizzle keys list` has it.")],
    state: options.StateFolder = None,
) -> None:
    """Make a key worthless; a service that runs refuses it within seconds.

    Example: `sizzle keys revoke 0f3kq9x2ab`
    """
    from sizzle.api.auth.api_keys import revoke_key
    from sizzle.state_folder import state_folder

    key = revoke_key(state_folder(state), key_id)
    say(f"Key {key.key_id} of {key.name} is revoked.")


def _when(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
