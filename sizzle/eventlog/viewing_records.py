"""Records of viewing in the database: each member's lie together, so that they are read at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, insert, select

from sizzle.database import Database
from sizzle.database.schema import VIEWING_RECORDS
from sizzle.eventlog.viewing_arrays import ArrayReader
from sizzle.events import Event
from sizzle.events.viewing_record import ViewingColumns, ViewingRecord, viewing_record

_TABLE: Final = VIEWING_RECORDS.c
_COLUMNS: Final = [_TABLE[name] for name in ViewingRecord._fields]
_OF_ONE: Final = _COLUMNS[1:]  # whose id is known
_MEMBERS: Final = 500  # of one query
_PAGE: Final = 10_000  # records that are in memory at once
_NEWEST_COUNTS: Final = (8, 100)  # records of which most of the newest are some
_TIME: Final = _OF_ONE.index(_TABLE.time)

_ALL: Final = select(*_COLUMNS).order_by(_TABLE.member_id, _TABLE.time, _TABLE.key)
_OF_MEMBER: Final = (
    select(*_OF_ONE)
    .where(_TABLE.member_id == bindparam("member_id"))
    .order_by(_TABLE.time.desc(), _TABLE.key.desc())
    .limit(bindparam("most"))
)
_ONE_TOO_MANY: Final = (
    select(_TABLE.time)
    .where(_TABLE.member_id == bindparam("member_id"))
    .order_by(_TABLE.time)
    .limit(1)
    .offset(bindparam("most"))
    .scalar_subquery()
)
_NEWEST: Final = (
    select(*_OF_ONE)
    .where(_TABLE.member_id == bindparam("member_id"), _ONE_TOO_MANY.is_(None))
    .order_by(_TABLE.time.desc(), _TABLE.key.desc())
    .limit(bindparam("count"))
)
_NUMBERED: Final = (
    select(
        *_COLUMNS,
        _TABLE.key,
        func.row_number()
        .over(partition_by=_TABLE.member_id, order_by=[_TABLE.time.desc(), _TABLE.key.desc()])
        .label("number"),
    )
    .where(_TABLE.member_id.in_(bindparam("member_ids", expanding=True)))
    .subquery()
)
_OF_MEMBERS: Final = (
    select(*[_NUMBERED.c[name] for name in ViewingRecord._fields])
    .where(_NUMBERED.c.number <= bindparam("most"))
    .order_by(_NUMBERED.c.member_id, _NUMBERED.c.time, _NUMBERED.c.key)
)


def append_viewing_records(connection: Connection, events: Sequence[tuple[Event, bytes]]) -> None:
    """Append the records of events, which are appended in the same transaction.

    Args:
        connection: in a transaction of `Database.writing`.
        events: each with its key.
    """
    rows: list[dict[str, Any]] = [
        {**record._asdict(), "key": key}
        for event, key in events
        if (record := viewing_record(event)) is not None
    ]
    if rows:
        connection.execute(insert(VIEWING_RECORDS), rows)


class ViewingRecordReader:
    """Reads members' last records.

    Args:
        database: of the records.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._of_member = database.row_reader(_OF_MEMBER)
        self._newest = database.row_reader(_NEWEST)
        self._arrays = ArrayReader(database) if database.is_sqlite else None

    def read(self, member_ids: Sequence[str], most: int) -> ViewingColumns:
        """Of each member at most so many; by member, then time.

        Raises:
            DatabaseUnavailableError: the database cannot be read.
        """
        if len(member_ids) == 1:
            return self._read_one(member_ids[0], most)
        records: list[Any] = []
        with self._database.reading() as connection:
            for start in range(0, len(member_ids), _MEMBERS):
                some = sorted(member_ids[start : start + _MEMBERS])
                records += connection.execute(_OF_MEMBERS, {"member_ids": some, "most": most})
        return ViewingColumns.of(records)

    def read_newest(self, member_id: str, since: int, pause: int, most: int) -> ViewingColumns:
        """A member's records from the end of a pause on, with all from some time on.

        Args:
            member_id: the member.
            since: the time, in milliseconds since 1970.
            pause: the least milliseconds between the records and the one before them.
            most: records that a member may have.

        Returns:
            The records, in time order; none where there are more than `most`, or no such pause
            among the last few.

        Raises:
            DatabaseUnavailableError: the database cannot be read.
        """
        for count in _NEWEST_COUNTS:
            parameters = {"member_id": member_id, "most": most, "count": count}
            rows: Any = self._newest.read(parameters)
            times = [row[_TIME] for row in rows]
            for number, (time, before) in enumerate(pairwise(times), start=1):
                if time <= since and time - before >= pause:
                    return _of_one(member_id, rows[number - 1 :: -1])
            if len(rows) < count:
                break
        return ViewingColumns.of(())

    def _read_one(self, member_id: str, most: int) -> ViewingColumns:
        if self._arrays is not None:
            records = self._arrays.read(member_id, most)
            if records is not None:
                return records
        last_first: Any = self._of_member.read({"member_id": member_id, "most": most})
        return _of_one(member_id, last_first[::-1])


def _of_one(member_id: str, rows: Sequence[Any]) -> ViewingColumns:
    """The columns of a member's rows, which have `_OF_ONE`."""
    if not rows:
        return ViewingColumns.of(())
    return ViewingColumns((member_id,) * len(rows), *zip(*rows, strict=True))


def read_all_viewing_records(connection: Connection) -> Iterator[ViewingRecord]:
    """The records of all members, by member, then time: tuples with its fields."""
    streaming = connection.execution_options(yield_per=_PAGE)
    yield from streaming.execute(_ALL)  # type: ignore[misc]
