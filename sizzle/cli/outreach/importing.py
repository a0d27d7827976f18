"""`sizzle outreach import`: members and endpoints from files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, say
from sizzle.cli.outreach import outreach_app
from sizzle.cli.outreach.content_options import now_ms
from sizzle.cli.progress import progress_bar

if TYPE_CHECKING:
    from sizzle.outbox.importing import ImportReport

_SHOWN = 20  # findings of a file that are printed


@outreach_app.command("import")
def import_members(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="CSV or JSON Lines, in our form or as Pinpoint exports it; .gz too.",
            exists=True,
            dir_okay=False,
        ),
    ],
    app: Annotated[
        str, typer.Option(help="The application that the endpoints belong to.")
    ] = "outreach",
    country: Annotated[
        str,
        typer.Option(
            "--country", help="Of telephone numbers without +, where a row names none: FR."
        ),
    ] = "",
    source: Annotated[
        str | None,
        typer.Option(
            help="Where consents in the files were given.", show_default="import and the file"
        ),
    ] = None,
    allow_erased: Annotated[
        bool, typer.Option("--allow-erased", help="Take members who were erased before.")
    ] = False,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Import members, their endpoints and consents. The same file again changes nothing.

    A row that cannot be used is refused by its number, and the others are kept; then the command
    exits with 1. An import that is stopped keeps what it has committed: run it again.

    Example: `sizzle outreach import members.csv --country FR`
    """
    from sizzle.outbox.importing import Importer, ImportOptions, ImportReport
    from sizzle.outreach.normalise import country_code

    log = options.open_event_log(database, state)
    store = options.open_database(database, state)
    importer = Importer(store, options.address_hash(state), log.member_hash, now_ms)
    country = country_code(country) if country else ""
    reports = {}
    for path in files:
        how = ImportOptions(app, country, source or f"import {path.name}", allow_erased)
        report = reports[str(path)] = ImportReport()
        try:
            with progress_bar(path.name, path.stat().st_size) as advance:
                importer.run(path, how, report, lambda done, _: advance(done))
        finally:
            _say(path, report)
    log.close()
    store.close()
    if as_json:
        print_json({name: report.to_json() for name, report in reports.items()})
    if any(report.refused for report in reports.values()):
        raise typer.Exit(1)


def _say(path: Path, report: ImportReport) -> None:
    for finding in report.findings[:_SHOWN]:
        say(f"{path.name}, {finding}")
    more = sum(report.by_rule.values()) - len(report.findings[:_SHOWN])
    if more:
        rules = ", ".join(f"{rule} {count}" for rule, count in sorted(report.by_rule.items()))
        say(f"{path.name}: {more} more findings; in all: {rules}.")
    say(f"{path.name}: {report.summary()}")
