"""Options that the commands of outreach share, and what stands behind them."""

from __future__ import annotations

import getpass
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.errors import InputError
from sizzle.outreach.vocabulary import Channel, PromotedKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sizzle.drafting import Stores
    from sizzle.outreach.policy import Finding, GuardPolicy
    from sizzle.writers import Writer

Thing = Annotated[str, typer.Argument(help="What is promoted, such as title:nocturne.")]
By = Annotated[
    str | None, typer.Option("--by", show_default="the user", help="Who does this, for the record.")
]
WriterName = Annotated[
    str,
    typer.Option(
        "--writer", envvar="SIZZLE_OUTREACH_WRITER", help="`catalogue`, `openai` or `bedrock`."
    ),
]
WriterUrl = Annotated[
    str,
    typer.Option(
        "--writer-url",
        envvar="SIZZLE_OUTREACH_WRITER_URL",
        help="Where `openai` is, such as http://127.0.0.1:8000/v1. "
        "Its key is SIZZLE_OUTREACH_WRITER_KEY.",
    ),
]
WriterModel = Annotated[
    str,
    typer.Option("--writer-model", envvar="SIZZLE_OUTREACH_WRITER_MODEL", help="The model's name."),
]
PolicyFile = Annotated[
    Path | None,
    typer.Option(
        "--policy",
        envvar="SIZZLE_OUTREACH_POLICY",
        help="Limits of texts and words of your own, TOML.",
    ),
]
PromptName = Annotated[str, typer.Option("--prompt", help="The prompt's name.")]
PromptVersion = Annotated[
    int | None, typer.Option("--prompt-version", show_default="the newest", min=1)
]


def open_stores(database: str | None, state: Path | None) -> Stores:
    """The stores that the options name. Raises as `options.open_database`."""
    from sizzle.drafting import Stores

    return Stores(options.open_database(database, state))


def parse_thing(text: str) -> tuple[PromotedKind, str]:
    """The kind and id of `title:nocturne`. Raises InputError."""
    kind, colon, promoted_id = text.partition(":")
    if kind not in set(PromotedKind) or not colon or not promoted_id:
        raise InputError(
            f"{text[:100]!r} names nothing to promote.",
            fix="write title:ID, asset:ID or offer:ID.",
        )
    return PromotedKind(kind), promoted_id


def parse_channel(text: str) -> Channel:
    """A channel by its name, `email` or `EMAIL`, `fcm` too. Raises InputError."""
    with suppress(ValueError):
        return Channel(text.upper())
    found = Channel.__members__.get(text.upper())
    if found is None:
        raise InputError(
            f"There is no channel {text[:40]!r}.",
            fix=f"use one of {', '.join(name.lower() for name in Channel.__members__)}.",
        )
    return found


def parse_language(text: str) -> str:
    """A language's tag in its usual form. Raises InputError."""
    import langcodes

    if len(text) > 35 or not langcodes.tag_is_valid(text):
        raise InputError(f"{text[:40]!r} is no language.", fix="use a tag such as en, fr or pt-BR.")
    return langcodes.standardize_tag(text)


def person(by: str | None) -> str:
    """Who runs the command: as the option says, or the user of the system."""
    return by or _user()


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a process without a name of its own, as in containers
        return "unknown"


def now_ms() -> int:
    """Milliseconds since 1970."""
    return int(time.time() * 1000)


def read_input(file: Path, what: str) -> bytes:
    """The bytes of a file that the user named. Raises InputError.

    Args:
        file: that is read.
        what: is in it, for the message, such as "campaign".
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(
            f"The {what} cannot be read: {error.strerror}.", where=str(file), fix="check the path."
        ) from error


def two_people(database: str | None, state: Path | None) -> bool:
    """Whether two may use the installation, by the rule of the service."""
    from sizzle.accounts import Users
    from sizzle.api.auth.approvers import has_provider, has_two_people

    keys = options.open_keys(database, state).read()
    users = Users(options.open_database(database, state, upgrade=False))
    return has_two_people(keys, users, provider=has_provider())


def make_writer(name: str, url: str, model: str) -> Writer:
    """The writer that the options and the environment name. Raises InputError."""
    from sizzle.writers.choosing import WriterSettings, choose_writer

    key = os.environ.get("SIZZLE_OUTREACH_WRITER_KEY", "")
    return choose_writer(WriterSettings(name, url, model, key))


def guard_policy(path: Path | None) -> GuardPolicy:
    """The policy that the options name. Raises PolicyError."""
    from sizzle.outreach_files import read_guard_policy

    return read_guard_policy(path)


def findings_json(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """Findings as JSON values."""
    return [
        {
            "rule": finding.rule,
            "severity": str(finding.severity),
            "where": finding.where,
            "message": finding.message,
            "fix": finding.fix,
        }
        for finding in findings
    ]
