"""`sizzle outreach report`: what a campaign, a journey or all outreach brought."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say
from sizzle.cli.outreach import outreach_app
from sizzle.cli.outreach.content_options import now_ms
from sizzle.errors import InputError

if TYPE_CHECKING:
    from sizzle.database import Database
    from sizzle.outreach.results.funnel import Funnel, FunnelRow
    from sizzle.outreach.results.lift import LiftRow
    from sizzle.outreach.results.report import OutreachReport

_MEASURES = {
    "plays": "played what is promoted",
    "minutes": "minutes of what is promoted",
    "all_minutes": "minutes of all titles",
}


@outreach_app.command()
def report(
    campaign: Annotated[
        str | None, typer.Argument(help="The id of a campaign or journey; or use --all.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All outreach, beside those held out of everything.")
    ] = False,
    quarter: Annotated[
        str | None, typer.Option(help="With --all: such as 2026-Q4; by default the present one.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Write the charts here: an .svg file.")
    ] = None,
    export: Annotated[
        str | None,
        typer.Option(help="Print each row of `sends` or `members` as CSV, instead of the report."),
    ] = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, for spreadsheets.")] = False,
    as_json: Json = False,
) -> None:
    """What was sent, what became of it, and how much more members watch than without.

    Exits with 1 if members are not shared out as planned, so that nothing can be compared.

    Example: `sizzle outreach report nocturne-premiere --picture premiere.svg`
    """
    _check(campaign, export, everything=everything, as_csv=as_csv, as_json=as_json)
    store = options.open_database(database, state)
    if export is not None:
        sys.stdout.writelines(_exported(store, campaign or "", export))
        store.close()
        return
    found = _read(store, campaign, quarter)
    store.close()
    if picture is not None:
        _draw(picture, found)
    if as_json:
        print_json(found.model_dump())
    elif as_csv:
        from sizzle.outreach.results.table import report_csv

        sys.stdout.writelines(report_csv(found))
    else:
        _print(found)
    if found.sample_ratio is not None and found.sample_ratio.broken:
        raise typer.Exit(1)


def _check(
    campaign: str | None, export: str | None, *, everything: bool, as_csv: bool, as_json: bool
) -> None:
    """Raises InputError: options that contradict each other."""
    if (campaign is None) != everything:
        raise InputError(
            "Name a campaign or journey, or give --all, and not both.",
            fix="see `sizzle outreach campaign status` for their ids.",
        )
    if as_csv and as_json:
        raise InputError("Both --csv and --json were given.", fix="leave one of them out.")
    if export not in (None, "sends", "members"):
        raise InputError(f"{export!r} cannot be exported.", fix="export `sends` or `members`.")
    if export is not None and (everything or as_json):
        raise InputError(
            "An export is CSV of one campaign or journey.", fix="leave out --all and --json."
        )


def _exported(store: Database, source_id: str, export: str) -> Iterable[str]:
    from sizzle.outbox.outreach_exports import export_csv

    return export_csv(store, source_id, export)


def _read(store: Database, campaign: str | None, quarter: str | None) -> OutreachReport:
    from sizzle.outbox.outreach_reports import OutreachReports
    from sizzle.sending.settings import SendingSettings

    reports = OutreachReports(store, SendingSettings.read().holdout)
    now = now_ms()
    return reports.of_all(now, quarter) if campaign is None else reports.of(campaign, now)


def _draw(path: Path, found: OutreachReport) -> None:
    from sizzle.charts import write_svg
    from sizzle.outreach_charts import report_picture

    write_svg(path, report_picture(found))
    say(f"{path}: charts.")


def _print(found: OutreachReport) -> None:
    _print_state(found)
    if found.total.sends:
        _print_sends(found)
    if found.lift:
        _print_lift(found.lift, found.ends, ended=found.ended)
    for text in found.cannot_tell:
        say(text)
    if found.sample_ratio is not None and found.sample_ratio.broken:
        typer.secho(f"ATTENTION: {found.sample_ratio.finding}", fg="red", bold=True, err=True)
    elif found.sample_ratio is not None:
        say(found.sample_ratio.finding)


def _print_state(found: OutreachReport) -> None:
    until = f", counted until {found.ends}" if found.ends else ""
    say(f"{found.source} {found.id}: {found.state or 'sending'}{until}.")
    if found.plan is not None:
        say(found.plan.finding)
    if found.assigned:
        print_table(
            "Members, as assigned",
            ("treatment", "members", "share", "played", "minutes"),
            (
                (row.treatment, row.members, _percent(row.share), row.players, f"{row.minutes:.0f}")
                for row in found.assigned
            ),
        )


def _print_sends(found: OutreachReport) -> None:
    groups: tuple[tuple[str, list[FunnelRow]], ...] = (
        ("treatment", found.treatments),
        ("channel", found.channels),
        ("language", found.languages),
        ("reason", found.reasons),
    )
    rows: list[tuple[str, str, Funnel]] = [("all", "", found.total)]
    rows += [(kind, row.name or "-", row) for kind, some in groups for row in some]
    print_table(
        "Messages",
        ("", "", "planned", "skipped", "sent", "delivered", "bounced", "unsubscribed"),
        (
            (
                *(kind, name, row.sends, row.skipped, row.sent),
                _of(row.delivered, row.sent),
                row.failed + row.bounced_hard + row.bounced_soft,
                _of(row.unsubscribed, row.sent),
            )
            for kind, name, row in rows
        ),
    )
    print_table(
        "What became of those sent",
        ("", "", "opened", "by people", "clicked", "reel played", "seconds", "started", "by view"),
        (
            (
                *(kind, name, _of(row.opened, row.sent), row.opened_by_people),
                _of(row.clicked_by_people, row.sent),
                _of(row.reel_played, row.sent),
                f"{row.reel_seconds:.0f}",
                _of(row.title_started, row.sent),
                row.started_by_view,
            )
            for kind, name, row in rows
        ),
    )
    if found.skipped:
        columns = ("state", "reason", "messages")
        rows_skipped = ((row.state, row.reason, row.sends) for row in found.skipped)
        print_table("Not sent, or not yet", columns, rows_skipped)


def _print_lift(rows: list[LiftRow], ends: str | None, *, ended: bool) -> None:
    print_table(
        "Lift: members as assigned, beside those held out",
        ("", "treatment", "of its members", "held out", "difference", "any time", "at the end"),
        (
            (
                _MEASURES[row.measure],
                row.treatment or "all",
                _value(row.measure, row.value),
                _value(row.measure, row.baseline),
                _difference(row.measure, row.difference),
                _ends(row.measure, row.sequence),
                _ends(row.measure, row.interval),
            )
            for row in rows
        ),
    )
    for row in rows:
        if not row.treatment:
            say(row.finding)
    if not ended and ends:
        say(f"The interval for one look is shown at the planned end, {ends}; until then, the one")
        say("that may be looked at any time decides.")


def _value(measure: str, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.2%}" if measure == "plays" else f"{value:.2f}"


def _difference(measure: str, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{100 * value:+.2f} points" if measure == "plays" else f"{value:+.2f}"


def _ends(measure: str, ends: tuple[float, float] | None) -> str:
    if ends is None:
        return "-"
    factor = 100 if measure == "plays" else 1
    return " to ".join(f"{factor * end:+.2f}" for end in ends)


def _of(count: int, whole: int) -> str:
    return f"{count} ({count / whole:.1%})" if whole else str(count)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
