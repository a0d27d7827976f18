"""What is kept of a message, so that it can be shown again byte for byte.

The words are kept as they were filled in, as lines, facts and names change; the reel is found by
its id, and the addresses are made again from the installation's secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Any

import msgspec

from sizzle.errors import InputError
from sizzle.links.addresses import still_address
from sizzle.outreach.content.compose import message_of
from sizzle.outreach.content.messages import Message
from sizzle.outreach.content.parts import (
    Destination,
    MessageReel,
    ReelTitle,
    SendContext,
    Sender,
    SendLinks,
    Still,
)
from sizzle.outreach.content.texts import FilledLine
from sizzle.outreach.vocabulary import Channel


class RecordedTitle(msgspec.Struct, frozen=True, array_like=True):
    """A title of a reel, and its stills' names by width; none where it had no still."""

    title_id: str
    name: str
    stills: dict[int, str]


class RecordedReel(msgspec.Struct, frozen=True):
    """A reel as a message showed it; its id and versions are the send's.

    Attributes:
        asset_id: of the Mega Asset.
        titles: in their order.
        shape: width and height of the stills.
        seconds: how long it lasts.
    """

    asset_id: str
    titles: tuple[RecordedTitle, ...]
    shape: tuple[int, int]
    seconds: float


class MessageRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that a message was made of, but for its line, its send and the secret.

    Attributes:
        address: where it went.
        base: the address of the service in its links.
        digest: of the message, to see whether it is shown again as it was.
        reel: as the message showed it; None where it showed none.
        sender: as `Sender`, but for what is empty or as always.
    """

    language: str
    subject: str
    text: str
    address: str
    base: str
    digest: str
    sender: dict[str, Any]
    reason: str = ""
    treatment_id: str = ""
    journey_id: str = ""
    run_id: str = ""
    reel: RecordedReel | None = None


def record_of(
    text: FilledLine,
    to: Destination,
    send: SendContext,
    reel: MessageReel | None,
    base: str,
    sender: Sender,
    message: Message,
) -> dict[str, Any]:
    """The record of a message, as JSON has it."""
    record = MessageRecord(
        language=text.language,
        subject=text.subject,
        text=text.text,
        address=to.address,
        base=base,
        digest=message_digest(message),
        sender=_sender(sender),
        reason=send.reason,
        treatment_id=send.treatment_id,
        journey_id=send.journey_id,
        run_id=send.run_id,
        reel=None if reel is None else _record_of_reel(reel, base),
    )
    found: dict[str, Any] = msgspec.to_builtins(record, str_keys=True)
    return found


def read_record(record: object) -> MessageRecord:
    """Read a record. Raises InputError: it is none, or of another version of the program."""
    try:
        return msgspec.convert(record, MessageRecord, strict=False)
    except (msgspec.ValidationError, TypeError) as error:
        raise InputError(
            f"What was sent is not kept in a known form: {error}.",
            fix="show it with the version of the program that sent it.",
        ) from error


def recorded_message(
    record: MessageRecord, channel: Channel, send: SendContext, links: SendLinks
) -> Message:
    """The message of a record.

    Args:
        record: of it.
        channel: that it went over.
        send: which it was composed for.
        links: of the send, under the record's `base`.
    """
    return message_of(
        FilledLine(record.language, record.subject, record.text),
        Destination(channel, record.address),
        send,
        recorded_reel(record),
        links,
        Sender(**{"name": "", **record.sender}),
    )


def recorded_reel(record: MessageRecord) -> MessageReel | None:
    """The reel as the message showed it, with empty versions and an empty id."""
    reel = record.reel
    if reel is None:
        return None
    titles = tuple(
        ReelTitle(title.title_id, title.name, _still(title.stills, reel.shape, record.base))
        for title in reel.titles
    )
    return MessageReel("", reel.asset_id, "", "", titles, titles[0].still, reel.seconds)


def message_digest(message: Message) -> str:
    """SHA-256 of all that a message says, in hexadecimal; the date of a mail is no part of it."""
    return sha256(msgspec.json.encode(asdict(message), order="deterministic")).hexdigest()


def _record_of_reel(reel: MessageReel, base: str) -> RecordedReel:
    still = reel.still
    return RecordedReel(
        reel.asset_id,
        tuple(RecordedTitle(t.title_id, t.name, _names(t.still, base)) for t in reel.titles),
        (0, 0) if still is None else (still.width, still.height),
        reel.seconds,
    )


def _names(still: Still | None, base: str) -> dict[int, str]:
    before, after = f"{base}{still_address('|')}".split("|")
    addresses = {} if still is None else still.addresses
    return {
        width: address.removeprefix(before).removesuffix(after)
        for width, address in addresses.items()
    }


def _still(names: Mapping[int, str], shape: tuple[int, int], base: str) -> Still | None:
    if not names:
        return None
    addresses = {width: f"{base}{still_address(name)}" for width, name in names.items()}
    return Still(addresses, *shape)


def _sender(sender: Sender) -> dict[str, Any]:
    usual = asdict(Sender(""))
    return {name: value for name, value in asdict(sender).items() if value != usual[name]}
