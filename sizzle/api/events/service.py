"""What records events for the routes, and says how its database is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from sizzle.api.auth.rate_limit import RateLimiter
from sizzle.api.events.schema import EventResult
from sizzle.api.http.metrics import EVENTS
from sizzle.database import DatabaseUnavailableError
from sizzle.eventlog import Appended, EventLog
from sizzle.events import Batch, Event, EventTokens, Refusal
from sizzle.histories import ViewingStore
from sizzle.reloading import Reloadable

TOKEN_RATE: Final = 20.0
"""Requests a second with one token: a device sends far fewer."""

_REASONS = {
    Appended.CONFLICT: "An event of this id has other content; it stays as it is.",
    Appended.ERASED: "The member has been erased since.",
}


@dataclass(frozen=True, slots=True)
class EventService:
    """Records events, and reads them.

    Attributes:
        log: of events.
        tokens: reads devices' tokens.
        clock: seconds since 1970.
        limiter: of the requests with one token.
    """

    log: EventLog
    tokens: EventTokens
    clock: Callable[[], float]
    limiter: RateLimiter = field(default_factory=lambda: RateLimiter(TOKEN_RATE, 1.0))

    async def record(self, batch: Batch, raws: Sequence[bytes | msgspec.Raw]) -> list[EventResult]:
        """Record events; all that are not refused are durable afterwards.

        Raises:
            DatabaseUnavailableError: none of them was recorded.
            DatabaseFullError: none of them was recorded.
            BusyError: none of them was recorded.
        """
        read = [batch.read(raw) for raw in raws]
        events = [event for event in read if isinstance(event, Event)]
        outcomes = await self._append(events)
        appended = iter(outcomes)
        results = [
            _refused(item) if isinstance(item, Refusal) else _result(item, next(appended))
            for item in read
        ]
        for outcome in outcomes:
            EVENTS.labels(outcome.value).inc()
        if refused := len(read) - len(events):
            EVENTS.labels("refused").inc(refused)
        return results

    async def _append(self, events: Sequence[Event]) -> Sequence[Appended]:
        return await asyncio.wrap_future(self.log.submit(events)) if events else ()


class HistoryHealth(Reloadable[ViewingStore]):
    """Follows whether histories can be read from the log, and says why not."""

    def __str__(self) -> str:
        return "histories"

    def newest(self, current: ViewingStore) -> ViewingStore:
        """The same store. Raises DatabaseUnavailableError: members are ranked as last read."""
        if current.problem:
            raise DatabaseUnavailableError(current.problem)
        return current


class EventHealth(Reloadable[EventLog]):
    """Follows whether events can be recorded, and says why not."""

    def __str__(self) -> str:
        return "the log of events"

    def newest(self, current: EventLog) -> EventLog:
        """The same log. Raises SizzleError: its database cannot be used."""
        current.check()
        return current


def _result(event: Event, appended: Appended) -> EventResult:
    reason = _REASONS.get(appended)
    if appended is Appended.ERASED:
        return EventResult(id=event.event_id, status="refused", reason=reason)
    status: str = "accepted" if appended is Appended.ACCEPTED else "duplicate"
    return EventResult.model_validate({"id": event.event_id, "status": status, "reason": reason})


def _refused(refusal: Refusal) -> EventResult:
    return EventResult(id=refusal.event_id, status="refused", reason=refusal.reason)
