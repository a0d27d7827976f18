"""What came back about messages, however it came."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NoticeKind(StrEnum):
    """What happened."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    STOP = "stop"
    START = "start"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that happened to a message, or that whoever got it answered.

    Attributes:
        send_id: of the message, where it is named so.
        message_id: of the mail, with its angle brackets.
        reference: the transport's own id of the message.
        channel: Pinpoint's name of it, where an address is named.
        address: of whoever answered; empty where a message is named.
        permanent: whether a bounce is for good.
        detail: the other side's words.
    """

    kind: NoticeKind
    send_id: str = ""
    message_id: str = ""
    reference: str = ""
    channel: str = ""
    address: str = ""
    permanent: bool = False
    detail: str = ""
