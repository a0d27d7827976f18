"""`sizzle outreach show`: what a member was sent, as it was."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say
from sizzle.cli.outreach import outreach_app
from sizzle.errors import InputError, NotFoundError, SizzleError

if TYPE_CHECKING:
    from sizzle.outbox.sent_messages import SentMessage
    from sizzle.outreach.content.messages import Message
    from sizzle.outreach.content.record import MessageRecord
    from sizzle.reel import TimecodeList


@outreach_app.command()
def show(
    send: Annotated[str, typer.Argument(help="The send's id.")],
    out: Annotated[
        Path | None,
        typer.Option(help="A folder: the mail as .eml and .html, other messages as .json."),
    ] = None,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Show what a member was sent, byte for byte, the reel included.

    Exits with 1 if it cannot be shown as it was: another layout, another secret, or a reel whose
    version is not kept any more.

    Example: `sizzle outreach show 5e4d00aa --out shown`
    """
    from sizzle.cli.outreach.message_files import summary, write_message
    from sizzle.outbox.sent_messages import SentMessages
    from sizzle.outreach.content.record import message_digest, read_record

    sent = SentMessages(options.open_database(database, state)).find(send)
    if sent is None:
        raise NotFoundError(
            f"There is no send {send[:100]!r}.", fix="its member may have been erased since."
        )
    if not sent.record.get("digest"):
        raise InputError(
            f"The send is {sent.state}: no message was made.", fix="show it once it is sent."
        )
    record = read_record(sent.record)
    message = _message(sent, record, state)
    same, reel = message_digest(message) == record.digest, _reel(sent, catalog, state)
    at = datetime.fromtimestamp((sent.handed_over or 0) / 1000, UTC)
    files = [] if out is None else write_message(out, send, message, at)
    facts = {
        "send": send,
        "state": sent.state,
        "member": sent.member_id,
        "sent": at.isoformat(timespec="seconds"),
        **summary(message),
        "reason": record.reason,
        "digest": record.digest,
        "as it was": same,
        "reel": sent.reel_id,
        "reel can be replayed": reel is not None,
        "cuts": [] if reel is None else [cut.clip_key for cut in reel.cuts],
        "files": [str(path) for path in files],
    }
    _print(facts, as_json)
    if not same or (sent.reel_id and reel is None):
        raise typer.Exit(1)


def _message(sent: SentMessage, record: MessageRecord, state: Path | None) -> Message:
    from sizzle.outreach.content.record import recorded_message
    from sizzle.outreach.links import OutreachLinks
    from sizzle.secret import outreach_tokens

    links = OutreachLinks(record.base, outreach_tokens(options.secret_of(state))).of(
        sent.context.send_id,
        channel=sent.channel,
        address_hash=options.address_hash(state)(sent.channel, record.address),
        topic=sent.context.topic if sent.context.campaign_id or sent.context.journey_id else "",
    )
    return recorded_message(record, sent.channel, sent.context, links)


def _reel(sent: SentMessage, catalog: str, state: Path | None) -> TimecodeList | None:
    """The reel of the message; None where there is none, or it cannot be replayed."""
    from sizzle.catalog import Catalog
    from sizzle.reel.replay import ReplayedReels
    from sizzle.secret import reel_ids

    if not sent.reel_id:
        return None
    try:
        ids = reel_ids(options.secret_of(state))
        return ReplayedReels(ids, Catalog.open(catalog)).get(sent.reel_id)
    except SizzleError:
        return None


def _print(facts: dict[str, object], as_json: bool) -> None:
    if as_json:
        print_json(facts)
        return
    rows = (
        (name, ", ".join(value) if isinstance(value, list) else str(value))
        for name, value in facts.items()
        if value not in ("", [])
    )
    print_table("What was sent", ("what", "value"), rows)
    if not facts["as it was"]:
        say("It is not as it was: the layout or the installation's secret has changed since.")
