"""Messages that are ready to be handed over, and what became of that."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sizzle.outreach.vocabulary import Channel


@dataclass(frozen=True, slots=True)
class MailMessage:
    """A mail. No field holds a line break but `text` and `html`.

    Attributes:
        message_id: with its angle brackets; the same for each try of one send.
        recipient: a mail address alone, as is `sender`.
        unsubscribe: the address of one-click unsubscription (RFC 8058); empty for transactional.
        unsubscribe_mail: a mail address that takes the same (RFC 2369); empty without one.
        sender_name: shown instead of its address.
    """

    send_id: str
    message_id: str
    recipient: str
    sender: str
    reply_to: str
    subject: str
    language: str
    text: str
    html: str
    unsubscribe: str = ""
    unsubscribe_mail: str = ""
    sender_name: str = ""


@dataclass(frozen=True, slots=True)
class SmsMessage:
    """A text message; `recipient` is in E.164, `segments` is how many it is paid as."""

    send_id: str
    recipient: str
    sender: str
    text: str
    language: str
    segments: int


@dataclass(frozen=True, slots=True)
class PushMessage:
    """A notification, for whichever push channel.

    Attributes:
        address: the device token, or a browser's subscription as JSON.
        data: what the app gets beside it, with Pinpoint's campaign keys.
        silent: only `data` is delivered; nothing is shown.
        valid_for: seconds, after which it is no longer worth delivering.
    """

    send_id: str
    channel: Channel
    address: str
    title: str
    body: str
    language: str
    image: str = ""
    link: str = ""
    sound: str = ""
    silent: bool = False
    valid_for: int = 24 * 60 * 60
    data: dict[str, str] = field(default_factory=dict)


Message = MailMessage | SmsMessage | PushMessage


class Handover(StrEnum):
    """What a transport said."""

    HANDED_OVER = "handed over"
    # Again later: `after` seconds where the transport named them.
    TEMPORARY = "temporary"
    # Never again to this endpoint.
    PERMANENT = "permanent"
    # Never this message, whatever the endpoint may take later.
    REFUSED = "refused"
    # The connection broke after all was sent: it may have arrived.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a handover ended.

    Attributes:
        transport_down: whether it is not about this message: the transport takes none just now.
        detail: what the transport answered, in its words, without the address.
        after: seconds to wait, where the transport named them.
        reference: the transport's own id of the message; empty without one.
    """

    handover: Handover
    detail: str = ""
    after: float | None = None
    reference: str = ""
    transport_down: bool = False
