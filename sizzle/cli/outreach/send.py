"""`sizzle outreach send` and `run`: workers that send; and what they leave to people."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, say
from sizzle.cli.outreach import outreach_app
from sizzle.cli.outreach.content_options import now_ms
from sizzle.errors import InputError

if TYPE_CHECKING:
    from sizzle.sending.worker import Totals, Worker

_Files = tuple[
    str, Path, Path | None, Path | None, Path | None, Path | None, Path | None, str | None
]
_Packages = Annotated[
    str | None,
    typer.Option(
        "--packages",
        envvar="SIZZLE_PACKAGES",
        help="The packaged assets, for stills: a folder, or the URL of an object store.",
    ),
]


@outreach_app.command()
def send(
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    model: options.ModelFile = options.DEFAULT_MODEL,
    histories: options.OptionalHistories = None,
    titles: options.TitlesFile = None,
    cadences: options.CadencesFile = None,
    treatments: options.TreatmentsFile = None,
    viewing_policy: options.ViewingPolicyFile = None,
    packages: _Packages = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Send what is due now, then end. Without settings, messages are written to a folder.

    Exits with 1 if it is unknown of messages whether they went out: `sizzle outreach settle`.

    Example: `sizzle outreach send`
    """
    files = (catalog, model, histories, titles, cadences, treatments, viewing_policy, packages)
    totals = _work(files, database, state, forever=False)
    _show(totals, as_json=as_json)


@outreach_app.command()
def run(
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    model: options.ModelFile = options.DEFAULT_MODEL,
    histories: options.OptionalHistories = None,
    titles: options.TitlesFile = None,
    cadences: options.CadencesFile = None,
    treatments: options.TreatmentsFile = None,
    viewing_policy: options.ViewingPolicyFile = None,
    packages: _Packages = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Send whatever becomes due, until it is told to end. Several may run on one database.

    Example: `sizzle outreach run`
    """
    files = (catalog, model, histories, titles, cadences, treatments, viewing_policy, packages)
    totals = _work(files, database, state, forever=True)
    _show(totals, as_json=as_json)


@outreach_app.command()
def settle(
    log: Annotated[
        Path,
        typer.Option("--log", help="The mail server's log: Postfix's, Exim's, or JSON Lines."),
    ],
    complete: Annotated[
        bool,
        typer.Option(
            "--complete",
            help="The log has every mail of that time: those that it does not have are sent again.",
        ),
    ] = False,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Find out by a mail server's log what became of messages that are unknown.

    Exits with 1 if some are still unknown.

    Example: `sizzle outreach settle --log /var/log/mail.log --complete`
    """
    from dataclasses import asdict

    from sizzle.outbox.sends import Sends
    from sizzle.outreach.inbound.mail_logs import read_mail_log
    from sizzle.sending.settle import settle as settle_sends

    store = options.open_database(database, state)
    try:
        with log.open(encoding="utf-8", errors="replace") as lines:
            now = now_ms()
            found = settle_sends(Sends(store), read_mail_log(lines), now, complete=complete)
    except OSError as error:
        raise InputError(
            f"The log cannot be read: {error.strerror}.", where=str(log), fix="check the path."
        ) from error
    finally:
        store.close()
    if as_json:
        print_json(asdict(found))
    else:
        say(
            f"{found.handed_over} went out, {found.permanent} came back, {found.planned} are sent "
            f"again, {found.unknown} are still unknown."
        )
    if found.unknown:
        raise typer.Exit(1)


@outreach_app.command()
def bounce(
    database: options.DatabaseUrl = None, state: options.StateFolder = None, as_json: Json = False
) -> None:
    """Read a bounce (RFC 3464) or complaint (RFC 5965) from standard input: a mail server's pipe.

    It becomes an event of the message. An address that does not exist, or complained, gets nothing
    more. A mail that is no report, or of no message of ours, changes nothing.

    Example: `sizzle outreach bounce < mail.eml`
    """
    from sizzle.cli.outreach.installation import open_recorder
    from sizzle.outreach.inbound.reports import MAX_REPORT, read_report

    notices = read_report(sys.stdin.buffer.read(MAX_REPORT))
    recorder = open_recorder(database, state)
    counts = recorder.record(notices)
    recorder.log.close()
    recorder.database.close()
    found = {name: counts[name] for name in ("recorded", "unknown")}
    if as_json:
        print_json(found)
    else:
        say(f"{found['recorded']} recorded, {found['unknown']} of no message that is known.")


@outreach_app.command("accept-store")
def accept_store(database: options.DatabaseUrl = None, state: options.StateFolder = None) -> None:
    """Send from this database from now on, though it may come from a backup.

    What a backup does not know of was sent all the same: such messages would go out again. See
    `sizzle outreach campaign status` first, and stop the campaigns that were sent since.

    Example: `sizzle outreach accept-store`
    """
    from sizzle.outbox.store_stamp import StoreStamp
    from sizzle.state_folder import state_folder

    store = options.open_database(database, state)
    StoreStamp(store, state_folder(state)).accept()
    store.close()
    say("Messages are sent from this database from now on.")


def _work(files: _Files, database: str | None, state: Path | None, *, forever: bool) -> Totals:
    from sizzle.cli.outreach.installation import open_installation, with_histories
    from sizzle.sending.open_worker import open_worker

    installation = open_installation(database, state)

    async def work(worker: Worker) -> Totals:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, worker.stop)
        return await worker.run(forever=forever)

    try:
        with with_histories(installation, *files) as filled:
            return asyncio.run(work(open_worker(filled)))
    finally:
        installation.database.close()


def _show(totals: Totals, *, as_json: bool) -> None:
    from sizzle.events.event import time_text
    from sizzle.outreach.vocabulary import SendState

    due = None if totals.next_due is None else time_text(totals.next_due)
    ended = {state.value: count for state, count in sorted(totals.ended.items())}
    recovered = {state.value: count for state, count in sorted(totals.recovered.items())}
    if as_json:
        print_json({"ended": ended, "recovered": recovered, "next_due": due})
    else:
        done = ", ".join(f"{count} {state}" for state, count in ended.items())
        say(f"{done or 'Nothing was due'}." + (f" The next is due at {due}." if due else ""))
        if recovered:
            also = ", ".join(f"{count} {state}" for state, count in recovered.items())
            say(f"Of workers that had ended: {also}.")
    if totals.ended[SendState.UNKNOWN] or totals.recovered[SendState.UNKNOWN]:
        raise typer.Exit(1)
