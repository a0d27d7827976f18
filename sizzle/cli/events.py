"""Commands on the log of events: import, export, tail."""

from __future__ import annotations

import json
import sys
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, say

if TYPE_CHECKING:
    from sizzle.eventlog.event_files import ReadEvent
    from sizzle.events import Event

_BATCH = 1000  # events of one commit
_SHOWN = 20  # refusals
_INTERVAL = 0.5  # seconds between looks for new events

_app = typer.Typer(
    name="events", help="Import, export and follow the log of events.", no_args_is_help=True
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
        Path, typer.Argument(help="A .jsonl or .jsonl.gz file; or a folder, for Parquet by day.")
    ],
    after: _After = 0,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
) -> None:
    """Write all events to a file, or to a folder with a Parquet file for each day.

    Example: `sizzle events export events.jsonl.gz`
    """
    from sizzle.eventlog.event_files import write_events, write_parquet

    log = options.open_event_log(database, state)
    write = write_events if out.suffix else write_parquet
    count = write(out, log.read_all(after))
    log.close()
    say(f"{out}: {count} events.")


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
        for each in log.read_all(after):
            after = each.position
            record = {"cursor": str(after), **to_record(each.event)}
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
