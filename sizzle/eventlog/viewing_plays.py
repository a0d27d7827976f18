"""A member's plays from SQLite as three arrays: 200 records in half the time of as many rows.

They are read in the order in which SQLite keeps them, and whole seconds as integers, since it takes
longer to write a fraction than to find a record.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, bindparam, case, cast, func, select

from sizzle.database import Database
from sizzle.database.schema import VIEWING_RECORDS
from sizzle.events.viewing_record import ViewingColumns

_TABLE: Final = VIEWING_RECORDS.c
_OF_MEMBER: Final = _TABLE.member_id == bindparam("member_id")
_ONE_TOO_MANY: Final = (
    select(_TABLE.time)
    .where(_OF_MEMBER)
    .order_by(_TABLE.time)
    .limit(1)
    .offset(bindparam("most"))
    .scalar_subquery()
)
_WHOLE: Final = cast(_TABLE.amount, BigInteger)
_ARRAYS: Final = select(
    _ONE_TOO_MANY.label("one_too_many"),
    func.min(_TABLE.type),
    func.max(_TABLE.type),
    func.max(_TABLE.reel_id),
    func.max(_TABLE.context),
    func.json_group_array(_TABLE.time),
    func.json_group_array(_TABLE.title_id),
    func.json_group_array(case((_TABLE.amount == _WHOLE, _WHOLE), else_=_TABLE.amount)),
).where(_OF_MEMBER, _ONE_TOO_MANY.is_(None))
_times = msgspec.json.Decoder(list[int])
_titles = msgspec.json.Decoder(list[str])
_amounts = msgspec.json.Decoder(list[float | None])


class PlayReader:
    """Reads the records of a member of whom there is nothing but plays without a context.

    Args:
        database: of SQLite.
    """

    def __init__(self, database: Database) -> None:
        self._reader = database.row_reader(_ARRAYS)

    def read(self, member_id: str, most: int) -> ViewingColumns | None:
        """The records, or None where there are too many, or some of another kind.

        Raises:
            DatabaseUnavailableError: the database cannot be read.
        """
        [row] = self._reader.read({"member_id": member_id, "most": most})
        one_too_many, type_, last_type, reel_id, context, *arrays = row
        if type_ is None and one_too_many is None:
            return ViewingColumns.of(())
        if type_ is None or type_ != last_type or reel_id or context:
            return None
        return _columns(member_id, type_, arrays)


def _columns(member_id: str, type_: str, arrays: list[Any]) -> ViewingColumns | None:
    times = _times.decode(arrays[0])
    titles, amounts = _titles.decode(arrays[1]), _amounts.decode(arrays[2])
    if times != sorted(times):  # nothing promises the order of an array, but all have the same
        return None
    count = len(times)
    nothing = ("",) * count
    return ViewingColumns(
        member_id=(member_id,) * count,
        time=times,
        type=(type_,) * count,
        title_id=titles,
        reel_id=nothing,
        amount=amounts,
        cut=(None,) * count,
        frames=(None,) * count,
        context=nothing,
    )
