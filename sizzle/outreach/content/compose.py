"""From an approved line and a member to a message that is ready to be handed over (pure)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sizzle.outreach.content.errors import ComposeError
from sizzle.outreach.content.lines import Line
from sizzle.outreach.content.mail import compose_mail
from sizzle.outreach.content.messages import Message
from sizzle.outreach.content.parts import (
    Destination,
    MessageReel,
    SendContext,
    Sender,
    SendLinks,
)
from sizzle.outreach.content.push import compose_push
from sizzle.outreach.content.sms import compose_sms
from sizzle.outreach.content.texts import FilledLine, filled_line
from sizzle.outreach.vocabulary import PUSH_CHANNELS, Channel, MemberProfile, Promoted

_Composer = Callable[
    [FilledLine, Destination, SendContext, "MessageReel | None", SendLinks, Sender], Message
]


def compose(
    line: Line,
    member: MemberProfile,
    to: Destination,
    promoted: Promoted,
    send: SendContext,
    reel: MessageReel | None,
    links: SendLinks,
    sender: Sender,
) -> Message:
    """The message of one send. The same arguments always give the same message.

    Args:
        line: that is approved; whether it is, is the caller's to check.
        member: who gets it.
        to: where it goes.
        promoted: what the line is about; its facts fill the line's slots.
        send: which it is composed for.
        reel: the member's; None where the message shows none.
        links: of the send.
        sender: who sends.

    Raises:
        ComposeError: the line is of something else, for another channel or reason; a slot cannot
            be filled; or the message would lack what it must have.
    """
    _check(line, to, promoted, send)
    text = filled_line(line, member, promoted, reel, links)
    return message_of(text, to, send, reel, links, sender)


def message_of(
    text: FilledLine,
    to: Destination,
    send: SendContext,
    reel: MessageReel | None,
    links: SendLinks,
    sender: Sender,
) -> Message:
    """The message of words that are filled in already. Takes and raises as `compose`."""
    return _COMPOSERS[to.channel](text, to, send, reel, links, sender)


def _check(line: Line, to: Destination, promoted: Promoted, send: SendContext) -> None:
    if (line.kind, line.promoted_id) != (promoted.kind, promoted.id):
        raise ComposeError(
            f"The line is about {line.kind} {line.promoted_id}, not {promoted.kind} {promoted.id}."
        )
    same = line.channel == to.channel or {line.channel, to.channel} <= PUSH_CHANNELS
    if not same:
        raise ComposeError(f"The line is for {line.channel}, the endpoint is of {to.channel}.")
    if line.reason and line.reason != send.reason:
        raise ComposeError(
            f"The line gives the reason {line.reason!r}; the ranker's is {send.reason!r}.",
            fix="use a line of the same reason, or one that gives none.",
        )


_COMPOSERS: Final[Mapping[Channel, _Composer]] = {
    Channel.EMAIL: compose_mail,
    Channel.SMS: compose_sms,
    **dict.fromkeys(PUSH_CHANNELS, compose_push),
}
