"""Records what happened to a message, without ever keeping its page from its reader."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from starlette.requests import Request

from sizzle.errors import SizzleError
from sizzle.eventlog import EventLog
from sizzle.events import Event
from sizzle.events.attribution import ACTIONS
from sizzle.outbox.sent_messages import SentMessage
from sizzle.outreach.fetches import RULE_VERSION, Fetch, label_of
from sizzle.outreach.vocabulary import Channel

_log = logging.getLogger(__name__)

_SOURCES: Final = {Channel.EMAIL: "_email", Channel.SMS: "_SMS"}
_PUSH: Final = "_push"


@dataclass(frozen=True, slots=True)
class MessageEvents:
    """Records events of messages.

    Attributes:
        log: of events.
        clock: seconds since 1970.
    """

    log: EventLog
    clock: Callable[[], float]

    async def record(
        self, sent: SentMessage, action: str, request: Request, *, once: bool = False
    ) -> None:
        """Record what happened, attributed to the send and labelled by who probably did it.

        Where it cannot be recorded, that is logged, and the page is shown all the same.

        Args:
            sent: the message.
            action: such as `click`; the event's type is that of Pinpoint, such as `_email.click`.
            request: that tells of it.
            once: whether it can happen to a message only once.
        """
        try:
            event = self._event(sent, action, request, once=once)
            await asyncio.wrap_future(self.log.submit([event]))
        except SizzleError as error:
            _log.warning("%s of a message was not recorded: %s", action, error)

    def _event(self, sent: SentMessage, action: str, request: Request, *, once: bool) -> Event:
        now = int(self.clock() * 1000)
        attributes = {**sent.context.event_attributes, "send_id": sent.context.send_id}
        if action not in ACTIONS:  # those a browser tells that has decrypted the message
            attributes |= _label(sent, request, now)
        return Event(
            app=sent.app,
            event_id=f"{action}-{sent.context.send_id}" if once else uuid4().hex,
            type=f"{_source(sent, action)}.{action}",
            member_id=sent.member_id,
            endpoint_id=sent.endpoint_id,
            reel_id=sent.reel_id,
            time=now,
            received=now,
            attributes=attributes,
        )


def _source(sent: SentMessage, action: str) -> str:
    """What the type begins with: of notifications as Pinpoint's apps name it."""
    if action in ACTIONS:
        return "_journey" if sent.context.journey_id else "_campaign"
    return _SOURCES.get(sent.channel, _PUSH)


def _label(sent: SentMessage, request: Request, now: int) -> dict[str, str]:
    """Who probably did it, by the rule of the present version."""
    age = None if sent.handed_over is None else (now - sent.handed_over) / 1000
    fetch = Fetch(request.method, {k.lower(): v for k, v in request.headers.items()}, age)
    return {"label": label_of(fetch), "label_rule": RULE_VERSION, "method": request.method}
