"""Options that several commands share; some can be set by environment variables too."""

from __future__ import annotations

import os
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sizzle import cadence
from sizzle.errors import InputError, PolicyError
from sizzle.viewing_source import DEFAULT_HISTORIES as DEFAULT_HISTORIES

if TYPE_CHECKING:
    from ranker import RequestContext, SignalPolicy
    from sizzle.api.auth.key_store import KeyStore
    from sizzle.database import Database
    from sizzle.eventlog import EventLog
    from sizzle.layout import Layout
    from sizzle.outbox.address_hash import AddressHash
    from sizzle.outbox.members import Members
    from sizzle.reel.treatments import Treatments


def _utf8(text: str) -> str:
    """The same text. Raises InputError: it came from a terminal of another encoding."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError(
            "The member's id is not in UTF-8.", fix="set the terminal's encoding to UTF-8."
        ) from None
    return text


MemberId = Annotated[str, typer.Argument(help="The member's id.", callback=_utf8)]
CatalogLocation = Annotated[
    str,
    typer.Option(
        "--catalog",
        envvar="SIZZLE_CATALOG",
        help="The catalog of published indexes: a folder, or an object store's URL.",
    ),
]
ModelFile = Annotated[Path, typer.Option("--model", envvar="SIZZLE_MODEL", help="The model file.")]
HistoriesFile = Annotated[
    Path,
    typer.Option("--histories", envvar="SIZZLE_HISTORIES", help="Viewing histories, JSON Lines."),
]
OptionalHistories = Annotated[
    Path | None,
    typer.Option(
        "--histories",
        envvar="SIZZLE_HISTORIES",
        show_default="histories.jsonl, where it exists",
        help="Viewing histories, JSON Lines, which count beside the log of events.",
    ),
]
TitlesFile = Annotated[
    Path | None,
    typer.Option("--titles", envvar="SIZZLE_TITLES", help="Title metadata, JSON Lines."),
]
CadencesFile = Annotated[
    Path | None,
    typer.Option(
        "--cadences", envvar="SIZZLE_CADENCES", help="Additional cadences, and sets of them, TOML."
    ),
]
TreatmentsFile = Annotated[
    Path | None,
    typer.Option(
        "--treatments", envvar="SIZZLE_TREATMENTS", help="What treatments change in reels, TOML."
    ),
]
SignalsFile = Annotated[
    Path | None,
    typer.Option(
        "--signals",
        envvar="SIZZLE_SIGNALS",
        show_default="that of the model, or `sizzle signals`",
        help="What actions say of titles: targets, likes, dislikes, skips, context (TOML).",
    ),
]
ViewingPolicyFile = Annotated[
    Path | None,
    typer.Option(
        "--viewing-policy",
        envvar="SIZZLE_VIEWING_POLICY",
        help="What counts as viewing, TOML; docs/events.md has the defaults.",
    ),
]
Withhold = Annotated[
    float,
    typer.Option(min=0.0, max=0.5, help="Share of titles to withhold from training."),
]
Watched = Annotated[
    Literal["auto", "exclude", "include"],
    typer.Option(
        "--watched",
        help="Whether to rank titles that a member has watched: `exclude`, `include`, or `auto`, "
        "which includes them where at least 5 % of the viewings return to a title.",
    ),
]
ComputeDevice = Annotated[
    str,
    typer.Option(
        envvar="SIZZLE_DEVICE",
        help="Device to compute on: `cpu`, `cuda`, `cuda:1`; `auto` is a GPU where there is one.",
    ),
]
RequestTime = Annotated[
    str | None,
    typer.Option(
        "--at",
        show_default="now",
        help="The time of the request, such as 2026-11-30T18:00:00Z.",
    ),
]
DeviceType = Annotated[
    str, typer.Option("--device-type", help="The device of the request, such as `tv`.")
]
Locale = Annotated[str, typer.Option("--locale", help="Its locale, such as `en-GB`.")]
Country = Annotated[str, typer.Option("--country", help="Its country, such as `GB`.")]
Surface = Annotated[
    str, typer.Option("--surface", help="Where the titles are shown, such as `home`.")
]
AssetId = Annotated[str, typer.Option("--asset", help="The Mega Asset's id.")]
LayoutFile = Annotated[
    Path | None,
    typer.Option(
        "--layout", help="A layout policy, TOML; the default is 160/80/40 frames at 23.976."
    ),
]
SequenceName = Annotated[
    str | None,
    typer.Option(
        "--sequence", help="Which sequence, by name, number or id, if the file has several."
    ),
]
SarifFile = Annotated[
    Path | None, typer.Option("--sarif", help="Write the findings as SARIF 2.1.0 here.")
]
MarkersFile = Annotated[
    Path | None,
    typer.Option(
        "--markers", help="Write the sequence with its findings as coloured markers here."
    ),
]
PictureFile = Annotated[
    Path | None, typer.Option("--picture", help="Write a PNG of the timeline and findings here.")
]
MarkerList = Annotated[
    Path | None,
    typer.Option(
        "--markers-from",
        help="A list of the sequence's markers, used in place of its own: Premiere's CSV or"
        " DaVinci Resolve's EDL of markers.",
    ),
]
FixedFile = Annotated[
    Path | None,
    typer.Option(
        "--fix",
        help="Write the sequence here with its markers mended, and nothing else changed. For an"
        " EDL: a list of markers, Premiere's if it ends in .csv, else DaVinci Resolve's.",
    ),
]
EdlRate = Annotated[
    str | None, typer.Option("--rate", help="The frame rate of an EDL, which does not contain it.")
]
StateFolder = Annotated[
    Path | None,
    typer.Option(
        "--state",
        envvar="SIZZLE_STATE",
        show_default="a folder in the user's data directory",
        help="The folder of the service's state: API keys and the secret that seals reel ids.",
    ),
]

DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database",
        envvar="SIZZLE_DATABASE",
        show_default="sizzle.db in the state folder",
        help="The database: postgresql://user:password@host/name, or sqlite:///path.",
    ),
]

DEFAULT_LOCATION = "catalog"
DEFAULT_MODEL = Path("ranker.pt")
DEFAULT_CADENCE = cadence.DEFAULT.name
MAX_SEED = cadence.MAX_SEED


def read_signals(path: Path | None) -> SignalPolicy | None:
    """The policy of a file; None without a file. Raises ConfigError."""
    from ranker import SignalPolicy

    return None if path is None else SignalPolicy.read(path)


def treatments_with(named: str | None, path: Path | None) -> Treatments:
    """The treatments of a file.

    Raises:
        InputError: the file is absent or malformed, or does not have the one that is named.
    """
    from sizzle.reel.experiment import HELD_OUT
    from sizzle.reel.treatments import NO_TREATMENTS
    from sizzle.treatments_file import read_treatments

    treatments = NO_TREATMENTS if path is None else read_treatments(path)
    if named is not None and named not in {*treatments.names, HELD_OUT}:
        known = ", ".join(sorted(treatments.names)) or "none"
        raise InputError(
            f"--treatment {named[:60]!r} is not in the file of treatments.",
            fix=f"name one of those in it ({known}), or give the file with --treatments.",
        )
    return treatments


def member_request(
    member_id: str, at: str | None, device_type: str, locale: str, country: str, surface: str
) -> RequestContext:
    """A member's request, as the service would rank it at that time, or now.

    Raises:
        InputError: `at` is not a time.
    """
    from ranker import RequestContext
    from sizzle.reel.ranking_time import ranking_time

    moment = time.time() if at is None else request_time(at)
    return RequestContext(ranking_time(member_id, moment), device_type, locale, country, surface)


def request_time(at: str) -> int:
    """A time in seconds since 1970. Raises InputError: not a time with its zone since then."""
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        moment = datetime.min
    if moment.tzinfo is None or moment.timestamp() < 0:
        raise InputError(
            f"--at {at[:60]!r} is not a time since 1970 with its zone.",
            fix="write it as 2026-11-30T18:00:00Z.",
        )
    return int(moment.timestamp())


def read_layout(path: Path | None) -> Layout:
    """The layout of a policy file, or the default one.

    Raises:
        PolicyError: the file is absent or malformed.
    """
    from sizzle.layout import DEFAULT, Layout

    if path is None:
        return DEFAULT
    try:
        layout = Layout.parse(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(
            f"The layout cannot be read: {error}.", where=str(path), fix="check the path."
        ) from error
    if not layout.naming.sheet_file:
        return layout
    from sizzle.ingest import read_clip_sheet

    return layout.with_sheet(read_clip_sheet(path.parent / layout.naming.sheet_file))


def open_database(url: str | None, state: Path | None, *, upgrade: bool = True) -> Database:
    """The database that the options name.

    Args:
        url: the option `--database`.
        state: the option `--state`.
        upgrade: whether to bring its tables up to date first.

    Raises:
        InputError: the address is not that of a database.
        DatabaseUnavailableError: it cannot be reached.
    """
    from sizzle.database import Database, database_url
    from sizzle.state_folder import state_folder

    database = Database(database_url(state_folder(state), url))
    if upgrade:
        database.upgrade()
    return database


def open_keys(url: str | None, state: Path | None) -> KeyStore:
    """The API keys of the installation that the options name. Raises as `open_database`."""
    from sizzle.api.auth.key_store import key_store
    from sizzle.state_folder import state_folder

    return key_store(open_database(url, state, upgrade=False), state_folder(state))


def open_event_log(url: str | None, state: Path | None) -> EventLog:
    """The log of events that the options name. Raises as `open_database`."""
    from sizzle.eventlog import MEMBER_KEY, EventLog
    from sizzle.secret import VARIABLE, derived, installation_secret
    from sizzle.state_folder import state_folder

    secret = installation_secret(state_folder(state), os.environ.get(VARIABLE))
    return EventLog(open_database(url, state), derived(secret, MEMBER_KEY))


def secret_of(state: Path | None) -> bytes:
    """The installation's secret. Raises InputError: it cannot be read."""
    from sizzle.secret import VARIABLE, installation_secret
    from sizzle.state_folder import state_folder

    return installation_secret(state_folder(state), os.environ.get(VARIABLE))


def address_hash(state: Path | None) -> AddressHash:
    """What names addresses without telling them. Raises as `secret_of`."""
    from sizzle.outbox.address_hash import ADDRESS_KEY, AddressHash
    from sizzle.secret import derived

    return AddressHash(derived(secret_of(state), ADDRESS_KEY))


def open_members(url: str | None, state: Path | None) -> Members:
    """The members of the database that the options name. Raises as `open_database`."""
    from sizzle.outbox.members import Members

    return Members(open_database(url, state), address_hash(state))
