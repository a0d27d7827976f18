"""Shards of events: the command that prepares them, and the commands that train on them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table
from sizzle.cli.progress import progress_bar
from sizzle.viewing_source import EventSource, cut_finder

if TYPE_CHECKING:
    from ranker.data.shard_files import ShardFiles
    from ranker.data.signals import SignalPolicy

DEFAULT_SOURCE: Final = EventSource(None, None, options.DEFAULT_LOCATION, None)
"""The state folder and catalog of an installation that sets neither."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(prepare)


def prepare(
    events: Annotated[
        str,
        typer.Argument(
            help="Viewing events: a file or a folder of Parquet, CSV or JSON Lines, the last two "
            "also with .gz, or an object store's URL."
        ),
    ],
    out: Annotated[Path, typer.Option(help="The folder of shards to write.")] = Path("shards"),
    signals: options.SignalsFile = None,
    state: options.StateFolder = None,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    viewing_policy: options.ViewingPolicyFile = None,
    as_json: Json = False,
) -> None:
    """Prepare viewing events of any size as shards of tokens, which `train` and `rank-batch` read.

    Columns or keys are member_id, title_id, at, and optionally seconds, action, device, locale,
    country and surface. Memory is bounded whatever the size. If the folder has the shards of these
    very files already, nothing is done.

    Parquet of `sizzle events export` is prepared by what counts as viewing.

    Example: `sizzle prepare days --out shards`

    Example: `sizzle prepare s3://bucket/events --out shards`
    """
    source = EventSource(None, state, catalog, viewing_policy)
    shards = prepare_with_progress(events, out, options.read_signals(signals), source)
    facts = {
        "shards": str(out),
        "events": shards.manifest.events,
        "tokens": shards.tokens,
        "members": shards.members,
        "files": len(shards),
        "data": shards.digest_with({}),
    }
    if as_json:
        print_json(facts)
    else:
        print_table("Prepared", ("what", "value"), facts.items())


def shards_of(
    location: Path | str,
    out: Path,
    signals: SignalPolicy | None,
    source: EventSource = DEFAULT_SOURCE,
    *,
    writes: bool = True,
) -> ShardFiles | None:
    """Prepared shards, or those of events that are too many for memory; None for few events.

    Args:
        location: of the events or shards.
        out: a file; beside it there is the folder of shards of its events.
        signals: by which events are prepared; None for the default.
        source: what is needed to tell what counts as viewing in an export of the log of events.
        writes: whether this process of its group prepares them, while all others wait.

    Raises:
        HistoryError: events or shards that are missing or malformed.
    """
    from ranker.data.load import has_columns
    from ranker.data.prepare import EVENTS_IN_A_SHARD, estimated_total
    from ranker.data.shard_files import ShardFiles, is_shard_folder
    from ranker.training.distributed import wait_for_group
    from sizzle.exported_viewings import is_export

    folder = Path(location)
    if not is_shard_folder(folder):
        if not has_columns(location):
            return None
        if estimated_total(location) <= EVENTS_IN_A_SHARD and not is_export(location):
            return None
        folder = out.with_name(f"{out.name}.shards")
        if writes:
            prepare_with_progress(location, folder, signals, source)
        wait_for_group()
    return ShardFiles(folder)


def prepare_with_progress(
    location: Path | str,
    out: Path,
    signals: SignalPolicy | None,
    source: EventSource = DEFAULT_SOURCE,
) -> ShardFiles:
    """Prepare events as shards.

    Raises:
        HistoryError: events that are missing or malformed, or a folder that cannot be written.
    """
    from ranker.data.prepare import prepare as prepare_events
    from ranker.data.signals import DEFAULT_POLICY
    from sizzle.exported_viewings import is_export, prepare_export
    from sizzle.viewing_policy_file import read_viewing_policy

    with progress_bar("Preparing the events", 100) as advance:

        def show(done: int, total: int) -> None:
            advance(100 * done // max(1, total))

        policy = signals or DEFAULT_POLICY
        if not is_export(location):
            return prepare_events(location, out, signals=policy, on_progress=show)
        viewing, cuts = read_viewing_policy(source.policy), cut_finder(source)
        now = int(time.time() * 1000)
        return prepare_export(location, out, policy, viewing, cuts, now, show)
