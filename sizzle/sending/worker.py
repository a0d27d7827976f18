"""The worker: claims sends through the gate, composes, hands over, and records the outcome."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from sizzle.channels import Transport
from sizzle.database import DatabaseFullError, DatabaseUnavailableError, ProcessLock
from sizzle.errors import InputError
from sizzle.outbox.claim_records import Claimed, Claims, Composed, Ending
from sizzle.outbox.claims import ClaimStore
from sizzle.outbox.sends import Send
from sizzle.outbox.store_stamp import StoreStamp
from sizzle.outbox.transports import TransportState
from sizzle.outreach.content.messages import Handover, Outcome
from sizzle.outreach.vocabulary import Channel, SendState
from sizzle.sending.clock import Clock
from sizzle.sending.composer import Composer, NotComposed, Ready
from sizzle.sending.gate import Gate
from sizzle.sending.journeys import JourneyWork
from sizzle.sending.outcomes import ending_of
from sizzle.sending.pace import Pace
from sizzle.sending.planner import Planner

BATCH: Final = 200
"""Sends of one claim. What is claimed and not yet composed is planned again where a worker ends."""

_IDLE_SECONDS: Final = 2.0
_SHORTEST: Final = 0.05
_RETRY_SECONDS: Final = 1.0
_UPKEEP_SECONDS: Final = 10.0

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Totals:
    """What a worker has done.

    Attributes:
        ended: sends by the state that they have now.
        recovered: sends of workers that had ended, by the state that they got.
        next_due: when the next send is due, in milliseconds since 1970; None without one.
    """

    ended: Counter[SendState] = field(default_factory=Counter)
    recovered: Counter[SendState] = field(default_factory=Counter)
    next_due: int | None = None


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """What a worker works with.

    Attributes:
        store: of claims, under this worker's name.
        lock: of the same name: as long as it is held, nobody takes over what was claimed.
        stamp: of the database, which the state folder remembers.
    """

    store: ClaimStore
    lock: ProcessLock
    stamp: StoreStamp
    planner: Planner
    journeys: JourneyWork
    gate: Gate
    composer: Composer
    transports: Mapping[Channel, Transport]
    clock: Clock = field(default_factory=Clock)
    draw: Callable[[], float] = random.random


class Worker:
    """Sends what is due. Several of them share one database.

    Args:
        parts: what it works with.
    """

    def __init__(self, parts: WorkerParts) -> None:
        self._parts = parts
        self._clock = parts.clock
        self.totals = Totals()
        self._stopping = False
        self._upkeep_due = 0.0
        self._states = {
            channel: TransportState(transport.name, transport.rate)
            for channel, transport in parts.transports.items()
        }
        # Transports that may be kept as down by an earlier failure.
        self._doubtful = {state.name for state in self._states.values()}
        self._paces = {
            transport.name: Pace(transport.rate, parts.clock)
            for transport in parts.transports.values()
            if transport.rate is not None
        }

    def stop(self) -> None:
        """End once what was claimed has been handed over."""
        self._stopping = True

    async def run(self, *, forever: bool = False) -> Totals:
        """Send what is due now, or all that ever becomes due, until `stop`.

        Raises:
            StoreChangedError: the database may come from a backup.
        """
        await asyncio.to_thread(self._parts.stamp.check)
        try:
            while not self._stopping:
                try:
                    busy = await self._round()
                except DatabaseUnavailableError as error:
                    if not forever:
                        raise
                    _log.error("Nothing can be sent: %s", error)
                    busy = False
                if busy:
                    continue
                if not forever:
                    break
                await self._clock.sleep(self._wait())
        finally:
            self._parts.lock.release()
            await asyncio.gather(
                *(_open_transport.close() for _open_transport in self._open_transports())
            )
        return self.totals

    async def _round(self) -> bool:
        """Plan and send some. Returns whether there was anything to do."""
        if not await asyncio.to_thread(self._parts.lock.acquire):
            raise InputError("Another worker has this one's name.", fix="start it again.")
        await self._upkeep()
        planned = await asyncio.to_thread(self._parts.planner.plan, self._clock.now())
        planned += await asyncio.to_thread(self._parts.journeys.work, self._clock.now())
        claims = await asyncio.to_thread(self._claim)
        if claims.claimed:
            # Before anything is handed over: a database that was claimed from is known as such.
            await asyncio.to_thread(self._parts.stamp.note, claims.generation)
            await self._send(claims.claimed)
        if planned or claims.looked_at:
            return True
        await asyncio.to_thread(self._parts.planner.finish, self._clock.now())
        self.totals.next_due = await asyncio.to_thread(self._next_due)
        return False

    async def _upkeep(self) -> None:
        """Take over from workers that have ended, and mend what a clock did, now and then."""
        if self._clock.time() < self._upkeep_due <= self._clock.time() + _UPKEEP_SECONDS:
            return
        self._upkeep_due = self._clock.time() + _UPKEEP_SECONDS
        now = self._clock.now()
        self.totals.recovered += await asyncio.to_thread(self._parts.store.recover, now)
        if mended := await asyncio.to_thread(self._parts.store.mend_clock, now):
            _log.warning("The clock was put back: %d sends are looked at again.", mended)

    def _next_due(self) -> int | None:
        """When there is something to do next, as far as that is known."""
        known = (self._parts.store.next_due(), self._parts.journeys.next_look())
        return min((time for time in known if time is not None), default=None)

    def _claim(self) -> Claims:
        judge, now = self._parts.gate.judge, self._clock.now()
        return self._parts.store.claim(self._states, BATCH, judge, now)

    async def _send(self, claimed: Sequence[Claimed]) -> None:
        """Hand over what was claimed, over all transports at once."""
        by_transport: dict[str, list[Claimed]] = defaultdict(list)
        for claim in claimed:
            by_transport[self._states[claim.send.channel].name].append(claim)
        lanes = [
            _Lane(
                self._parts,
                self._transport(name),
                self._paces.get(name),
                self.totals.ended,
                self._doubtful,
            )
            for name in by_transport
        ]
        await asyncio.gather(
            *(lane.send(some) for lane, some in zip(lanes, by_transport.values(), strict=True))
        )

    def _transport(self, name: str) -> Transport:
        return next(
            _open_transport
            for _open_transport in self._open_transports()
            if _open_transport.name == name
        )

    def _open_transports(self) -> list[Transport]:
        return list(
            {id(transport): transport for transport in self._parts.transports.values()}.values()
        )

    def _wait(self) -> float:
        """Seconds until it is worth looking again."""
        if self.totals.next_due is None:
            return _IDLE_SECONDS
        seconds = (self.totals.next_due - self._clock.now()) / 1000
        return min(max(seconds, _SHORTEST), _IDLE_SECONDS)


class _Lane:
    """Hands over what was claimed for one transport, a few at a time.

    Only these few are unknown where the worker is killed: what a message is filled with is durable
    before it is handed over, and what became of it right after.
    """

    def __init__(
        self,
        parts: WorkerParts,
        transport: Transport,
        pace: Pace | None,
        ended: Counter[SendState],
        doubtful: set[str],
    ) -> None:
        self._parts = parts
        self._transport = transport
        self._pace = pace
        self._ended = ended
        self._doubtful = doubtful
        self._down: Outcome | None = None
        self._paused_until = 0

    async def send(self, claimed: Sequence[Claimed]) -> None:
        """Hand over all of it, or plan again what its transport does not take just now."""
        size = self._transport.concurrency
        try:
            ready, endings = await self._compose(claimed)
        except DatabaseUnavailableError:
            # They are this worker's as long as it lives: it has to give them back itself.
            self._paused_until = self._parts.clock.now() + int(_RETRY_SECONDS * 1000)
            await self._step([], [self._planned_again(claim.send) for claim in claimed])
            raise
        for start in range(0, len(ready), size):
            if self._down is not None:
                endings += [self._planned_again(one.send) for one, _ in ready[start:]]
                break
            some = ready[start : start + size]
            mine = await self._step([ready.composed for _, ready in some], endings)
            endings = await self._hand_over(
                [(one, ready) for one, ready in some if one.send.send_id in mine]
            )
        await self._step([], endings)

    async def _compose(
        self, claimed: Sequence[Claimed]
    ) -> tuple[list[tuple[Claimed, Ready]], list[Ending]]:
        """Compose all of it at once, which reads lines and facts once; and what is skipped."""
        sends = [claim.send for claim in claimed]
        compose, now = self._parts.composer.compose, self._parts.clock.now()
        found = await asyncio.to_thread(compose, sends, now)
        ready, skipped = [], []
        for one, composed in zip(claimed, found, strict=True):
            if isinstance(composed, NotComposed):
                ending = Ending(one.send, SendState.SKIPPED, composed.reason, tried=False)
                skipped.append(ending)
            else:
                ready.append((one, composed))
        return ready, skipped

    async def _hand_over(self, some: Sequence[tuple[Claimed, Ready]]) -> list[Ending]:
        outcomes = await asyncio.gather(*(self._one(claimed, ready) for claimed, ready in some))
        await self._note_transport(outcomes)
        now, draw = self._parts.clock.now(), self._parts.draw
        return [
            ending_of(claimed.send, outcome, now, draw(), self._paused_until)
            for (claimed, _), outcome in zip(some, outcomes, strict=True)
        ]

    async def _one(self, claimed: Claimed, ready: Ready) -> Outcome:
        clock = self._parts.clock
        wait = claimed.slot / 1_000_000 - clock.time()
        if self._transport.rate is not None and wait > 0:
            await clock.sleep(wait)
        at = datetime.fromtimestamp((claimed.send.counted or 0) / 1000, UTC)
        if self._pace is None:
            return await self._transport.hand_over(ready.message, at)
        async with self._pace.message():
            return await self._transport.hand_over(ready.message, at)

    async def _note_transport(self, outcomes: Sequence[Outcome]) -> None:
        store, name, now = self._parts.store, self._transport.name, self._parts.clock.now()
        down = next((outcome for outcome in outcomes if outcome.transport_down), None)
        if down is not None:
            self._down = down
            self._paused_until = await asyncio.to_thread(
                store.pause_transport, name, down.after, down.detail, now
            )
            _log.warning("%s takes no messages: %s", name, down.detail)
            self._doubtful.add(name)
        elif name in self._doubtful and any(map(_is_handed_over, outcomes)):
            await asyncio.to_thread(store.transport_works, name)
            self._doubtful.discard(name)

    def _planned_again(self, send: Send) -> Ending:
        return Ending(send, SendState.PLANNED, due=self._paused_until, tried=False)

    async def _step(self, composed: Sequence[Composed], endings: Sequence[Ending]) -> set[str]:
        """Write to the database, however long it is away: what became of sends is known here."""
        while True:
            try:
                now = self._parts.clock.now()
                mine = await asyncio.to_thread(self._parts.store.step, composed, endings, now)
            except (DatabaseUnavailableError, DatabaseFullError) as error:
                _log.error("What became of sends cannot be recorded yet: %s", error)
                await self._parts.clock.sleep(_RETRY_SECONDS)
            else:
                self._ended.update(ending.state for ending in endings)
                return mine


def _is_handed_over(outcome: Outcome) -> bool:
    return outcome.handover is Handover.HANDED_OVER
