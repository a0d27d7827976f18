"""Follows the log of events, and keeps what became of sends and of those who were assigned.

As `sizzle.eventlog.follower`: a page is read without a lock, and written in one transaction with
how far the follower has come, so each event counts once, whoever follows, and whoever is killed.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, RowMapping, bindparam, select, update

from sizzle.database import Database
from sizzle.database.outcome_tables import ASSIGNMENTS
from sizzle.database.schema import EVENTS
from sizzle.eventlog.positions import read_positions, write_position
from sizzle.eventlog.rows import COLUMNS, to_event
from sizzle.events import Event
from sizzle.events.attribution import Attribution, MessageSource, attribute
from sizzle.outbox.experiments import Days, add_days, assignments_of
from sizzle.outbox.send_outcomes import OutcomesOfPage, SentRow
from sizzle.outbox.sends import send_id_of
from sizzle.outreach.results.experiment import DAY, DaySums, Experiment, Watched, whole_seconds
from sizzle.outreach.results.outcome import WATCH_WINDOW, is_reel_event

PLAYED: Final = "title_played"

_FOLLOWED: Final = "outreach outcomes"
_PAGE: Final = 2000
_BREAK: Final = 0.02  # seconds for other writers
_READ: Final = (
    select(*COLUMNS)
    .where(EVENTS.c.position > bindparam("after"))
    .order_by(EVENTS.c.position)
    .limit(_PAGE)
)
_TOLERANCE: Final = 5_000
"""Milliseconds by which an event may seem older than the send: devices send whole seconds."""


class OutcomeFollower:
    """Keeps what became of sends and assignments. Safe to share between threads and processes.

    Args:
        database: its tables are brought up to date when they are first read.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def catch_up(self, pages: int | None = None) -> int:
        """Follow what has come since.

        Args:
            pages: at most so many; by default all. Between two, others may write.

        Returns:
            How many events were followed.

        Raises:
            DatabaseUnavailableError: the database cannot be read or written to.
        """
        self._database.upgrade_once()
        followed = 0
        while pages is None or pages > 0:
            with self._database.reading() as connection:
                after = read_positions(connection).get(_FOLLOWED, 0)
                rows = connection.execute(_READ, {"after": after}).all()
            if not rows:
                break
            followed += self._apply(after, rows[-1].position, [to_event(row) for row in rows])
            pages = None if pages is None else pages - 1
            if len(rows) == _PAGE:
                time.sleep(_BREAK)
        return followed

    def _apply(self, after: int, up_to: int, events: Sequence[Event]) -> int:
        """Returns how many events were taken account of: none if another process did so."""
        with self._database.writing() as connection:
            if read_positions(connection).get(_FOLLOWED, 0) != after:
                return 0
            _follow_sends(connection, events)
            _follow_assignments(connection, [event for event in events if _is_play(event)])
            write_position(connection, _FOLLOWED, up_to)
        return len(events)


def _follow_sends(connection: Connection, events: Sequence[Event]) -> None:
    messages = {number: found for number, found in enumerate(map(_message, events)) if found}
    named = {one for number, found in messages.items() for one in _send_ids(events[number], found)}
    members = {event.member_id for event in events if _is_play(event) or is_reel_event(event.type)}
    page = OutcomesOfPage.load(connection, sorted(named), sorted(members - {""}))
    for number, event in enumerate(events):
        if number in messages:
            _apply_message(page, event, messages[number])
        elif is_reel_event(event.type):
            _apply_reel(page, event)
        elif _is_play(event):
            _apply_play(page, event)
    page.write(connection)


def _message(event: Event) -> Attribution | None:
    """The message that an event is about, where it is marketing."""
    found = attribute(event.type, event.attributes)
    if found is None or found.source is MessageSource.TRANSACTIONAL:
        return None
    return found


def _send_ids(event: Event, found: Attribution) -> list[str]:
    """The ids that its send may have: the one that pages name, that of activity and endpoint."""
    computed = send_id_of(found.activity_id, event.app, event.endpoint_id, found.run_id)
    return [one for one in (event.attributes.get("send_id", ""), computed) if one]


def _apply_message(page: OutcomesOfPage, event: Event, found: Attribution) -> None:
    for one in _send_ids(event, found):
        sent = page.sent.get(one)
        if sent is None or (sent.app, sent.endpoint_id) != (event.app, event.endpoint_id):
            continue
        page.change(one).apply(found.action, event.attributes.get("label", ""), event.time)
        return


def _apply_reel(page: OutcomesOfPage, event: Event) -> None:
    """Put it down to the last send of just this reel."""
    shown = [
        sent_row for sent_row in _sent_before(page, event) if sent_row.reel_id == event.reel_id
    ]
    if event.reel_id and shown:
        last = max(shown, key=lambda each: each.counted)
        page.change(last.send_id).see_reel(event.type, event.metrics)


def _apply_play(page: OutcomesOfPage, event: Event) -> None:
    title_id = event.attributes.get("title_id", "")
    seconds = whole_seconds(event.metrics.get("seconds", 0.0))
    named = _named_sends(event)
    for sent in _sent_before(page, event):
        titles = page.titles.get(sent.activity_id, frozenset())
        if not titles or title_id in titles:
            is_named = sent.send_id in named or sent.activity_id in named
            page.change(sent.send_id).watch(seconds, event.time, named=is_named)


def _named_sends(event: Event) -> set[str]:
    """The ids of sends and activities that the player says it was opened from."""
    names = ("send_id", "campaign_activity_id", "journey_activity_id")
    return {event.attributes.get(name, "") for name in names} - {""}


def _sent_before(page: OutcomesOfPage, event: Event) -> Iterable[SentRow]:
    """The sends to the event's member that may have led to it."""
    for one in page.of_member.get(event.member_id, ()) if event.member_id else ():
        sent = page.sent[one]
        if sent.counted - _TOLERANCE <= event.time < sent.counted + WATCH_WINDOW:
            yield sent


def _is_play(event: Event) -> bool:
    return event.type == PLAYED and bool(event.member_id)


def _follow_assignments(connection: Connection, plays: Sequence[Event]) -> None:
    of_member: dict[str, list[Event]] = defaultdict(list)
    for play in plays:
        of_member[play.member_id].append(play)
    days: Days = defaultdict(DaySums)
    rows = []
    for experiment, row in assignments_of(connection, sorted(of_member)):
        before = Watched(row["seconds"], row["all_seconds"])
        some = [
            event for event in of_member[row["member_id"]] if _is_within(event, experiment, row)
        ]
        watched = _watch(experiment, row["treatment"], before, some, days)
        if watched != before:
            rows.append(
                {
                    "of_experiment": experiment.experiment_id,
                    "of_member": row["member_id"],
                    "new_seconds": watched.seconds,
                    "new_all_seconds": watched.all_seconds,
                }
            )
    if rows:
        connection.execute(_WATCHED, rows)
    add_days(connection, days)


def _is_within(play: Event, experiment: Experiment, assigned: RowMapping) -> bool:
    """Whether it was after the member was assigned, and before the end."""
    end = experiment.ends
    return play.time >= assigned["entered"] - _TOLERANCE and (end is None or play.time < end)


def _watch(
    experiment: Experiment, treatment: str, watched: Watched, plays: Iterable[Event], days: Days
) -> Watched:
    """What a member has watched with some more plays; what these change is added to the days."""
    for play in plays:
        old = DaySums.of(watched, experiment.most_seconds)
        title_id = play.attributes.get("title_id", "")
        watched = watched.plus(experiment, title_id, play.metrics.get("seconds", 0.0))
        change = DaySums.of(watched, experiment.most_seconds) - old
        days[experiment.experiment_id, treatment, play.time // DAY] += change
    return watched


_WATCHED: Final = (
    update(ASSIGNMENTS)
    .where(
        ASSIGNMENTS.c.experiment_id == bindparam("of_experiment"),
        ASSIGNMENTS.c.member_id == bindparam("of_member"),
    )
    .values(seconds=bindparam("new_seconds"), all_seconds=bindparam("new_all_seconds"))
)
