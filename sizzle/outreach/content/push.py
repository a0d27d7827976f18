"""Notifications, for whichever push channel."""

from __future__ import annotations

import json

from sizzle.outreach.content.errors import ComposeError
from sizzle.outreach.content.messages import PushMessage
from sizzle.outreach.content.parts import Destination, MessageReel, SendContext, Sender, SendLinks
from sizzle.outreach.content.texts import FilledLine
from sizzle.outreach.vocabulary import Channel


def compose_push(
    text: FilledLine,
    to: Destination,
    send: SendContext,
    reel: MessageReel | None,
    links: SendLinks,
    sender: Sender,
) -> PushMessage:
    """A notification; without words it is silent, and only its data reaches the app.

    Raises:
        ComposeError: it has a title without a body.
    """
    if text.subject and not text.text:
        raise ComposeError("The notification has a title without a body.", fix="write its text.")
    silent = not text.text
    # A browser cannot open what only an app understands.
    link = links.reel if to.channel is Channel.WEB_PUSH else sender.app_link or links.reel
    image = reel.still.at_least(sender.image_width) if reel and reel.still else ""
    return PushMessage(
        send_id=send.send_id,
        channel=to.channel,
        address=to.address,
        title=text.subject,
        body=text.text,
        language=text.language,
        image="" if silent else image,
        link=link,
        sound="" if silent else sender.push_sound,
        silent=silent,
        data={
            **sender.extra_data,
            **_attribution(send),
            "pinpoint.deeplink": link,
            "send_id": send.send_id,
            **({"report": links.opened} if links.opened else {}),
        },
    )


def _attribution(send: SendContext) -> dict[str, str]:
    """Pinpoint's keys: apps copy them into the events that they record of a notification."""
    given = send.event_attributes
    if send.journey_id:
        return {"pinpoint": json.dumps({"journey": given}, separators=(",", ":"))}
    return {f"pinpoint.campaign.{name}": value for name, value in given.items()}
