"""Commands on the people who sign in to the service's pages."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say

if TYPE_CHECKING:
    from sizzle.accounts import User, Users

_app = typer.Typer(
    name="users",
    help="Create, list and disable the people who sign in to the service's pages.",
    no_args_is_help=True,
)

Address = Annotated[str, typer.Argument(help="The user's address of mail.")]
Scopes = Annotated[
    list[str] | None,
    typer.Option(
        "--scope",
        help="What the user may do: outreach:read, outreach:write, outreach:approve, "
        "outreach:send, reels:read, assets:write, metrics:read or admin. Repeat it for several.",
    ),
]
FromStdin = Annotated[
    bool,
    typer.Option("--password-stdin", help="Read the password from standard input, not a terminal."),
]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    app.add_typer(_app)


@_app.command()
def create(
    address: Address,
    scope: Scopes = None,
    name: Annotated[str, typer.Option(help="As pages show it.")] = "",
    password_stdin: FromStdin = False,
    no_password: Annotated[
        bool,
        typer.Option("--no-password", help="Let the user in by the OpenID Connect provider alone."),
    ] = False,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
) -> None:
    """Create a user, and ask for the password. Only its hash is kept.

    From the first user on, a running service answers nobody without a key or a sign-in.

    Example: `sizzle users create ada@example.com --scope outreach:read --scope outreach:write`
    """
    from sizzle.accounts import check_password, mail_address
    from sizzle.api.auth.key_store import key_store
    from sizzle.state_folder import state_folder

    users, scopes = _users(database, state), _known(scope)
    address = mail_address(address)
    password = None if no_password else _password(password_stdin)
    if password is not None:
        check_password(password, address)
    # First, so that a crash after it leaves the service closed.
    key_store(options.open_database(database, state), state_folder(state)).records.require()
    user = users.create(address, name, scopes, password, _now())
    say(f"Created {user.address} with {', '.join(user.scopes)}.")


@_app.command("list")
def list_users(
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """List all users, including disabled ones.

    Example: `sizzle users list`
    """
    users = _users(database, state).all()
    if as_json:
        print_json([_fields(user) for user in users])
        return
    rows = (
        (
            *(user.address, user.name, " ".join(user.scopes)),
            *("yes" if user.has_password else "no", _date_time(user.created)),
            _date_time(user.disabled),
        )
        for user in users
    )
    print_table("Users", ("address", "name", "scopes", "password", "created", "disabled"), rows)


@_app.command()
def disable(
    address: Address,
    undo: Annotated[bool, typer.Option("--undo", help="Let the user sign in again.")] = False,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
) -> None:
    """Let a user sign in no longer, and end the user's sessions at once.

    Example: `sizzle users disable ada@example.com`
    """
    user = _users(database, state).disable(address, None if undo else _now())
    say(f"{user.address} may sign in {'again' if undo else 'no longer'}.")


@_app.command()
def password(
    address: Address,
    password_stdin: FromStdin = False,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
) -> None:
    """Change a user's password, and end the user's sessions.

    Example: `sizzle users password ada@example.com`
    """
    users = _users(database, state)
    users.get(address)
    user = users.set_password(address, _password(password_stdin))
    say(f"Changed the password of {user.address}, and ended all sessions.")


@_app.command()
def roles(
    address: Address,
    scope: Scopes = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
) -> None:
    """Change what a user may do, from the next request on.

    Example: `sizzle users roles ada@example.com --scope outreach:read --scope outreach:approve`
    """
    user = _users(database, state).set_scopes(address, _known(scope))
    say(f"{user.address} may do {', '.join(user.scopes)}.")


def _users(database: str | None, state: Path | None) -> Users:
    from sizzle.accounts import Users

    return Users(options.open_database(database, state))


def _known(scopes: list[str] | None) -> list[str]:
    """The scopes. Raises InputError: there is none, or one that is unknown."""
    from sizzle.api.auth.api_keys import ApiScope
    from sizzle.errors import InputError

    try:
        return [ApiScope(text).value for text in scopes or ()]
    except ValueError as error:
        known = ", ".join(ApiScope)
        raise InputError(f"{error}.", where="--scope", fix=f"use one of: {known}.") from error


def _password(from_stdin: bool) -> str:
    """The password that is typed or piped. Raises InputError: there is no terminal to ask."""
    from sizzle.errors import InputError

    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InputError(
            "There is no terminal to ask for the password.",
            fix="pipe it in with --password-stdin.",
        )
    text: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return text


def _fields(user: User) -> dict[str, object]:
    return {
        "address": user.address,
        "name": user.name,
        "scopes": list(user.scopes),
        "password": user.has_password,
        "created": user.created,
        "disabled": user.disabled,
    }


def _now() -> int:
    return int(time.time() * 1000)


def _date_time(milliseconds: int | None) -> str:
    if milliseconds is None:
        return ""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
