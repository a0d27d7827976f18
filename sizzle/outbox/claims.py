"""Claiming sends and recording what became of them: the transactions of a worker that sends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from sizzle.database import Database
from sizzle.database.journey_tables import JOURNEYS
from sizzle.database.send_tables import CAMPAIGNS, SENDING_STORE, SENDS
from sizzle.events.event import canonical
from sizzle.outbox.campaigns import running
from sizzle.outbox.claim_records import Claimed, Claims, Composed, Ending, Judge
from sizzle.outbox.due_sends import due_sends, lock_members
from sizzle.outbox.endpoints import deactivate
from sizzle.outbox.journey_rows import journeys_in
from sizzle.outbox.sends import UNFINISHED, Send, send_of
from sizzle.outbox.transports import (
    TransportState,
    failures_of,
    free_transports,
    take,
    update_transport,
)
from sizzle.outreach.campaign import CampaignState
from sizzle.outreach.journeys.states import JourneyState
from sizzle.outreach.timing import Decision, Hold, Reason, Skip, transport_pause
from sizzle.outreach.vocabulary import Channel, MessageClass, SendState

_FUTURE: Final = 5 * 60_000
"""Milliseconds by which a row may have been written later than now, before a clock must have been
put back since."""


class ClaimStore:
    """What workers do with sends. Safe to share between threads.

    Each method raises DatabaseUnavailableError where the database cannot be used.

    Args:
        database: that has them.
        worker: the name of this worker, which no other one has.
    """

    def __init__(self, database: Database, worker: str) -> None:
        self._database = database
        self._worker = worker

    def claim(
        self,
        transports: Mapping[Channel, TransportState],
        limit: int,
        judge: Judge,
        now: int,
    ) -> Claims:
        """Claim sends that are due, as far as the gate lets them pass.

        Args:
            transports: by which each channel is served; sends of other channels wait.
            limit: of sends to look at.
            judge: the gate.
            now: milliseconds since 1970.
        """
        with self._database.writing(concurrent=True) as connection:
            free = free_transports(connection, transports, now)
            started = [stored.campaign for stored in running(connection, now)]
            sources = [campaign.campaign_id for campaign in started if (campaign.start or 0) <= now]
            sources += [
                stored.journey_id for stored in journeys_in(connection, JourneyState.RUNNING)
            ]
            due = due_sends(connection, sources, free, limit, now)
            if not due:
                return Claims()
            lock_members(connection, due)
            passed = self._decide(connection, due, judge(connection, due), now)
            counts = Counter(free[send.channel].name for send in passed)
            slots = take(connection, free, counts, now)
            claimed = [Claimed(send, next(slots[free[send.channel].name])) for send in passed]
            generation = _next_generation(connection) if claimed else 0
            return Claims(len(due), claimed, generation)

    def step(self, composed: Sequence[Composed], endings: Sequence[Ending], now: int) -> set[str]:
        """Keep what sends that this worker has claimed are filled with, and what became of others.

        Returns:
            The ids of those composed that are still this worker's: the others were planned again,
            since it was taken for dead, and must not be handed over.
        """
        if not composed and not endings:
            return set()
        with self._database.writing(concurrent=True) as connection:
            self._end(connection, endings, now)
            if not composed:
                return set()
            rows = [self._composed_row(each) for each in composed]
            ids = [each.send_id for each in composed]
            if connection.execute(_COMPOSED, rows).rowcount == len(ids):
                return set(ids)
            return self._still_mine(connection, ids)

    def pause_transport(self, name: str, named: float | None, reason: str, now: int) -> int:
        """Leave a transport alone for a while, longer each time that it took nothing.

        Args:
            name: of the transport.
            named: seconds that it named itself.
            reason: what it said.
            now: milliseconds since 1970.

        Returns:
            Until when, in milliseconds since 1970.
        """
        with self._database.writing(concurrent=True) as connection:
            failures = failures_of(connection, name) + 1
            until = now + transport_pause(failures, named)
            update_transport(connection, name, until, failures, reason)
            return until

    def transport_works(self, name: str) -> None:
        """Note that a transport has taken a message again."""
        with self._database.writing(concurrent=True) as connection:
            if failures_of(connection, name):
                update_transport(connection, name, 0, 0, "")

    def recover(self, now: int) -> Counter[SendState]:
        """Settle what workers had claimed that have ended: no clock says so, but their locks.

        What cannot have been handed over is planned again. What may have been is unknown for
        marketing, and sent again for transactional messages.

        Returns:
            How many there were of each state that they have now.
        """
        with self._database.reading() as connection:
            query = select(SENDS.c.claimed_by).distinct()
            query = query.where(SENDS.c.state == SendState.CLAIMED.value)
            names = [name for (name,) in connection.execute(query) if name != self._worker]
        found: Counter[SendState] = Counter()
        for name in names:
            lock = self._database.process_lock(name)
            if lock.acquire():
                found += self._recover(name, now)
                lock.release()
        return found

    def mend_clock(self, now: int) -> int:
        """Have looked at again what a clock wrote that was put back since. Returns how many."""
        with self._database.writing(concurrent=True) as connection:
            ahead = SENDS.c.state.in_(UNFINISHED), SENDS.c.updated > now + _FUTURE
            changed = connection.execute(update(SENDS).where(*ahead).values(due=now, updated=now))
            return changed.rowcount

    def next_due(self) -> int | None:
        """When the first send that waits is due, of what is running; None without one."""
        of_campaigns = select(CAMPAIGNS.c.campaign_id).where(
            CAMPAIGNS.c.state == CampaignState.RUNNING.value
        )
        of_journeys = select(JOURNEYS.c.journey_id).where(
            JOURNEYS.c.state == JourneyState.RUNNING.value
        )
        source = SENDS.c.campaign_id
        live = (source == "") | source.in_(of_campaigns) | source.in_(of_journeys)
        query = select(func.min(SENDS.c.due)).where(SENDS.c.state.in_(UNFINISHED), live)
        with self._database.reading() as connection:
            found: int | None = connection.execute(query).scalar()
            return found

    def _decide(
        self,
        connection: Connection,
        due: Sequence[Send],
        decisions: Sequence[Decision],
        now: int,
    ) -> list[Send]:
        """Write down what the gate says. Returns those that it lets pass."""
        rows, passed = [], []
        for send, decision in zip(due, decisions, strict=True):
            if isinstance(decision, Skip):
                rows.append(_decided(send, SendState.SKIPPED, decision.reason, send.due))
            elif isinstance(decision, Hold):
                rows.append(_decided(send, SendState.HELD, decision.reason, decision.until))
            else:
                passed.append(send)
        if rows:
            connection.execute(_DECIDED, [{**row, "of_now": now} for row in rows])
        if passed:
            claim = {"of_now": now, "of_worker": self._worker}
            connection.execute(_CLAIM, [{**claim, "of_id": send.send_id} for send in passed])
        return [replace(send, claimed_by=self._worker, counted=now) for send in passed]

    def _end(self, connection: Connection, endings: Sequence[Ending], now: int) -> None:
        if not endings:
            return
        connection.execute(_ENDED, [self._ended_row(ending, now) for ending in endings])
        if any(ending.state is SendState.TEMPORARY for ending in endings):
            _skip_stopped(connection, [ending.send.send_id for ending in endings], now)
        for ending in endings:
            if ending.deactivate:
                deactivate(connection, ending.send.app, ending.send.endpoint_id, now)

    def _still_mine(self, connection: Connection, send_ids: Sequence[str]) -> set[str]:
        query = select(SENDS.c.send_id).where(
            SENDS.c.send_id.in_(send_ids),
            SENDS.c.claimed_by == self._worker,
            SENDS.c.state == SendState.CLAIMED.value,
        )
        return set(connection.execute(query).scalars())

    def _composed_row(self, each: Composed) -> dict[str, Any]:
        return {
            "of_id": each.send_id,
            "of_worker": self._worker,
            "new_message_id": each.message_id,
            "new_line_digest": each.line_digest,
            "new_slots": canonical(each.slots),
            "new_reel_id": each.reel_id,
            "new_asset_version": each.asset_version,
            "new_model_version": each.model_version,
            "new_language": each.language,
            "new_line_reason": each.line_reason,
        }

    def _ended_row(self, each: Ending, now: int) -> dict[str, Any]:
        return {
            "of_id": each.send.send_id,
            "of_worker": self._worker,
            "new_state": each.state.value,
            "new_reason": each.reason,
            "new_due": each.send.due if each.due is None else each.due,
            "new_attempts": each.send.attempts + each.tried,
            "new_counted": each.send.counted if _may_count(each) else None,
            "new_reference": each.reference,
            "of_now": now,
        }

    def _recover(self, name: str, now: int) -> Counter[SendState]:
        with self._database.writing(concurrent=True) as connection:
            query = select(SENDS).where(
                SENDS.c.claimed_by == name, SENDS.c.state == SendState.CLAIMED.value
            )
            rows = connection.execute(query.with_for_update()).mappings()
            recovered = [_recovered(send_of(row)) for row in rows]
            for send, state, reason in recovered:
                counted = send.counted if state is SendState.UNKNOWN else None
                connection.execute(
                    update(SENDS)
                    .where(SENDS.c.send_id == send.send_id)
                    .values(state=state.value, reason=reason, due=now, counted=counted, updated=now)
                )
            return Counter(state for _, state, _ in recovered)


def _recovered(send: Send) -> tuple[Send, SendState, str]:
    """What becomes of a send whose worker has ended."""
    if not send.message_id:
        return send, SendState.PLANNED, ""
    if send.message_class is MessageClass.MARKETING:
        return send, SendState.UNKNOWN, "the worker ended while it was handed over"
    return send, SendState.TEMPORARY, "the worker ended while it was handed over"


def _may_count(each: Ending) -> bool:
    return each.state in (SendState.HANDED_OVER, SendState.UNKNOWN)


def _next_generation(connection: Connection) -> int:
    """Count that something is claimed: state folders remember how far it was."""
    changed = connection.execute(
        update(SENDING_STORE)
        .values(generation=SENDING_STORE.c.generation + 1)
        .returning(SENDING_STORE.c.generation)
    ).scalar()
    if changed is None:
        connection.execute(insert(SENDING_STORE), {"store_id": uuid4().hex, "generation": 1})
        return 1
    return int(changed)


def _skip_stopped(connection: Connection, send_ids: Sequence[str], now: int) -> None:
    """Do not try again what belongs to campaigns or journeys that were ended meanwhile."""
    stopped = select(CAMPAIGNS.c.campaign_id).where(
        CAMPAIGNS.c.state == CampaignState.STOPPED.value
    )
    closed = select(JOURNEYS.c.journey_id).where(JOURNEYS.c.state == JourneyState.CLOSED.value)
    for ended, reason in ((stopped, Reason.CAMPAIGN_STOPPED), (closed, Reason.JOURNEY_CLOSED)):
        connection.execute(
            update(SENDS)
            .where(
                SENDS.c.send_id.in_(send_ids),
                SENDS.c.state == SendState.TEMPORARY.value,
                SENDS.c.campaign_id.in_(ended),
            )
            .values(state=SendState.SKIPPED.value, reason=reason.value, updated=now)
        )


def _decided(send: Send, state: SendState, reason: str, due: int) -> dict[str, Any]:
    return {
        "of_id": send.send_id,
        "new_state": state.value,
        "new_reason": str(reason),
        "new_due": due,
    }


_OF_ID: Final = SENDS.c.send_id == bindparam("of_id")
# A worker that was taken for dead says all the same what became of what it handed over.
_MINE: Final = (
    _OF_ID,
    SENDS.c.claimed_by == bindparam("of_worker"),
    # No `IN`, which SQLAlchemy refuses where a statement is executed for many rows.
    or_(SENDS.c.state == SendState.CLAIMED.value, SENDS.c.state == SendState.UNKNOWN.value),
)

_DECIDED: Final = (
    update(SENDS)
    .where(_OF_ID)
    .values(
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        due=bindparam("new_due"),
        updated=bindparam("of_now"),
    )
)
_CLAIM: Final = (
    update(SENDS)
    .where(_OF_ID)
    .values(
        state=SendState.CLAIMED.value,
        reason="",
        claimed_by=bindparam("of_worker"),
        claimed=bindparam("of_now"),
        counted=bindparam("of_now"),
        # Of an earlier try: until it is composed again, it cannot have been handed over.
        message_id="",
        updated=bindparam("of_now"),
    )
)
_COMPOSED: Final = (
    update(SENDS)
    .where(*_MINE[:2], SENDS.c.state == SendState.CLAIMED.value)
    .values(
        **{
            name: bindparam(f"new_{name}")
            for name in (
                "message_id", "line_digest", "slots", "reel_id", "asset_version", "model_version",
                "language", "line_reason",
            )
        }
    )
)  # fmt: skip
_ENDED: Final = (
    update(SENDS)
    .where(*_MINE)
    .values(
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        due=bindparam("new_due"),
        attempts=bindparam("new_attempts"),
        counted=bindparam("new_counted"),
        transport_reference=bindparam("new_reference"),
        updated=bindparam("of_now"),
    )
)
