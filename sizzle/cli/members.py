"""Commands on what is kept of a member: show, erase."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say

if TYPE_CHECKING:
    from sizzle.eventlog import ErasedMember
    from sizzle.eventlog.exported_files import ErasedExports
    from sizzle.outbox.members import ErasedProfile

_app = typer.Typer(
    name="members", help="Show and erase what is kept of a member.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    app.add_typer(_app)


@_app.command()
def show(
    member_id: options.MemberId,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Show a member's profile, events by type and since when, endpoints, and journeys.

    Example: `sizzle members show member-ada`
    """
    from sizzle.events.event import time_text
    from sizzle.outbox import Endpoints
    from sizzle.outbox.journey_runs import runs_of_member
    from sizzle.outbox.member_rows import find_members

    store = options.open_database(database, state)
    log = options.open_event_log(database, state)
    summary = log.summary(member_id)
    endpoints = Endpoints(store, log.member_hash).of_member(member_id)
    with store.reading() as connection:
        known = find_members(connection, [member_id]).get(member_id)
        runs = runs_of_member(connection, member_id)
    log.close()
    store.close()
    profile = (
        {name: value for name, value in asdict(known.fields).items() if value} if known else {}
    )
    first, last = (
        None if each is None else time_text(each) for each in (summary.first, summary.last)
    )
    if as_json:
        print_json(
            {
                "profile": profile,
                "events": summary.events,
                "first": first,
                "last": last,
                "exposures": summary.exposures,
                "endpoints": [
                    {
                        "app": endpoint.app,
                        "id": endpoint.endpoint_id,
                        "channel": endpoint.fields.channel_type,
                        "address": endpoint.fields.address,
                    }
                    for endpoint in endpoints
                ],
                "journeys": [
                    {
                        "journey": run.journey_id,
                        "version": run.version,
                        "entered": time_text(run.entered),
                        "step": run.step,
                        "outcome": run.outcome or "",
                    }
                    for run in runs
                ],
            }
        )
        return
    for name, value in profile.items():
        say(f"{name}: {value}")
    print_table(f"Events of {member_id}", ("type", "events"), summary.events.items())
    if first is not None:
        say(f"From {first} to {last}.")
    if summary.exposures:
        say(f"{summary.exposures} reels were shown.")
    if endpoints:
        rows = (
            (
                endpoint.endpoint_id,
                endpoint.app,
                endpoint.fields.channel_type or "",
                endpoint.fields.address or "",
            )
            for endpoint in endpoints
        )
        print_table(f"Endpoints of {member_id}", ("endpoint", "app", "channel", "address"), rows)
    if runs:
        stands = [(one.journey_id, time_text(one.entered), one.outcome or one.step) for one in runs]
        print_table(f"Journeys of {member_id}", ("journey", "entered", "stands at"), stands)


@_app.command()
def erase(
    member_id: options.MemberId,
    histories: options.HistoriesFile = options.DEFAULT_HISTORIES,
    exported: Annotated[
        list[str] | None,
        typer.Option(
            "--exports",
            help="Another file, folder or object store with exported events. Those that "
            "`sizzle events export` wrote with this state folder are known.",
        ),
    ] = None,
    uploads: Annotated[
        str | None,
        typer.Option(
            envvar="SIZZLE_UPLOADS", help="Where the service keeps uploaded files, if elsewhere."
        ),
    ] = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Remove a member's profile, events, exposures, endpoints, and lines of viewing histories.

    The member also leaves all snapshots of segments, findings of imports and lists of audiences.
    An address that was opted out stays so: a hash of it is kept, from which it cannot be told.
    Exported files are rewritten; those that cannot be are named, and the command exits with 1.
    Events from before now are refused from then on. Models that were trained with them and backups
    are not changed: train again, and remove those.

    Example: `sizzle members erase member-ada --histories histories.jsonl`
    """
    from sizzle.eventlog.exported_files import erase_from_exports, exports
    from sizzle.outbox import Endpoints
    from sizzle.outreach_jobs import OutreachJobs, erase_from_jobs
    from sizzle.state_folder import state_folder

    store = options.open_database(database, state)
    log = options.open_event_log(database, state)
    endpoints = Endpoints(store, log.member_hash)
    of_member = endpoints.keys_of_member(member_id)
    locations = [*exports(state_folder(state)), *(exported or ())]
    files = erase_from_exports(locations, member_id, set(of_member))
    jobs = OutreachJobs.open(state_folder(state) / "outreach", store, uploads=uploads)
    changed = erase_from_jobs(jobs, member_id, [endpoint_id for _, endpoint_id in of_member])
    removed = log.erase(member_id, int(time.time() * 1000), of_member)
    members = options.open_members(database, state)
    profile = members.erase(member_id, int(time.time() * 1000))  # last, so that all can be repeated
    members.close()
    log.close()
    store.close()
    lines = _erase_lines(histories, member_id)
    if as_json:
        print_json(
            {
                "events": removed.events,
                "exposures": removed.exposures,
                "endpoints": profile.endpoints,
                "profiles": profile.profiles,
                "snapshots": profile.snapshots,
                "sends": profile.sends,
                "suppressed": profile.suppressed,
                "history_lines": lines,
                "jobs": changed,
                "exports": dict(files.rewritten),
                "unchanged": dict(files.unchanged),
            }
        )
    else:
        _say_erased(removed, profile, lines, histories, files)
    if files.unchanged:
        raise typer.Exit(1)


def _say_erased(
    removed: ErasedMember, profile: ErasedProfile, lines: int, histories: Path, files: ErasedExports
) -> None:
    say(
        f"Removed {removed.events} events, {removed.exposures} exposures and {profile.endpoints} "
        f"endpoints of the database, and {lines} lines of {histories}."
    )
    if profile.profiles or profile.snapshots or profile.sends:
        say(
            f"Removed the profile, {profile.sends} sends, and the member from "
            f"{profile.snapshots} snapshots of segments."
        )
    if profile.suppressed:
        say(f"Nothing will be sent to {profile.suppressed} addresses: hashes of them are kept.")
    for path, count in files.rewritten.items():
        say(f"Removed {count} events of {path}.")
    for location, reason in files.unchanged.items():
        say(f"NOT CHANGED, and may have the member's events: {location}: {reason}")
    say("Backups and models that were trained before are not changed.")


def _erase_lines(path: Path, member_id: str) -> int:
    """Rewrite a file of histories without a member. Returns how many lines were removed."""
    from sizzle.files import replacing

    if not path.exists():
        return 0
    removed = 0
    with replacing(path) as temporary, path.open("rb") as old, temporary.open("wb") as new:
        for line in old:
            if _member_of(line) == member_id:
                removed += 1
            else:
                new.write(line)
    return removed


def _member_of(line: bytes) -> object:
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return record.get("member_id") if isinstance(record, dict) else None
