"""Text messages: the line and the link, and how many segments they are paid as."""

from __future__ import annotations

from typing import Final

from sizzle.outreach.content.errors import ComposeError
from sizzle.outreach.content.messages import SmsMessage
from sizzle.outreach.content.parts import Destination, MessageReel, SendContext, Sender, SendLinks
from sizzle.outreach.content.sms_segments import segments_of
from sizzle.outreach.content.texts import FilledLine

MAX_SEGMENTS: Final = 6
"""Of one message: what is longer is a mail."""


def compose_sms(
    text: FilledLine,
    to: Destination,
    send: SendContext,
    reel: MessageReel | None,
    links: SendLinks,
    sender: Sender,
) -> SmsMessage:
    """A text message; one that shows a reel ends with its link, unless the line has it already.

    Raises:
        ComposeError: it would be longer than `MAX_SEGMENTS`.
    """
    content = text.text
    if reel is not None and links.reel not in content:
        content = f"{content} {links.reel}"
    segments = segments_of(content).count
    if segments > MAX_SEGMENTS:
        raise ComposeError(
            f"The text message would be {segments} segments, of at most {MAX_SEGMENTS}.",
            fix="shorten the line.",
        )
    return SmsMessage(
        send_id=send.send_id,
        recipient=to.address,
        sender=sender.phone,
        text=content,
        language=text.language,
        segments=segments,
    )
