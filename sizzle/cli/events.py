"""Commands on the log of events: import, export, conflicts, tail."""

from __future__ import annotations

import json
import sys
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say

if TYPE_CHECKING:
    from sizzle.eventlog.event_files import ReadEvent
    from sizzle.events import Event

_BATCH = 1000  # events of one commit
_SHOWN = 20  # refusals
_INTERVAL = 0.5  # seconds between looks for new events

_app = typer.Typer(
    name="events", help="Import, export, check and follow the log of events.", no_args_is_help=True
)

_After = Annotated[int, typer.Option(min=0, help="Only events after this cursor.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    app.add_typer(_app)


@_app.command("import")
def import_events(
    files: Annotated[
        list[Path], typer.Argument(help="JSON Lines or CSV, also with .gz, or Parquet.")
    ],
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Record events from files. Those that are recorded already are left as they are.

    Exits with 1 if events were refused; all others are recorded all the same.

    Example: `sizzle events import events.jsonl.gz`
    """
    from sizzle.eventlog.event_files import read_events

    log = options.open_event_log(database, state)
    counts = dict.fromkeys(("accepted", "duplicate", "conflict", "refused"), 0)
    for path in files:
        read = iter(read_events(path, int(time.time() * 1000)))
        while page := list(islice(read, _BATCH)):
            for outcome in log.append(_taken(page, counts)):
                counts["refused" if outcome == "erased" else outcome] += 1
    log.close()
    if as_json:
        print_json(counts)
    else:
        say(", ".join(f"{count} {name}" for name, count in counts.items()) + ".")
    if counts["refused"]:
        raise typer.Exit(1)


@_app.command()
def export(
    out: Annotated[
        str,
        typer.Argument(
            help="A .jsonl or .csv file, also with .gz; or, for Parquet by day, a folder or an "
            "object store's URL such as s3://bucket/events."
        ),
    ],
    after: _After = 0,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Write all events to a file, or to a folder or object store with a Parquet file for each day.

    The state folder remembers where to, so that `sizzle members erase` finds those files. The
    cursor that is printed continues an export with --after, in files of its own.

    Example: `sizzle events export events.jsonl.gz`
    """
    from sizzle.eventlog.event_export import export_events
    from sizzle.eventlog.exported_files import remember_export
    from sizzle.state_folder import state_folder

    log = options.open_event_log(database, state)
    remember_export(state_folder(state), out)  # first: what is half written has members too
    exported = export_events(out, log.read_all(after), after)
    log.close()
    if as_json:
        print_json({"out": out, "events": exported.events, "cursor": str(exported.cursor)})
    else:
        say(f"{out}: {exported.events} events, up to the cursor {exported.cursor}.")


@_app.command()
def conflicts(
    limit: Annotated[int, typer.Option(min=1, help="Events, at most.")] = 20,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Show events that were sent again under the same id with other content, most often first.

    The first one stays. A device or back end that reuses ids loses its later events.

    Example: `sizzle events conflicts`
    """
    log = options.open_event_log(database, state)
    found = log.conflicts(limit)
    log.close()
    columns = ("count", "id", "type", "app", "member", "endpoint")
    rows = [
        (count, event.event_id, event.type, event.app, event.member_id, event.endpoint_id)
        for event, count in found
    ]
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    elif rows:
        print_table("Sent again with other content", columns, rows)
    else:
        say("No event was sent again with other content.")


@_app.command()
def tail(
    after: _After = 0,
    follow: Annotated[bool, typer.Option(help="Wait for new events.")] = True,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
) -> None:
    """Print events as JSON Lines, each with its cursor, then those that come.

    Example: `sizzle events tail --after 1200`
    """
    from sizzle.events.records import to_record

    log = options.open_event_log(database, state)
    while True:
        for logged in log.read_all(after):
            after = logged.position
            record = {"cursor": str(after), **to_record(logged.event)}
            sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        if not follow:
            break
        time.sleep(_INTERVAL)
    log.close()


def _taken(page: list[ReadEvent], counts: dict[str, int]) -> list[Event]:
    """The events of a page; refusals are counted, and the first of them printed."""
    from sizzle.events import Refusal

    events = []
    for where, event in page:
        if not isinstance(event, Refusal):
            events.append(event)
            continue
        counts["refused"] += 1
        if counts["refused"] <= _SHOWN:
            say(f"{where}: {event.reason}")
    return events
