"""`sizzle outreach journey`: what members go through, tried out before it starts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, say
from sizzle.cli.outreach import outreach_app
from sizzle.cli.outreach.content_options import By, now_ms, person, read_input, two_people
from sizzle.cli.outreach.journey_printing import (
    finding_json,
    list_journeys,
    print_findings,
    print_simulation,
    show_journey,
    simulation_json,
)

if TYPE_CHECKING:
    from sizzle.outbox.journey_rows import StoredJourney
    from sizzle.outbox.journeys import Journeys
    from sizzle.outreach.journeys.model import Journey

_app = typer.Typer(
    name="journey",
    help="Create, check, simulate, approve, start, pause, resume, close and watch journeys.",
    no_args_is_help=True,
)
outreach_app.add_typer(_app)

_JourneyId = Annotated[str, typer.Argument(help="The journey's id.")]
_File = Annotated[
    Path,
    typer.Argument(help="A journey, JSON: docs/journeys.md describes it.", dir_okay=False),
]
_Source = Annotated[
    str, typer.Argument(help="A file with a journey, or the id of one that is kept.")
]


@_app.command()
def create(
    file: _File,
    base: Annotated[
        int | None,
        typer.Option(
            "--base",
            min=0,
            help="The version that the file was made from: refused where there is a newer one.",
        ),
    ] = None,
    by: By = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Keep a journey, or a new version of it; runs go on in theirs.

    Example: `sizzle outreach journey create welcome.json`
    """
    from sizzle.outreach.journeys.reading import read_journey

    journey = read_journey(read_input(file, "journey"), str(file))
    journeys = _journeys(database, state)
    stored = journeys.save(journey, person(by), now_ms(), base)
    print_findings(journeys.check(journey, now_ms()))
    show_journey(journeys, stored, as_json=as_json)


@_app.command()
def check(
    source: _Source,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Check a journey, and what it names. Exits with 1 where it cannot be approved.

    Example: `sizzle outreach journey check welcome.json`
    """
    from sizzle.outreach.journeys.findings import refused
    from sizzle.outreach.journeys.reading import parse_journey

    journeys = _journeys(database, state)
    path = Path(source)
    journey, findings = (
        parse_journey(read_input(path, "journey"))
        if path.is_file()
        else (journeys.version(source).journey, [])
    )
    if journey is not None:
        findings = journeys.check(journey, now_ms())
    if as_json:
        print_json([finding_json(finding) for finding in findings])
    else:
        print_findings(findings)
        say(f"{len(findings)} findings.")
    if refused(findings):
        raise typer.Exit(1)


@_app.command()
def schema() -> None:
    """Print the JSON schema of journeys, for editors that complete and check.

    Example: `sizzle outreach journey schema > journey.schema.json`
    """
    from sizzle.outreach.journeys.reading import journey_schema

    print_json(journey_schema())


@_app.command()
def simulate(
    source: _Source,
    members: Annotated[int, typer.Option(min=1, max=1_000_000)] = 10_000,
    days: Annotated[int, typer.Option(min=1, max=3660)] = 365,
    entries: Annotated[
        float, typer.Option(min=0, max=1000, help="How often a year a member would enter.")
    ] = 2.0,
    answers: Annotated[
        float,
        typer.Option(
            min=0, max=1, help="The chance that a member does what a step waits for or asks about."
        ),
    ] = 0.3,
    converts: Annotated[
        float, typer.Option(min=0, max=1, help="The chance of the goal after a message.")
    ] = 0.05,
    unsubscribes: Annotated[
        float, typer.Option(min=0, max=1, help="The chance of unsubscribing after a message.")
    ] = 0.003,
    in_segment: Annotated[
        float, typer.Option(min=0, max=1, help="The share in a segment that a step asks about.")
    ] = 0.5,
    seed: Annotated[int, typer.Option(help="Another one draws anew.")] = 0,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Try a journey out: how many messages would each member get, by its steps and the gate?

    Members are made up, in 24 time zones; quiet hours and caps are those that are set.

    Example: `sizzle outreach journey simulate welcome.json --entries 4`
    """
    from sizzle.outreach.journeys.simulate import simulate as try_out
    from sizzle.outreach.journeys.simulation import Assumptions
    from sizzle.sending.settings import SendingSettings

    journey = _sound_journey(source, database, state)
    settings = SendingSettings.read()
    assumed = Assumptions(
        members=members,
        days=days,
        entries=entries,
        answers=answers,
        converts=converts,
        unsubscribes=unsubscribes,
        in_segment=in_segment,
        seed=seed,
    )
    found = try_out(journey, settings.policy, assumed, now_ms(), held_out_of_all=settings.holdout)
    if as_json:
        print_json(simulation_json(found))
    else:
        print_simulation(found, members)


@_app.command()
def approve(
    journey: _JourneyId,
    version: Annotated[int, typer.Option("--version", min=1, help="The one that was looked at.")],
    by: By = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Approve a version as it is: members enter it from now on.

    Example: `sizzle outreach journey approve welcome --version 2 --by ben`
    """
    journeys = _journeys(database, state)
    both = two_people(database, state)
    stored = journeys.approve(journey, version, person(by), now_ms(), two_people=both)
    show_journey(journeys, stored, as_json=as_json)


@_app.command()
def start(
    journey: _JourneyId,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Let members enter, and the workers that run send.

    Example: `sizzle outreach journey start welcome`
    """
    _act(journey, "start", database, state, as_json=as_json)


@_app.command()
def pause(
    journey: _JourneyId,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Let nobody enter and no run go on until it is resumed; time goes on.

    Example: `sizzle outreach journey pause welcome`
    """
    _act(journey, "pause", database, state, as_json=as_json)


@_app.command()
def resume(
    journey: _JourneyId,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Let runs go on where they are.

    Example: `sizzle outreach journey resume welcome`
    """
    _act(journey, "resume", database, state, as_json=as_json)


@_app.command()
def close(
    journey: _JourneyId,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """End a journey for good: all runs end, and what was not sent is skipped.

    Example: `sizzle outreach journey close welcome`
    """
    _act(journey, "close", database, state, as_json=as_json)


@_app.command()
def show(
    journey: Annotated[
        str | None, typer.Argument(help="The journey's id; without it, all are listed.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", help="Draw it to this SVG file.", dir_okay=False)
    ] = None,
    version: Annotated[
        int | None, typer.Option("--version", min=1, help="Of the picture and the table.")
    ] = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Show journeys, or one with how many members stand where, and how runs have ended.

    Example: `sizzle outreach journey show welcome --picture welcome.svg`
    """
    journeys = _journeys(database, state)
    if journey is None:
        list_journeys(journeys.page(limit=1000), as_json=as_json)
        return
    stored = journeys.get(journey)
    if picture is not None:
        _draw(journeys, stored, version, picture)
    show_journey(journeys, stored, as_json=as_json, version=version)


def _draw(journeys: Journeys, stored: StoredJourney, version: int | None, path: Path) -> None:
    from sizzle.files import write_text
    from sizzle.outbox.journey_rows import outcomes_of, standing_of
    from sizzle.outreach.journeys.picture import picture

    shown = version or stored.version or stored.newest
    counts = journeys.counts(stored.journey_id)
    of = journeys.version(stored.journey_id, shown).journey
    standing, outcomes = standing_of(counts, shown), outcomes_of(counts, shown)
    write_text(path, picture(of, standing, outcomes, on_white=True))
    say(f"Drawn: {path}")


def _act(
    journey_id: str, action: str, database: str | None, state: Path | None, *, as_json: bool
) -> None:
    from sizzle.outreach.journeys.states import JourneyAction

    journeys = _journeys(database, state)
    show_journey(
        journeys, journeys.act(journey_id, JourneyAction(action), now_ms()), as_json=as_json
    )


def _sound_journey(source: str, database: str | None, state: Path | None) -> Journey:
    """A journey of a file or the database. Raises InvalidJourneyError: its checks have errors."""
    from sizzle.outreach.journeys.check import check_journey
    from sizzle.outreach.journeys.findings import refused
    from sizzle.outreach.journeys.reading import InvalidJourneyError, read_journey

    path = Path(source)
    if path.is_file():
        journey = read_journey(read_input(path, "journey"), source)
    else:
        journey = _journeys(database, state).version(source).journey
    findings = check_journey(journey, now_ms())
    if refused(findings):
        raise InvalidJourneyError(findings[0].message, where=source, fix=findings[0].fix)
    return journey


def _journeys(database: str | None, state: Path | None) -> Journeys:
    from sizzle.outbox.journeys import Journeys

    return Journeys(options.open_database(database, state))
