"""Columns of events from any file, checked: rows that are no event are refused with the remedy.

Columns have the names of `ViewingEvent`'s fields; `time` may stand for `at`, and others are
ignored. Ids may be integers. Times may be seconds since 1970, timestamps, or ISO 8601 with a zone.

Names of arrays end in their shape: E counts events.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from reprlib import repr as short
from typing import Any, Final, NoReturn

import numpy as np

from ranker.data.arrays import Bools, Floats, Ints
from ranker.data.events import ALL_TEXTS, Column, ViewingLog
from ranker.data.histories import MAX_RATING, MAX_SECONDS
from ranker.data.optional_packages import pyarrow
from ranker.errors import HistoryError

TIMES_AND_NUMBERS: Final = ("at", "time", "seconds", "rating")
COLUMN_NAMES: Final = ("member_id", "title_id", *TIMES_AND_NUMBERS, *ALL_TEXTS)
"""Of the columns that are read."""

_CLOCK_SKEW_SECONDS: Final = 86_400
_MILLISECONDS: Final = 10**11
"""Seconds since 1970 of the year 5138, and milliseconds of 1973: numbers from here on are those."""

_FIX: Final = "write a row as member_id, title_id, at: such as member-ada, aurora, 1700000000."
_FIX_TIME: Final = (
    "write seconds since 1970, a timestamp, or ISO 8601 with a zone, as 2026-11-30T18:00:00Z."
)

Codes = tuple[Any, Ints]
"""The texts of a column, as an Arrow array without duplicates, and the index of each row's; -1."""


@dataclass(frozen=True, slots=True)
class EventBatch:
    """Some rows of a file.

    Args:
        member: the ids.
        title: the ids.
        time_E: when each began, in seconds since 1970.
        seconds_E: how long it lasted; -1 if unknown.
        texts: those of `ALL_TEXTS` that the file has.
        rating_E: what the member gave the title, NaN if nothing; None if the file has none.
    """

    member: Codes
    title: Codes
    time_E: Ints
    seconds_E: Ints
    texts: Mapping[str, Codes]
    rating_E: Floats | None = None

    def log(self) -> ViewingLog:
        """The rows as a log."""
        return ViewingLog.from_columns(
            _column(self.member),
            _column(self.title),
            self.time_E,
            self.seconds_E,
            {name: _column(codes) for name, codes in self.texts.items()},
            known_ratings(self.rating_E),
        )


class EventRows:
    """Rows of a file, before they are checked."""

    def __init__(self, batch: Any, where: str, first: int) -> None:  # noqa: ANN401 - of Arrow
        self._pa = pyarrow()
        self._batch = batch
        self._where = where
        self._first = first

    def checked(self) -> EventBatch:
        """The rows as events; raises HistoryError for the first that is none."""
        return EventBatch(
            self._ids("member_id"),
            self._ids("title_id"),
            self._times(),
            self._durations(),
            {name: self._texts(name) for name in ALL_TEXTS if name in self._batch.schema.names},
            self._ratings() if "rating" in self._batch.schema.names else None,
        )

    def _ids(self, name: str) -> Codes:
        texts, codes_E = self._texts(name)
        if len(codes_E) and codes_E.min() < 0:
            self._refuse(int(codes_E.argmin()), f"`{name}` is empty.", _FIX)
        blank = self._pa.compute.index(self._pa.compute.utf8_is_space(texts), True).as_py()
        if blank >= 0 and (codes_E == blank).any():
            row = int((codes_E == blank).argmax())
            self._refuse(row, f"`{name}` must be more than spaces.", _FIX)
        return texts, codes_E

    def _texts(self, name: str) -> Codes:
        """The texts of a column; integers are texts too, and an empty text is none."""
        types, compute = self._pa.types, self._pa.compute
        column = self._column(name)
        if not types.is_dictionary(column.type):
            column = column.dictionary_encode()
        kind = column.type.value_type
        if not (_is_text(types, kind) or types.is_integer(kind) or types.is_null(kind)):
            self._refuse(0, f"`{name}` is of type {kind}.", "write texts or integers.")
        texts = column.dictionary.cast(self._pa.string())
        codes_E = column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        empty = compute.index(texts, "").as_py()
        if empty >= 0:
            codes_E[codes_E == empty] = -1
        return texts, codes_E

    def _times(self) -> Ints:
        names = self._batch.schema.names
        name = "time" if "time" in names and "at" not in names else "at"
        column, types = self._column(name), self._pa.types
        if types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if _is_text(types, column.type):
            column = self._parsed_times(name, column)
        if types.is_timestamp(column.type):
            column = self._seconds_of(column)
        time_E = self._whole_numbers(name, column, _FIX_TIME)
        self._refuse_where(time_E < 0, f"`{name}` is before 1970, or missing", _FIX_TIME, time_E)
        self._refuse_where(
            time_E >= _MILLISECONDS,
            f"`{name}` must be seconds since 1970, and looks like milliseconds",
            "divide it by 1000, or write a timestamp.",
            time_E,
        )
        future_E = time_E > time.time() + _CLOCK_SKEW_SECONDS
        self._refuse_where(future_E, f"`{name}` is in the future", _FIX_TIME, time_E)
        return time_E

    def _parsed_times(self, name: str, column: Any) -> Any:  # noqa: ANN401
        """Texts as numbers, or else as timestamps."""
        pa = self._pa
        for kind in (pa.int64(), pa.float64(), pa.timestamp("ns", "UTC")):
            try:
                return column.cast(kind)
            except pa.ArrowInvalid as error:
                reason = str(error)
        raise self._refusal(self._first_bad(column), f"`{name}` is no time ({reason}).", _FIX_TIME)

    def _first_bad(self, column: Any) -> int:  # noqa: ANN401
        """The row whose text is no timestamp."""
        for row, text in enumerate(column):
            try:
                text.cast(self._pa.timestamp("ns", "UTC"))
            except self._pa.ArrowInvalid:
                return row
        return 0

    def _seconds_of(self, column: Any) -> Any:  # noqa: ANN401
        pa = self._pa
        unit = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[column.type.unit]
        return pa.compute.divide(column.cast(pa.int64()), unit)

    def _durations(self) -> Ints:
        if "seconds" not in self._batch.schema.names:
            return np.full(len(self._batch), -1, np.int64)
        fix = "write whole seconds, and nothing where the duration is unknown."
        too_long = f"write at most {MAX_SECONDS} (7 days), and divide milliseconds by 1000."
        column = self._column("seconds")
        if self._pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if _is_text(self._pa.types, column.type):
            column = self._as_numbers("seconds", column, fix)
        seconds_E = self._whole_numbers("seconds", column, fix)
        self._refuse_where(seconds_E < -1, "`seconds` is negative", fix, seconds_E)
        known_E = self._known(column)
        self._refuse_where(known_E & (seconds_E < 0), "`seconds` is negative", fix, seconds_E)
        self._refuse_where(
            seconds_E > MAX_SECONDS, "`seconds` is longer than any viewing", too_long, seconds_E
        )
        return seconds_E

    def _ratings(self) -> Floats:
        fix = "write a number, and nothing where there is no rating."
        column = self._column("rating")
        if not (_is_text(self._pa.types, column.type) or _is_number(self._pa.types, column.type)):
            self._refuse(0, f"`rating` is of type {column.type}.", fix)
        numbers = self._as_numbers("rating", column, fix).fill_null(np.nan)
        rating_E: Floats = numbers.to_numpy(zero_copy_only=False)
        too_large_E = np.abs(rating_E) > MAX_RATING
        if too_large_E.any():
            self._refuse(int(too_large_E.argmax()), "`rating` is no rating of any scale.", fix)
        return rating_E

    def _as_numbers(self, name: str, column: Any, fix: str) -> Any:  # noqa: ANN401
        try:
            return column.cast(self._pa.float64())
        except self._pa.ArrowInvalid as error:
            self._refuse(0, f"`{name}` is not a number ({error}).", fix)

    def _known(self, column: Any) -> Bools:  # noqa: ANN401
        known: Bools = self._pa.compute.is_valid(column).to_numpy(zero_copy_only=False)
        if self._pa.types.is_floating(column.type):
            nan_E = np.isnan(column.fill_null(np.nan).to_numpy(zero_copy_only=False))
            known = known & ~nan_E
        return known

    def _whole_numbers(self, name: str, column: Any, fix: str) -> Ints:  # noqa: ANN401
        """Numbers without their fractions; -1 where there is none."""
        types = self._pa.types
        if types.is_null(column.type):
            return np.full(len(column), -1, np.int64)
        if types.is_floating(column.type) or types.is_decimal(column.type):
            numbers_E = column.cast(self._pa.float64()).fill_null(np.nan)
            numbers_E = np.nan_to_num(
                numbers_E.to_numpy(zero_copy_only=False), nan=-1, posinf=2.0**62, neginf=-(2.0**62)
            )
            whole_E: Ints = np.floor(np.clip(numbers_E, -(2.0**62), 2.0**62)).astype(np.int64)
            return whole_E
        if not types.is_integer(column.type):
            self._refuse(0, f"`{name}` is of type {column.type}.", fix)
        if types.is_uint64(column.type):
            return self._whole_numbers(name, column.cast(self._pa.float64(), safe=False), fix)
        exact_E: Ints = column.cast(self._pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
        return exact_E

    def _column(self, name: str) -> Any:  # noqa: ANN401
        if name not in self._batch.schema.names:
            raise HistoryError(f"There is no column `{name}`.", _FIX, where=self._where)
        return self._batch.column(name)

    def _refuse_where(self, bad_E: Bools, what: str, fix: str, values_E: Ints) -> None:
        if bad_E.any():
            row = int(bad_E.argmax())
            self._refuse(row, f"{what}: {short(int(values_E[row]))}.", fix)

    def _refuse(self, row: int, what: str, fix: str) -> NoReturn:
        raise self._refusal(row, what, fix)

    def _refusal(self, row: int, what: str, fix: str) -> HistoryError:
        return HistoryError(what, fix, where=f"{self._where}, row {self._first + row}")


def _is_text(types: Any, kind: Any) -> bool:  # noqa: ANN401
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _is_number(types: Any, kind: Any) -> bool:  # noqa: ANN401
    return bool(
        types.is_floating(kind)
        or types.is_integer(kind)
        or types.is_decimal(kind)
        or types.is_null(kind)
    )


def known_ratings(rating_E: Floats | None) -> Floats | None:
    """Ratings as a log has them: None if there are none."""
    return None if rating_E is None or np.isnan(rating_E).all() else rating_E


def _column(codes: Codes) -> Column:
    """Sorted texts, as a column has them."""
    texts, codes_E = codes[0].to_pylist(), codes[1]
    values = sorted(set(texts) - {""})
    code_of = {value: code for code, value in enumerate(values)}
    new_codes = np.array([*(code_of.get(text, -1) for text in texts), -1], np.int64)
    return Column(tuple(values), new_codes[codes_E])
