"""The exposures that a page of events may be about, with their outcomes, read and written back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, update

from sizzle.database.schema import EXPOSURES, UNUSED_EVENTS
from sizzle.engagement import PLAYED, TOLERANCE, WINDOW, Outcome, Unused, exposure_key, pack, unpack
from sizzle.engagement.exposure import slots_of
from sizzle.eventlog.append import found_in
from sizzle.events import Event

QUARTER: Final = 900_000
"""Milliseconds: the days of all time zones begin with one."""

_OUTCOME: Final = ("started", "completed", "left", "reached", "seen", "played")
_COLUMNS: Final = [
    EXPOSURES.c[name]
    for name in ("position", "key", "member_id", "time", "plan", "titles", *_OUTCOME)
]
# Those that have come since the page was read are left to the next one.
_UP_TO: Final = EXPOSURES.c.position <= bindparam("up_to")
_OF_KEYS: Final = select(*_COLUMNS).where(
    _UP_TO, EXPOSURES.c.key.in_(bindparam("values", expanding=True))
)
_OF_MEMBERS: Final = select(*_COLUMNS).where(
    _UP_TO,
    EXPOSURES.c.member_id.in_(bindparam("values", expanding=True)),
    EXPOSURES.c.time > bindparam("since"),
)
_UPDATE: Final = (
    update(EXPOSURES)
    .where(EXPOSURES.c.position == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in _OUTCOME})
)
_titles = msgspec.json.Decoder(set[str])
_played = msgspec.json.Decoder(dict[str, int])


@dataclass(slots=True)
class _Shown:
    """An exposure of the database."""

    position: int
    time: int
    titles: str
    outcome: Outcome
    changed: bool = False

    def play(self, title_id: str, time: int) -> None:
        """Take account of a title's start."""
        if self.time <= time < self.time + WINDOW and title_id in _titles.decode(self.titles):
            self.changed = True
            self.outcome.play(title_id, time)


@dataclass(slots=True)
class ShownReels:
    """Exposures, by their keys and members.

    Attributes:
        up_to: the position of the last one.
        new: positions of those that no event was applied to before.
    """

    up_to: int
    new: frozenset[int] = frozenset()
    _all: dict[int, _Shown] = field(default_factory=dict)
    _by_key: dict[bytes, list[_Shown]] = field(default_factory=lambda: defaultdict(list))
    _by_member: dict[str, list[_Shown]] = field(default_factory=lambda: defaultdict(list))
    _keys: dict[tuple[str, str], bytes] = field(default_factory=dict)
    _unused: Counter[tuple[int, Unused]] = field(default_factory=Counter)

    def load(self, connection: Connection, events: Iterable[Event]) -> None:
        """Read the exposures that events may be about."""
        events = list(events)
        keys = {self._key(each) for each in events if each.type != PLAYED}
        plays = [each for each in events if each.type == PLAYED]
        members = {each.member_id for each in plays}
        since = min((each.time for each in plays), default=0) - WINDOW
        for row in found_in(connection, _OF_KEYS, keys, up_to=self.up_to):
            self._add(*row)
        for row in found_in(connection, _OF_MEMBERS, members, up_to=self.up_to, since=since):
            self._add(*row)

    def apply(self, event: Event) -> None:
        """Take account of an event that came."""
        if event.type == PLAYED:
            for each in self._by_member.get(event.member_id, ()):
                each.play(event.attributes.get("title_id", ""), event.time)
            return
        shown = self._by_key.get(self._key(event), ())
        newest = _newest(shown, event)
        if newest is None:
            self._count(event, _reason(shown), 1)
            return
        newest.changed = True
        reason = newest.outcome.apply(event)
        if reason is not None:
            self._count(event, reason, 1)

    def apply_earlier(self, event: Event) -> None:
        """Take account of an event that was applied before the new exposures were there."""
        if event.type == PLAYED:
            for each in self._by_member.get(event.member_id, ()):
                if each.position in self.new:
                    each.play(event.attributes.get("title_id", ""), event.time)
            return
        shown = self._by_key.get(self._key(event), ())
        newest = _newest(shown, event)
        if newest is None or newest.position not in self.new:
            return
        before = [each for each in shown if each.position not in self.new]
        if _newest(before, event) is None:
            self._count(event, _reason(before), -1)
            newest.changed = True
            reason = newest.outcome.apply(event)
            if reason is not None:
                self._count(event, reason, 1)

    def write(self, connection: Connection) -> None:
        """Write back what has changed."""
        rows = [_row(each) for each in self._all.values() if each.changed]
        if rows:
            connection.execute(_UPDATE, rows)
        for (quarter, reason), count in self._unused.items():
            _add_unused(connection, quarter, reason, count)

    def _add(
        self,
        position: int,
        key: bytes,
        member_id: str,
        time: int,
        plan: str,
        titles: str,
        *outcome: Any,  # noqa: ANN401 - columns
    ) -> None:
        if position in self._all:
            return
        started, completed, left, reached, seen, played = outcome
        found = Outcome(
            tuple(slot.length for slot in slots_of(plan)),
            started,
            completed,
            left,
            reached,
            unpack(seen),
            _played.decode(played) if played else {},
        )
        shown = self._all[position] = _Shown(position, time, titles, found)
        self._by_key[bytes(key)].append(shown)
        self._by_member[member_id].append(shown)

    def _key(self, event: Event) -> bytes:
        """The key of an event's exposure; a reel has many events."""
        of = event.member_id, event.reel_id
        key = self._keys.get(of)
        if key is None:
            key = self._keys[of] = exposure_key(*of)
        return key

    def _count(self, event: Event, reason: Unused, count: int) -> None:
        self._unused[event.time // QUARTER, reason] += count


def _newest(shown: Iterable[_Shown], event: Event) -> _Shown | None:
    """The last exposure before an event."""
    newest, until = None, event.time + TOLERANCE
    for each in shown:
        if each.time <= until and (newest is None or each.time > newest.time):
            newest = each
    return newest


def _reason(shown: Iterable[_Shown]) -> Unused:
    return Unused.BEFORE_EXPOSURE if any(True for _ in shown) else Unused.NO_EXPOSURE


def _row(shown: _Shown) -> dict[str, Any]:
    outcome = shown.outcome
    played = msgspec.json.encode(outcome.played).decode() if outcome.played else ""
    values = {
        "started": outcome.started,
        "completed": outcome.completed,
        "left": outcome.left,
        "reached": outcome.reached,
        "seen": pack(outcome.seen),
        "played": played,
    }
    return {"of": shown.position, **{f"new_{name}": value for name, value in values.items()}}


def _add_unused(connection: Connection, quarter: int, reason: Unused, count: int) -> None:
    table = UNUSED_EVENTS
    more = update(table).where(table.c.quarter == quarter, table.c.reason == reason)
    if connection.execute(more.values(count=table.c["count"] + count)).rowcount == 0:
        values = {"quarter": quarter, "reason": reason, "count": count}
        connection.execute(insert(table), values)
