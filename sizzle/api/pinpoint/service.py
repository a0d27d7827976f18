"""Records Pinpoint's events and keeps its endpoints."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sizzle.api.auth.aws_credentials import AwsCredentials, EndpointGrant
from sizzle.api.http.invalid_request import InvalidRequestError
from sizzle.api.http.metrics import EVENTS, UNKNOWN_ENDPOINTS
from sizzle.api.pinpoint.items import ACCEPTED, Item, ItemResponse, read_item
from sizzle.api.pinpoint.wire import read_event
from sizzle.eventlog import Appended, EventLog
from sizzle.events import MAX_EVENTS, Batch, Event, Refusal
from sizzle.outbox import (
    Apps,
    Endpoint,
    EndpointFields,
    Endpoints,
    EndpointUpdate,
    InvalidEndpointError,
)

_UNKNOWN: Final = "Accepted. No endpoint of this id is registered: is it the id of an event?"
_MESSAGES: Final = {
    Appended.CONFLICT: "Accepted. An event of this id has other content; it stays as it is.",
    Appended.ERASED: "The member has been erased since.",
}


@dataclass(frozen=True, slots=True)
class PinpointService:
    """What the routes do.

    Attributes:
        log: of events.
        endpoints: that events are of.
        apps: that they belong to.
        credentials: with which clients sign.
        clock: seconds since 1970.
    """

    log: EventLog
    endpoints: Endpoints
    apps: Apps
    credentials: AwsCredentials
    clock: Callable[[], float]

    @property
    def now(self) -> int:
        """Milliseconds since 1970."""
        return int(self.clock() * 1000)

    async def put_events(
        self, app: str, batch_item: Mapping[str, Any], grant: EndpointGrant | None
    ) -> dict[str, Any]:
        """Record events and update their endpoints; all that is accepted is durable afterwards.

        Returns:
            What came of each, by endpoint and event.

        Raises:
            InvalidRequestError: more events than a request may have.
            SizzleError: nothing was recorded, as the database is away or full.
        """
        items = {
            endpoint_id: read_item(endpoint_id, value, grant)
            for endpoint_id, value in batch_item.items()
        }
        count = sum(len(item.events) for item in items.values())
        if max(count, len(items)) > MAX_EVENTS:
            raise InvalidRequestError(
                f"The request has {count} events of {len(items)} endpoints.",
                fix=f"send at most {MAX_EVENTS} of each.",
            )
        known = await self._registered(app, items)
        events = self._events(app, items, known, grant)
        outcomes = await asyncio.wrap_future(self.log.submit(events)) if events else ()
        _note_outcomes(items, events, outcomes)
        _count(items, known, outcomes, events)
        return {
            endpoint_id: {
                "EndpointItemResponse": _endpoint_answer(item, endpoint_id in known).wire,
                "EventsItemResponse": {
                    key: response.wire for key, response in item.answers.items()
                },
            }
            for endpoint_id, item in items.items()
        }

    async def update(
        self, app: str, updates: Mapping[str, EndpointFields]
    ) -> dict[str, Endpoint | InvalidEndpointError]:
        """Create or update endpoints, durably; what changes nothing costs no commit.

        Raises:
            SizzleError: none was updated, as the database is away or full.
        """
        return (await self._updated(app, updates, create=True))[1]

    async def _registered(self, app: str, items: Mapping[str, Item]) -> dict[str, str]:
        """Update the endpoints of a request.

        Returns:
            The member, or nothing, of each endpoint that was ever registered.
        """
        updates = {
            endpoint_id: item.fields for endpoint_id, item in items.items() if not item.refused
        }
        stored, updated = await self._updated(app, updates, create=False)
        for endpoint_id, outcome in updated.items():
            if isinstance(outcome, Endpoint):
                stored[endpoint_id] = outcome
            else:
                items[endpoint_id].refusal = outcome.what
        return {endpoint_id: endpoint.member_id for endpoint_id, endpoint in stored.items()}

    async def _updated(
        self, app: str, updates: Mapping[str, EndpointFields], *, create: bool
    ) -> tuple[dict[str, Endpoint], dict[str, Endpoint | InvalidEndpointError]]:
        """What was stored before, and what came of the updates that change it.

        Args:
            app: the application.
            updates: by the endpoints' ids.
            create: whether an update that says nothing makes an endpoint.
        """
        now = self.now
        stored = await asyncio.to_thread(self._stored, app, updates, now)
        changing = [
            EndpointUpdate(app, endpoint_id, fields, now)
            for endpoint_id, fields in updates.items()
            if _changes(stored.get(endpoint_id), fields, create=create)
        ]
        if not changing:
            return stored, {}
        outcomes = await asyncio.wrap_future(self.endpoints.submit(changing))
        ids = (update.endpoint_id for update in changing)
        return stored, dict(zip(ids, outcomes, strict=True))

    def _stored(self, app: str, ids: Mapping[str, object], now: int) -> dict[str, Endpoint]:
        if not ids:
            return {}
        self.apps.note(app, now)
        return self.endpoints.find(app, ids)

    def _events(
        self,
        app: str,
        items: Mapping[str, Item],
        known: Mapping[str, str],
        grant: EndpointGrant | None,
    ) -> list[Event]:
        """The events to record; refusals are noted in their items."""
        batch = Batch(received=self.now, app=app, clock_fix="")
        events = []
        for endpoint_id, item in items.items():
            member_id = (grant.member_id if grant else "") or known.get(endpoint_id, "")
            for event_id, value in item.events.items():
                if item.refused:
                    item.answers[event_id] = ItemResponse(400, item.refusal)
                    continue
                event = read_event(event_id, value, endpoint_id, member_id, batch)
                if isinstance(event, Refusal):
                    item.answers[event_id] = ItemResponse(400, event.reason)
                else:
                    events.append(event)
        return events


def _changes(stored: Endpoint | None, fields: EndpointFields, *, create: bool) -> bool:
    if stored is None or stored.deleted is not None:
        return create or fields != EndpointFields()
    return stored.fields.updated(fields) != stored.fields


def _note_outcomes(
    items: Mapping[str, Item], events: Sequence[Event], outcomes: Sequence[Appended]
) -> None:
    for event, outcome in zip(events, outcomes, strict=True):
        status = 400 if outcome is Appended.ERASED else 202
        answer = ItemResponse(status, _MESSAGES.get(outcome, ACCEPTED))
        items[event.endpoint_id].answers[event.event_id] = answer


def _endpoint_answer(item: Item, known: bool) -> ItemResponse:
    if item.refusal:
        return ItemResponse(400, item.refusal)
    return ItemResponse(202, ACCEPTED if known else _UNKNOWN)


def _count(
    items: Mapping[str, Item],
    known: Mapping[str, str],
    outcomes: Sequence[Appended],
    events: Sequence[Event],
) -> None:
    accepted = outcomes.count(Appended.ACCEPTED)
    answers = [answer for item in items.values() for answer in item.answers.values()]
    refused = sum(answer.status == 400 for answer in answers)
    EVENTS.labels("accepted").inc(accepted)
    EVENTS.labels("refused").inc(refused)
    EVENTS.labels("duplicate").inc(len(answers) - accepted - refused)
    pairs = zip(events, outcomes, strict=True)
    UNKNOWN_ENDPOINTS.inc(
        sum(
            outcome is Appended.ACCEPTED and event.endpoint_id not in known
            for event, outcome in pairs
        )
    )
