"""What is kept of a message, so that it can be shown again byte for byte.

The words are kept as they were filled in, as lines, facts and names change; the reel is found by
its id, and the addresses are made again from the installation's secret.
"""

from __future__ import annotations

from dataclasses import asdict
from hashlib import sha256
from typing import Any

import msgspec

from sizzle.errors import InputError
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


class MessageRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that a message was made of, but for its line, its send and the secret.

    Attributes:
        address: where it went.
        base: the address of the service in its links.
        digest: of the message, to see whether it is shown again as it was.
        reel: as the message showed it; None where it showed none.
        sender: as `Sender`.
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
    reel: dict[str, Any] | None = None

    @property
    def asset_id(self) -> str:
        """Of the reel; empty where there is none."""
        return str(self.reel["asset_id"]) if self.reel else ""


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
        sender=asdict(sender),
        reason=send.reason,
        treatment_id=send.treatment_id,
        journey_id=send.journey_id,
        run_id=send.run_id,
        reel=None if reel is None else asdict(reel),
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
        Sender(**record.sender),
    )


def recorded_reel(record: MessageRecord) -> MessageReel | None:
    """The reel as the message showed it."""
    if record.reel is None:
        return None
    titles = tuple(
        ReelTitle(title["title_id"], title["name"], _still(title["still"]))
        for title in record.reel["titles"]
    )
    return MessageReel(**{**record.reel, "titles": titles, "still": _still(record.reel["still"])})


def message_digest(message: Message) -> str:
    """SHA-256 of all that a message says, in hexadecimal; the date of a mail is no part of it."""
    return sha256(msgspec.json.encode(asdict(message), order="deterministic")).hexdigest()


def _still(still: dict[str, Any] | None) -> Still | None:
    if still is None:
        return None
    addresses = {int(width): address for width, address in still["addresses"].items()}
    return Still(addresses, still["width"], still["height"])
