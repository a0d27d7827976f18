"""`sizzle outreach segment`: rules that select members, previews, and snapshots."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say
from sizzle.cli.outreach import outreach_app
from sizzle.cli.outreach.content_options import By, now_ms, person
from sizzle.cli.progress import progress_bar
from sizzle.errors import InputError

if TYPE_CHECKING:
    from sizzle.database import Database
    from sizzle.outbox.segments import Preview, Segment
    from sizzle.outbox.snapshots import Snapshot
    from sizzle.outreach.segments.rule import Rule

_app = typer.Typer(
    name="segment", help="Say who is written to: rules, previews, snapshots.", no_args_is_help=True
)
outreach_app.add_typer(_app)

_SegmentId = Annotated[str, typer.Argument(help="The segment's id.")]
_SnapshotId = Annotated[str, typer.Argument(help="The snapshot's id.")]
_Limit = Annotated[int, typer.Option(min=1, max=10_000, help="How many members to show.")]


@_app.command()
def create(
    name: Annotated[str, typer.Argument(help="What people call it.")],
    rule: Annotated[
        Path | None,
        typer.Argument(help="Pinpoint's Dimensions or SegmentGroups, JSON.", dir_okay=False),
    ] = None,
    members: Annotated[
        Path | None,
        typer.Option("--members", help="A CSV of members' ids instead.", dir_okay=False),
    ] = None,
    segment_id: Annotated[
        str | None,
        typer.Option("--id", show_default="a new one", help="Of the segment; a known one changes."),
    ] = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Keep a segment. A rule that differs from the newest is a new version of it.

    Example: `sizzle outreach segment create ManagementOrRetired rule.json`

    Example: `sizzle outreach segment create friends --members friends.csv`
    """
    from uuid import uuid4

    from sizzle.outbox.segments import Segments
    from sizzle.outreach.segments.check import check_rule

    if (rule is None) is (members is None):
        raise InputError("Neither a rule nor a list was given.", fix="name one: RULE or --members.")
    store = options.open_database(database, state)
    segment_id = segment_id or uuid4().hex[:12]
    if members is not None:
        said = _kept_list(store, segment_id, members)
    else:
        assert rule is not None
        said = _rule_of(rule)
    segment = Segments(store).save(name, said, now_ms(), segment_id)
    store.close()
    for finding in check_rule(segment.rule):
        say(f"{finding.rule}: {finding.what} {finding.fix}")
    if as_json:
        print_json(_segment_json(segment))
    else:
        say(f"Segment {segment.segment_id}, version {segment.version}: {segment.name}.")


@_app.command("list")
def list_segments(
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """List the newest version of each segment.

    Example: `sizzle outreach segment list`
    """
    from sizzle.outbox.segments import Segments

    store = options.open_database(database, state)
    found = Segments(store).newest()
    store.close()
    if as_json:
        print_json([_segment_json(segment) for segment in found])
        return
    rows = ((one.segment_id, str(one.version), one.name) for one in found)
    print_table("Segments", ("segment", "version", "name"), rows)


@_app.command()
def show(
    segment_id: _SegmentId,
    version: Annotated[int | None, typer.Option(show_default="the newest", min=1)] = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
) -> None:
    """Print a segment's rule and its snapshots, as JSON.

    Example: `sizzle outreach segment show 3f2a9c0d1e4b`
    """
    from sizzle.outbox.segments import Segments
    from sizzle.outbox.snapshots import Snapshots

    store = options.open_database(database, state)
    segment = Segments(store).find(segment_id, version)
    taken = Snapshots(store).of_segment(segment_id)
    store.close()
    print_json({**_segment_json(segment), "snapshots": [_snapshot_json(one) for one in taken]})


@_app.command()
def preview(
    segment_id: _SegmentId,
    limit: _Limit = 20,
    after: Annotated[str, typer.Option(help="Begin after this member's id.")] = "",
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Show how many members a segment selects now, some of them, and why each is in.

    Exits with 1 where it selects nobody.

    Example: `sizzle outreach segment preview 3f2a9c0d1e4b`
    """
    from sizzle.outbox.segments import Segments

    store = options.open_database(database, state)
    segments = Segments(store)
    found = segments.preview(segments.find(segment_id), now_ms(), limit=limit, after=after)
    store.close()
    if as_json:
        print_json(asdict(found))
    else:
        _say_preview(found)
    if not found.count:
        raise typer.Exit(1)


@_app.command()
def snapshot(
    segment_id: _SegmentId,
    expected: Annotated[
        int | None,
        typer.Option("--expect", min=1, help="How many members its preview had; else refuse."),
    ] = None,
    promoted: Annotated[str, typer.Option(help="What it is about, such as title:nocturne.")] = "",
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Freeze whom a segment selects now: what is sent goes to these members, and no others.

    Example: `sizzle outreach segment snapshot 3f2a9c0d1e4b --expect 1204`
    """
    from sizzle.outbox.segments import Segments
    from sizzle.outbox.snapshots import Snapshots

    store = options.open_database(database, state)
    segment = Segments(store).find(segment_id)
    with progress_bar(segment.name) as advance:
        taken = Snapshots(store).take(
            segment, now_ms(), expected=expected, promoted=promoted, progress=advance
        )
    store.close()
    if as_json:
        print_json(_snapshot_json(taken))
    else:
        say(f"Snapshot {taken.snapshot_id}: {taken.count} members, digest {taken.digest[:16]}.")


@_app.command()
def approve(
    snapshot_id: _SnapshotId,
    by: By = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
) -> None:
    """Approve a snapshot: what was seen may be sent to.

    Example: `sizzle outreach segment approve 5d41402abc4b2a76`
    """
    from sizzle.outbox.snapshots import Snapshots

    store = options.open_database(database, state)
    approved = Snapshots(store).approve(snapshot_id, person(by), now_ms())
    store.close()
    say(f"{approved.count} members, approved by {approved.approved_by}.")


@_app.command()
def members(
    snapshot_id: _SnapshotId,
    limit: _Limit = 20,
    after: Annotated[int, typer.Option(min=0, help="Begin after this number.")] = 0,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Show members of a snapshot, and why each is in.

    Example: `sizzle outreach segment members 5d41402abc4b2a76 --limit 100`
    """
    from sizzle.outbox.snapshots import Snapshots

    store = options.open_database(database, state)
    snapshots = Snapshots(store)
    with store.reading() as connection:
        taken = snapshots.found(connection, snapshot_id)
        left = snapshots.left(connection, snapshot_id)
        found = snapshots.members(connection, snapshot_id, after=after, limit=limit)
    store.close()
    if as_json:
        listed = [one._asdict() for one in found]
        print_json({**_snapshot_json(taken), "erased_since": left, "members": listed})
        return
    rows = ((str(one.number), one.member_id, "; ".join(one.reasons)) for one in found)
    title = f"{taken.count} members" + (f", {left} erased since" if left else "")
    print_table(title, ("number", "member", "why"), rows)


def _kept_list(store: Database, segment_id: str, path: Path) -> Rule:
    """The rule of a list of ids, which is kept."""
    from sizzle.outbox.importing.id_list import read_ids
    from sizzle.outbox.snapshots import Snapshots
    from sizzle.outreach.segments.rule import Rule

    reason = f"in {path.name}"
    listed = Snapshots(store).keep_list(
        segment_id, ((one, [reason]) for one in read_ids(path)), now_ms()
    )
    if listed.unknown:
        some = ", ".join(listed.some_unknown)
        say(f"{listed.unknown} ids are of no member, and left out: {some}.")
    say(f"{listed.snapshot.count} members of {path.name} are in the list.")
    return Rule.read({"SnapshotId": listed.snapshot.snapshot_id})


def _rule_of(path: Path) -> Rule:
    """The rule of a file. Raises InputError or InvalidSegmentError."""
    from sizzle.outreach.segments.rule_text import read_rule_text

    try:
        text = path.read_text(encoding="utf-8-sig")  # as PowerShell writes it
    except (OSError, UnicodeError) as error:
        raise InputError(
            f"The rule cannot be read: {error}.", where=str(path), fix="name a file of JSON."
        ) from error
    return read_rule_text(text)


def _say_preview(found: Preview) -> None:
    reachable = ", ".join(f"{channel} {count}" for channel, count in found.reachable.items())
    say(f"{found.count} of {found.of} members; to be reached by: {reachable or 'no channel'}.")
    for finding in found.findings:
        say(f"{finding.rule}: {finding.what} {finding.fix}")
    rows = ((one.member_id, one.name, "; ".join(one.reasons)) for one in found.members)
    print_table(f"Segment {found.segment_id}", ("member", "name", "why"), rows)


def _segment_json(segment: Segment) -> dict[str, Any]:
    return {
        "id": segment.segment_id,
        "version": segment.version,
        "name": segment.name,
        "rule": json.loads(segment.rule.to_json()),
    }


def _snapshot_json(taken: Snapshot) -> dict[str, Any]:
    return {**asdict(taken), "id": taken.snapshot_id}
