"""A member's records from SQLite as arrays: 200 of them in half the time of as many rows.

They are read in the order in which SQLite keeps them, and whole seconds as integers, since it takes
longer to write a fraction than to find a record.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FunctionElement,
    bindparam,
    case,
    cast,
    func,
    select,
)

from sizzle.database import Database
from sizzle.database.schema import VIEWING_RECORDS
from sizzle.events.viewing_record import PROGRESS, ViewingColumns

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


def _array(value: ColumnElement[Any]) -> FunctionElement[Any]:
    return func.json_group_array(value)


def _numbers(value: ColumnElement[float]) -> FunctionElement[Any]:
    whole = cast(value, BigInteger)
    return _array(case((value == whole, whole), else_=value))


_IN_REEL: Final = _TABLE.cut.is_not(None)
_ARRAYS: Final = select(
    _ONE_TOO_MANY.label("one_too_many"),
    *(_array(column) for column in (_TABLE.time, _TABLE.type, _TABLE.title_id, _TABLE.context)),
    _numbers(_TABLE.amount),
    _array(_TABLE.reel_id).filter(_IN_REEL),
    *(_numbers(column).filter(_IN_REEL) for column in (_TABLE.cut, _TABLE.frames)),
).where(_OF_MEMBER, _ONE_TOO_MANY.is_(None))
_times = msgspec.json.Decoder(list[int])
_texts = msgspec.json.Decoder(list[str])
_amounts = msgspec.json.Decoder(list[float | None])


class ArrayReader:
    """Reads the records of a member.

    Args:
        database: of SQLite.
    """

    def __init__(self, database: Database) -> None:
        self._reader = database.row_reader(_ARRAYS)

    def read(self, member_id: str, most: int) -> ViewingColumns | None:
        """The records, or None where there are too many.

        Raises:
            DatabaseUnavailableError: the database cannot be read.
        """
        [[one_too_many, *arrays]] = self._reader.read({"member_id": member_id, "most": most})
        return None if one_too_many is not None else _columns(member_id, arrays)


def _columns(member_id: str, arrays: Sequence[str]) -> ViewingColumns | None:
    """The columns of arrays; None where they do not fit together."""
    times = _times.decode(arrays[0])
    types, titles, contexts = map(_texts.decode, arrays[1:4])
    if times != sorted(times):  # nothing promises the order of an array, but all have the same
        return None
    rows = [row for row, type_ in enumerate(types) if type_ == PROGRESS]
    reels: list[list[Any]] = [_texts.decode(arrays[5]), *map(_amounts.decode, arrays[6:])]
    if any(len(values) != len(rows) for values in reels):
        return None
    count = len(times)
    reel_ids, cuts, frames = (
        _spread(rows, values, [nothing] * count)
        for values, nothing in zip(reels, ("", None, None), strict=True)
    )
    return ViewingColumns(
        *((member_id,) * count, times, types, titles, reel_ids),
        *(_amounts.decode(arrays[4]), cuts, frames, contexts),
    )


def _spread(rows: Sequence[int], values: Sequence[Any], among: list[Any]) -> list[Any]:
    """The values at their rows among others."""
    for row, value in zip(rows, values, strict=True):
        among[row] = value
    return among
