"""What became of sends, in the database, and how many have the same in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Self

import msgspec
from sqlalchemy import BindParameter, Connection, RowMapping, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from sizzle.database.connections import is_postgresql
from sizzle.database.outcome_tables import SEND_OUTCOMES, SEND_TOTALS
from sizzle.database.send_tables import ACTIVITIES, SENDS
from sizzle.eventlog.append import found_in
from sizzle.outreach.results.outcome import Became, SendOutcome, give_credit
from sizzle.outreach.vocabulary import MessageClass

_times = msgspec.json.Decoder(list[int])
_titles = msgspec.json.Decoder(frozenset[str])


class Stratum(NamedTuple):
    """What sends have in common that figures are divided by."""

    activity_id: str
    channel: str
    language: str
    line_reason: str


class SentRow(NamedTuple):
    """A marketing message that was handed over, or may have been."""

    send_id: str
    activity_id: str
    channel: str
    language: str
    line_reason: str
    app: str
    endpoint_id: str
    member_id: str
    reel_id: str
    counted: int

    @property
    def stratum(self) -> Stratum:
        """What it is counted with."""
        return Stratum(self.activity_id, self.channel, self.language, self.line_reason)


@dataclass(slots=True)
class _Stored:
    outcome: SendOutcome
    stratum: Stratum
    before: tuple[int, float] | None


@dataclass(slots=True)
class OutcomesOfPage:
    """The outcomes that a page of events may change, by send.

    Attributes:
        sent: the sends, by their ids.
        of_member: the ids of each member's sends.
        titles: those that an activity promotes, by its id; empty for all.
    """

    sent: dict[str, SentRow] = field(default_factory=dict)
    of_member: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    titles: dict[str, frozenset[str]] = field(default_factory=dict)
    _stored: dict[str, _Stored] = field(default_factory=dict)
    _changed: set[str] = field(default_factory=set)

    @classmethod
    def load(
        cls, connection: Connection, send_ids: Collection[str], member_ids: Collection[str]
    ) -> Self:
        """Read sends by their ids, and all of members, with what became of them so far."""
        found = cls()
        named = [SentRow._make(row) for row in found_in(connection, _BY_ID, send_ids)]
        members = {*member_ids, *(row.member_id for row in named)} - {""}
        for row in found_in(connection, _BY_MEMBER, sorted(members)):
            found._add(SentRow._make(row))
        for sent in named:  # of no member
            if sent.send_id not in found.sent:
                found._add(sent)
        for row in found_in(connection, _OUTCOMES, list(found.sent)):
            stored = row._mapping
            found._stored[stored["send_id"]] = _read(stored)
        activities = {sent_row.activity_id for sent_row in found.sent.values()}
        for activity_id, titles in found_in(connection, _TITLES, sorted(activities)):
            found.titles[activity_id] = _titles.decode(titles)
        return found

    def change(self, send_id: str) -> SendOutcome:
        """A send's outcome, which is written back."""
        self._changed.add(send_id)
        if send_id not in self._stored:
            self._stored[send_id] = _Stored(SendOutcome(), self.sent[send_id].stratum, None)
        return self._stored[send_id].outcome

    def write(self, connection: Connection) -> None:
        """Give credit for plays, and write what has changed, with the totals."""
        for member_id in {self.sent[one].member_id for one in self._changed} - {""}:
            self._credit(member_id)
        dialect = postgresql if is_postgresql(connection) else sqlite
        rows = [self._row(one) for one in sorted(self._changed)]
        if not rows:
            return
        statement = dialect.insert(SEND_OUTCOMES)
        values = {name: statement.excluded[name] for name in _CHANGING}
        statement = statement.on_conflict_do_update(index_elements=["send_id"], set_=values)
        connection.execute(statement, rows)
        totals: dict[tuple[Stratum, int], tuple[int, float]] = {}
        for one in self._changed:
            stored = self._stored[one]
            if stored.before is not None:
                _count(totals, stored.stratum, stored.before, -1)
            after = int(stored.outcome.bits), stored.outcome.reel_seconds
            _count(totals, stored.stratum, after, 1)
        _add_totals(connection, totals)

    def _credit(self, member_id: str) -> None:
        """Say anew what the member's plays are put down to; that may change other sends."""
        groups: dict[frozenset[str], list[str]] = defaultdict(list)
        for one in self.of_member[member_id]:
            if one in self._stored:
                groups[self.titles.get(self.sent[one].activity_id, frozenset())].append(one)
        for some in groups.values():
            before = [self._stored[one].outcome.bits for one in some]
            give_credit([self._stored[one].outcome for one in some])
            for one, bits in zip(some, before, strict=True):
                if self._stored[one].outcome.bits != bits:
                    self._changed.add(one)

    def _add(self, row: SentRow) -> None:
        self.sent[row.send_id] = row
        self.of_member[row.member_id].append(row.send_id)

    def _row(self, send_id: str) -> dict[str, Any]:
        stored, sent = self._stored[send_id], self.sent[send_id]
        outcome = stored.outcome
        return {
            "send_id": send_id,
            "member_id": sent.member_id,
            **stored.stratum._asdict(),
            "bits": int(outcome.bits),
            "reel_seconds": outcome.reel_seconds,
            "clicks": msgspec.json.encode(outcome.clicks).decode(),
            "opens": msgspec.json.encode(outcome.opens).decode(),
            "watched": outcome.watched,
            "played": outcome.played,
            "named": int(outcome.named),
        }


def forget_outcomes(connection: Connection, member_id: str) -> None:
    """Remove what became of a member's sends, and take it out of the totals."""
    own = SEND_OUTCOMES.c.member_id == member_id
    totals: dict[tuple[Stratum, int], tuple[int, float]] = {}
    for row in connection.execute(select(SEND_OUTCOMES).where(own)).mappings():
        stored = _read(row)
        assert stored.before is not None
        _count(totals, stored.stratum, stored.before, -1)
    _add_totals(connection, totals)
    connection.execute(delete(SEND_OUTCOMES).where(own))


def _read(row: RowMapping) -> _Stored:
    outcome = SendOutcome(
        Became(row["bits"]),
        row["reel_seconds"],
        _times.decode(row["clicks"]),
        _times.decode(row["opens"]),
        row["watched"],
        row["played"],
        bool(row["named"]),
    )
    stratum = Stratum(*(row[name] for name in Stratum._fields))
    return _Stored(outcome, stratum, (row["bits"], row["reel_seconds"]))


def _count(
    totals: dict[tuple[Stratum, int], tuple[int, float]],
    stratum: Stratum,
    of: tuple[int, float],
    sign: int,
) -> None:
    bits, seconds = of
    count, total = totals.get((stratum, bits), (0, 0.0))
    totals[stratum, bits] = count + sign, total + sign * seconds


def _add_totals(
    connection: Connection, totals: dict[tuple[Stratum, int], tuple[int, float]]
) -> None:
    rows = [
        {**stratum._asdict(), "bits": bits, "sends": count, "reel_seconds": seconds}
        for (stratum, bits), (count, seconds) in sorted(totals.items())
        if count or seconds
    ]
    if not rows:
        return
    dialect = postgresql if is_postgresql(connection) else sqlite
    statement = dialect.insert(SEND_TOTALS)
    statement = statement.on_conflict_do_update(
        index_elements=[*Stratum._fields, "bits"],
        set_={
            name: SEND_TOTALS.c[name] + statement.excluded[name]
            for name in ("sends", "reel_seconds")
        },
    )
    connection.execute(statement, rows)


def _sent(*conditions: Any) -> Any:  # noqa: ANN401 - a Select of `SentRow`
    columns = [SENDS.c[name] for name in SentRow._fields]
    marketing = SENDS.c["class"] == MessageClass.MARKETING.value
    return select(*columns).where(SENDS.c.counted.is_not(None), marketing, *conditions)


_VALUES: Final[BindParameter[Any]] = bindparam("values", expanding=True)
_BY_ID: Final = _sent(SENDS.c.send_id.in_(_VALUES))
_BY_MEMBER: Final = _sent(SENDS.c.member_id.in_(_VALUES))
_OUTCOMES: Final = select(SEND_OUTCOMES).where(SEND_OUTCOMES.c.send_id.in_(_VALUES))
_TITLES: Final = select(ACTIVITIES.c.activity_id, ACTIVITIES.c.titles).where(
    ACTIVITIES.c.activity_id.in_(_VALUES)
)
_CHANGING: Final[Iterable[str]] = (
    *("bits", "reel_seconds", "clicks", "opens", "watched", "played", "named"),
)
