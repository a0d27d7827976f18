"""The command for figures of engagement."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say
from sizzle.errors import InputError

if TYPE_CHECKING:
    from sizzle.engagement.report import ComparisonRow, ReelCounts, ReelReport, Report

_SHOWN = 20  # titles of the table; the other forms have all
_MEASURES = {
    "started": "started",
    "completed": "completed",
    "title_started": "started a title",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(metrics)


def metrics(
    asset: Annotated[str | None, typer.Option(help="Only reels of this Mega Asset.")] = None,
    cadence: Annotated[str | None, typer.Option(help="Only reels of this cadence.")] = None,
    treatment: Annotated[
        str | None, typer.Option(help="Only reels of this treatment; '' for those without one.")
    ] = None,
    reel: Annotated[str | None, typer.Option(help="Only reels with this id.")] = None,
    start: Annotated[
        str | None, typer.Option("--from", help="A date, from its midnight, or a time.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", help="The same; it is not part of the period.")
    ] = None,
    zone: Annotated[str, typer.Option(help="The time zone of dates: Europe/Paris.")] = "UTC",
    campaign: Annotated[
        str | None, typer.Option(help="Only messages of this campaign or journey.")
    ] = None,
    activity: Annotated[str | None, typer.Option(help="Only messages of this activity.")] = None,
    baseline: Annotated[
        str | None, typer.Option(help="The treatment that others are compared with.")
    ] = None,
    weights: Annotated[
        str | None, typer.Option(help="The planned shares of treatments: a=1,b=1.")
    ] = None,
    treatments: Annotated[
        Path | None,
        typer.Option(
            envvar="SIZZLE_TREATMENTS", help="The file whose experiment has the planned shares."
        ),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Write the retention curves here: an .svg file.")
    ] = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, for spreadsheets.")] = False,
    as_json: Json = False,
) -> None:
    """What was shown and seen: by asset, cadence, treatment, title and cut; and messages.

    Reels are counted by when they were shown, with all that has become of them by now.

    Example: `sizzle metrics --asset demo --from 2026-11-01 --to 2026-12-01 --zone Europe/Paris`
    """
    from sizzle.engagement.period import Period
    from sizzle.engagement.table import to_csv
    from sizzle.eventlog.engagement import EngagementLog, Filters
    from sizzle.eventlog.engagement_report import parse_weights, read_report

    if as_csv and as_json:
        raise InputError("Both --csv and --json were given.", fix="leave one of them out.")
    period = Period.parse(start, end, zone)
    filters = Filters(period, asset, cadence, treatment, reel, campaign, activity)
    planned = _planned(treatments) if weights is None else parse_weights(weights)
    store = options.open_database(database, state)
    report = read_report(EngagementLog(store), filters, zone, baseline, planned)
    store.close()
    if picture is not None:
        _draw(picture, report)
    if as_json:
        print_json(report.model_dump())
    elif as_csv:
        sys.stdout.write(to_csv(report))
    else:
        _print(report)


def _planned(treatments: Path | None) -> dict[str, float] | None:
    from sizzle.treatments_file import read_treatments

    return None if treatments is None else read_treatments(treatments).planned()


def _draw(path: Path, report: Report) -> None:
    from sizzle.charts import write_svg
    from sizzle.cli.retention_chart import retention_chart

    if report.reels is None:
        raise InputError("Messages have no retention curve.", fix="leave out --picture.")
    write_svg(path, retention_chart(report.reels.cuts))
    say(f"{path}: retention curves.")


def _print(report: Report) -> None:
    if report.reels is not None:
        _print_reels(report.reels)
    if report.messages:
        print_table(
            "Messages",
            ("source", "id", "activity", "treatment", "action", "events", "endpoints", "unknown"),
            (
                (
                    *map(_name, (row.source, row.source_id, row.activity_id, row.treatment_id)),
                    *(row.action, row.events, row.endpoints, row.unknown_endpoint),
                )
                for row in report.messages
            ),
        )
        if unknown := sum(row.unknown_endpoint for row in report.messages):
            say(
                f"{unknown} events came from endpoints that nobody registered: see that requests "
                "name endpoints by their ids, not by those of events."
            )
    elif report.reels is None:
        say("No event about such messages is recorded.")


def _print_reels(reels: ReelReport) -> None:
    if not reels.total.shown:
        say(
            "No reel was shown in this period, as far as the service records them: see "
            "SIZZLE_RECORD_EXPOSURES."
        )
    else:
        _print_counts(reels)
        _print_titles_and_cuts(reels)
    if reels.comparisons:
        _print_comparisons(reels.comparisons)
    if reels.sample_ratio is not None:
        say(("ATTENTION: " if reels.sample_ratio.broken else "") + reels.sample_ratio.finding)
    if reels.crossed:
        say(f"{reels.crossed} members were shown several treatments; their first one counts.")
    for reason, count in reels.unused_events.items():
        say(f"{count} events about reels are not counted: {reason.replace('_', ' ')}.")


def _print_comparisons(rows: list[ComparisonRow]) -> None:
    print_table(
        f"Treatments, compared with {_name(rows[0].baseline)}: shares of members, in points",
        ("treatment", "of its members", "of the others", "difference", "one look", "any time"),
        (
            (
                _name(row.treatment),
                f"{_percent(row.share)} of {row.members} {_MEASURES[row.measure]}",
                f"{_percent(row.baseline_share)} of {row.baseline_members}",
                "-" if row.difference is None else f"{100 * row.difference:+.1f}",
                _points(row.interval),
                _points(row.sequence),
            )
            for row in rows
        ),
    )
    for row in rows:
        say(row.finding)


def _print_counts(reels: ReelReport) -> None:
    rows: list[tuple[str, str, ReelCounts]] = [("all", "", reels.total)]
    rows += [("asset", row.asset_id, row) for row in reels.assets]
    rows += [("cadence", f"{row.asset_id}, {row.cadence}", row) for row in reels.cadences]
    rows += [("treatment", _name(row.treatment), row) for row in reels.treatments]
    print_table(
        "Reels",
        ("", "", "shown", "started", "completed", "left unseen", "title started", "seconds"),
        (
            (
                kind,
                name,
                row.shown,
                _of(row.started, row.started_share),
                _of(row.completed, row.completed_share),
                row.left_unstarted,
                _of(row.title_started, row.title_started_share),
                f"{row.seconds:.0f}",
            )
            for kind, name, row in rows
        ),
    )
    say("Started and title started (within 7 days) are shares of shown; completed, of started.")


def _print_titles_and_cuts(reels: ReelReport) -> None:
    print_table(
        "Titles",
        ("asset", "title", "shown", "seen", "started", "seconds"),
        (
            (
                row.asset_id,
                row.title_id,
                row.shown,
                _of(row.seen, row.seen_share),
                _of(row.started, row.started_share),
                f"{row.seconds:.0f}",
            )
            for row in reels.titles[:_SHOWN]
        ),
    )
    if (more := len(reels.titles) - _SHOWN) > 0:
        say(f"And {more} more titles: --csv and --json have all.")
    print_table(
        "Cuts, of reels that started",
        ("asset, cadence", "cut", "slot", "reached", "left there", "seconds"),
        (
            (
                f"{row.asset_id}, {row.cadence}",
                row.cut,
                row.slot,
                _of(row.reached, row.reached_share),
                _of(row.left, row.left_share),
                f"{row.seconds:.0f}",
            )
            for row in reels.cuts
        ),
    )


def _name(text: str) -> str:
    return text or "-"


def _of(count: int, share: float | None) -> str:
    return str(count) if share is None else f"{count} ({_percent(share)})"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _points(ends: Iterable[float]) -> str:
    """Differences in percentage points."""
    return " to ".join(f"{100 * end:+.1f}" for end in ends)
