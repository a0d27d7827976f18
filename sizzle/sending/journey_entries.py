"""Who enters journeys: by events as they come, by entering a segment, or at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, text

from sizzle.database import Database
from sizzle.database.journey_tables import JOURNEY_SEGMENT_MEMBERS
from sizzle.database.schema import EVENTS
from sizzle.errors import SizzleError
from sizzle.eventlog.append import found_in
from sizzle.eventlog.positions import read_positions, write_position
from sizzle.outbox.journey_rows import (
    StoredJourney,
    StoredVersion,
    approved_version,
    journeys_in,
    note_look,
    versions_of,
)
from sizzle.outbox.journey_runs import (
    FOLLOWER,
    wake_runs,
)
from sizzle.outbox.member_events import attributes_of, members_of_endpoints
from sizzle.outbox.segments import condition_of, found_segment, sources_of
from sizzle.outreach.journeys.durations import milliseconds_in
from sizzle.outreach.journeys.entries import last_occurrence, starts_run
from sizzle.outreach.journeys.model import EventTrigger, ScheduleTrigger, SegmentTrigger
from sizzle.outreach.journeys.states import JourneyState
from sizzle.sending.journey_enrolment import Entrant, enter

_PAGE: Final = 2000  # events or members of one transaction
_UNSUBSCRIBED: Final = ("unsubscribe", "optout")


@dataclass(frozen=True, slots=True)
class JourneyEntries:
    """Lets members enter. A page of entries and how far it has come are one commit.

    Attributes:
        holdout: the share of members whom no campaign and no journey writes to.
    """

    database: Database
    holdout: float = 0.0

    def follow(self, live: Sequence[StoredJourney], now: int) -> int:
        """Follow a page of the log of events: who enters, and whose runs are looked at.

        Args:
            live: journeys that are running or paused.
            now: milliseconds since 1970.

        Returns:
            How many events were followed.
        """
        with self.database.reading() as connection:
            after = read_positions(connection).get(FOLLOWER, 0)
            query = select(*_COLUMNS).where(EVENTS.c.position > after)
            rows = connection.execute(query.order_by(EVENTS.c.position).limit(_PAGE)).all()
        if not rows:
            return 0
        with self.database.writing() as connection:
            if read_positions(connection).get(FOLLOWER, 0) != after:
                return 0  # another worker has followed as far meanwhile
            events = _events(connection, rows)
            for journey in journeys_in(connection, JourneyState.RUNNING):
                _enter_by_events(connection, journey, events, self.holdout, now)
            types = _awaited_types(connection, live)
            awaited = {event.member_id for event in events if _wakes(event.type, types)}
            wake_runs(connection, awaited - {""}, now)
            write_position(connection, FOLLOWER, rows[-1].position)
        return len(rows)

    def look(self, journey: StoredJourney, now: int) -> int:
        """See who has entered a segment, or whether it is time. Returns how many entered."""
        with self.database.reading() as connection:
            version = approved_version(connection, journey.journey_id, journey.version)
        if version is None:
            return 0  # it is paused where its runs go on
        match version.journey.trigger:
            case SegmentTrigger() as trigger:
                if now < journey.looked + milliseconds_in(trigger.every) and journey.primed:
                    return 0
                return self._look_at_segment(journey, version, trigger, now)
            case ScheduleTrigger() as trigger:
                moment = last_occurrence(trigger, max(journey.looked, journey.enters_from), now)
                return 0 if moment is None else self._at(journey, version, trigger, moment, now)
        return 0

    def _look_at_segment(
        self, journey: StoredJourney, version: StoredVersion, trigger: SegmentTrigger, now: int
    ) -> int:
        entered = 0
        takes = journey.primed or trigger.existing
        come, gone = self._changes(journey.journey_id, trigger.segment_id, now)
        for page in _pages(gone):
            with self.database.writing() as connection:
                connection.execute(_GONE, [_inside(journey.journey_id, one) for one in page])
        for page in _pages(come):
            with self.database.writing() as connection:
                if not _still_running(connection, journey):
                    return entered
                new = _new_inside(connection, journey.journey_id, page)
                entrants = [Entrant(one, f"segment {now}", now) for one in new] if takes else []
                entered += enter(connection, version, entrants, self.holdout, now)
        with self.database.writing() as connection:
            note_look(connection, journey.journey_id, now)
        return entered

    def _at(
        self,
        journey: StoredJourney,
        version: StoredVersion,
        trigger: ScheduleTrigger,
        moment: int,
        now: int,
    ) -> int:
        entered = 0
        for page in _pages(self._members(trigger.segment_id, now)):
            with self.database.writing() as connection:
                if not _still_running(connection, journey):
                    return entered
                entrants = [Entrant(one, f"time {moment}", moment) for one in page]
                entered += enter(connection, version, entrants, self.holdout, now)
        with self.database.writing() as connection:
            note_look(connection, journey.journey_id, moment)
        return entered

    def _members(self, segment_id: str, now: int) -> list[str]:
        """The members of a segment; nobody where there is none by now."""
        return self._select(segment_id, now, "SELECT m.member_id FROM members AS m WHERE {}", {})

    def _changes(self, journey_id: str, segment_id: str, now: int) -> tuple[list[str], list[str]]:
        """Who is in a segment and was not before; and who was, and is no more."""
        of = {"of_journey": journey_id}
        return (
            self._select(segment_id, now, _COME, of),
            self._select(segment_id, now, _LEFT, of),
        )

    def _select(
        self, segment_id: str, now: int, query: str, parameters: dict[str, Any]
    ) -> list[str]:
        with self.database.reading() as connection:
            try:
                rule = found_segment(connection, segment_id, None).rule
                condition = condition_of(connection, rule, sources_of(connection, rule), now)
            except SizzleError:  # it is gone, or names itself by now: nobody is in it
                return []
            given = {**condition.parameters, **parameters}
            return list(connection.execute(text(query.format(condition.sql)), given).scalars())


@dataclass(frozen=True, slots=True)
class _Happened:
    """An event that has come, and whose it is; empty where nobody knows."""

    key: str
    app: str
    type: str
    member_id: str
    time: int
    received: int
    content: str


def _events(connection: Connection, rows: Sequence[Row[Any]]) -> list[_Happened]:
    of_nobody = {(row.app, row.endpoint_id) for row in rows if not row.member_id}
    members = members_of_endpoints(connection, of_nobody)
    return [
        _Happened(
            row.key.hex(),
            row.app,
            row.type,
            row.member_id or members.get((row.app, row.endpoint_id), ""),
            row.time,
            row.received,
            row.content,
        )
        for row in rows
    ]


def _enter_by_events(
    connection: Connection,
    journey: StoredJourney,
    events: Iterable[_Happened],
    held_out_of_all: float,
    now: int,
) -> None:
    version = approved_version(connection, journey.journey_id, journey.version)
    if version is None or not isinstance(version.journey.trigger, EventTrigger):
        return
    trigger, app = version.journey.trigger, version.journey.app
    entrants = [
        Entrant(event.member_id, f"event {event.key}", min(event.time, now))
        for event in events
        if event.type == trigger.event.type
        and event.member_id
        and app in ("", event.app)
        and event.received >= journey.enters_from
        and starts_run(trigger, event.type, attributes_of(event.content), event.time, now)
    ]
    enter(connection, version, entrants, held_out_of_all, now)


def _awaited_types(connection: Connection, live: Sequence[StoredJourney]) -> set[str]:
    """The types of events that some version of some journey waits for, or ends by."""
    versions = versions_of(connection, [journey.journey_id for journey in live])
    return {kind for version in versions for kind in version.journey.event_types}


def _wakes(event_type: str, awaited: Collection[str]) -> bool:
    return event_type in awaited or event_type.rpartition(".")[2].lower() in _UNSUBSCRIBED


def _still_running(connection: Connection, journey: StoredJourney) -> bool:
    """Whether nobody has paused or closed it meanwhile."""
    ids = {stored.journey_id for stored in journeys_in(connection, JourneyState.RUNNING)}
    return journey.journey_id in ids


def _new_inside(connection: Connection, journey_id: str, page: Sequence[str]) -> list[str]:
    """Note who is in the segment now. Returns those who were not noted before."""
    there = {one for (one,) in found_in(connection, _THERE, page, of_journey=journey_id)}
    new = [one for one in page if one not in there]
    if new:
        rows = [{"journey_id": journey_id, "member_id": one} for one in new]
        connection.execute(insert(JOURNEY_SEGMENT_MEMBERS), rows)
    return new


def _inside(journey_id: str, member_id: str) -> dict[str, str]:
    return {"of_journey": journey_id, "of_member": member_id}


def _pages(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _PAGE] for start in range(0, len(ids), _PAGE))


_COME: Final = (
    "SELECT m.member_id FROM members AS m WHERE {} AND NOT EXISTS (SELECT 1 FROM"
    " journey_segment_members AS j WHERE j.journey_id = :of_journey"
    " AND j.member_id = m.member_id) ORDER BY m.member_id"
)
_LEFT: Final = (
    "SELECT j.member_id FROM journey_segment_members AS j WHERE j.journey_id = :of_journey"
    " AND NOT EXISTS (SELECT 1 FROM members AS m WHERE m.member_id = j.member_id AND {})"
)
_COLUMNS: Final = [
    EVENTS.c[name]
    for name in (
        "position", "key", "app", "type", "member_id", "endpoint_id", "time", "received", "content",
    )
]  # fmt: skip
_INSIDE: Final = JOURNEY_SEGMENT_MEMBERS.c
_THERE: Final = select(_INSIDE.member_id).where(
    _INSIDE.journey_id == bindparam("of_journey"),
    _INSIDE.member_id.in_(bindparam("values", expanding=True)),
)
_GONE: Final = delete(JOURNEY_SEGMENT_MEMBERS).where(
    _INSIDE.journey_id == bindparam("of_journey"), _INSIDE.member_id == bindparam("of_member")
)
