"""Viewing events as columns, so that millions of them can be read, sorted and split.

Names of arrays end in their shape: E counts events.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from operator import attrgetter, itemgetter
from typing import Final, Self

import numpy as np

from ranker.data.arrays import Floats, Ints, Where
from ranker.data.histories import ViewingEvent

REQUEST_FIELDS: Final = ("device", "locale", "country", "surface")
"""Text fields that are known at request time, before the member acts."""

TEXT_FIELDS: Final = ("action", *REQUEST_FIELDS)
"""Text fields whose values a model knows."""

TIME_ZONE: Final = "time_zone"
"""The text field by which times become members' local times."""

ALL_TEXTS: Final = (*TEXT_FIELDS, TIME_ZONE)
_FIELDS: Final = ("member_id", "title_id", "at", "seconds", "rating", *ALL_TEXTS)


@dataclass(frozen=True, slots=True)
class Column:
    """Repeating strings, stored once each, with an integer code per event.

    Args:
        values: the strings, sorted.
        codes_E: indexes into `values`; -1 means no value.
    """

    values: tuple[str, ...]
    codes_E: Ints

    @classmethod
    def from_texts(cls, texts: Sequence[str]) -> Self:
        """A column of one string per event; an empty string means no value."""
        values = sorted(set(texts) - {""})
        code_of = {"": -1} | {value: code for code, value in enumerate(values)}
        codes_E = np.fromiter(map(code_of.__getitem__, texts), np.int64, len(texts))
        return cls(tuple(values), codes_E)

    def texts(self) -> Iterator[str]:
        """The string of each event; an empty string means no value."""
        return map((*self.values, "").__getitem__, self.codes_E.tolist())

    def take(self, index: Where) -> Self:
        """The column of some of the events."""
        return type(self)(self.values, self.codes_E[index])

    def compact(self) -> Self:
        """The column without unused values."""
        is_used_V = np.bincount(self.codes_E + 1, minlength=len(self.values) + 1)[1:] > 0
        if is_used_V.all():
            return self
        values = tuple([self.values[code] for code in np.flatnonzero(is_used_V).tolist()])
        new_codes = np.append(np.cumsum(is_used_V) - 1, -1)
        return type(self)(values, new_codes[self.codes_E])

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """The strings of all parts."""
        parts = [part.compact() for part in parts]
        values = tuple(sorted(set(chain.from_iterable(part.values for part in parts))))
        code_of = {value: code for code, value in enumerate(values)}
        new_codes = (
            np.array([*map(code_of.__getitem__, part.values), -1], np.int64)[part.codes_E]
            for part in parts
        )
        return cls(values, np.concatenate([np.zeros(0, np.int64), *new_codes]))

    @classmethod
    def repeated(cls, text: str, count: int) -> Self:
        """The same string for each of so many events; an empty one means no value."""
        return cls((text,), np.zeros(count, np.int64)) if text else cls.without_values(count)

    @classmethod
    def without_values(cls, count: int) -> Self:
        """A column of so many events without a string."""
        return cls((), np.full(count, -1, np.int64))


@dataclass(frozen=True, slots=True)
class ViewingLog:
    """Events ordered by member, then time; events with equal times keep their given order.

    Args:
        member: who watched.
        title: what was watched.
        time_E: when it began, in seconds since 1970.
        seconds_E: how long it lasted; -1 if unknown.
        texts: those of `TEXT_FIELDS` and `TIME_ZONE` that at least one event has.
        rating_E: what the member gave the title, NaN if nothing; None if no event has a rating.
    """

    member: Column
    title: Column
    time_E: Ints
    seconds_E: Ints
    texts: Mapping[str, Column]
    rating_E: Floats | None = None

    @classmethod
    def from_events(cls, events: Iterable[ViewingEvent]) -> Self:
        """A log of events in any order; duplicates count once."""
        # Tuples of fields: they are hashed and taken apart in a third of the events' own time.
        unique = dict.fromkeys(map(attrgetter(*_FIELDS), events))
        member, title, time, seconds, ratings, *texts = (
            list(map(itemgetter(number), unique)) for number in range(len(_FIELDS))
        )
        return cls.from_columns(
            Column.from_texts(member),
            Column.from_texts(title),
            np.array(time, np.int64),
            np.array([-1 if value is None else value for value in seconds], np.int64),
            {
                name: Column.from_texts(column)
                for name, column in zip(ALL_TEXTS, texts, strict=True)
                if any(column)
            },
            _rating_column(ratings),
        )

    @classmethod
    def from_columns(
        cls,
        member: Column,
        title: Column,
        time: Ints,
        seconds: Ints | None = None,
        texts: Mapping[str, Column] | None = None,
        rating: Floats | None = None,
    ) -> Self:
        """A log of columns in any order; the sort is stable."""
        order = np.lexsort((time, member.codes_E))
        seconds = np.full(len(time), -1, np.int64) if seconds is None else seconds
        used = {name: column for name, column in (texts or {}).items() if column.values}
        log = cls(member, title, time, seconds, used, rating)
        return log.take(order)

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """The events of all parts."""
        names = [name for name in ALL_TEXTS if any(name in part.texts for part in parts)]
        has_ratings = any(part.rating_E is not None for part in parts)
        return cls.from_columns(
            Column.concatenate([part.member for part in parts]),
            Column.concatenate([part.title for part in parts]),
            np.concatenate([np.zeros(0, np.int64), *(part.time_E for part in parts)]),
            np.concatenate([np.zeros(0, np.int64), *(part.seconds_E for part in parts)]),
            {name: Column.concatenate([part.column(name) for part in parts]) for name in names},
            np.concatenate([part.ratings() for part in parts]) if has_ratings else None,
        )

    def take(self, index: Where) -> Self:
        """Some of the events; the caller is responsible for their order."""
        return type(self)(
            self.member.take(index),
            self.title.take(index),
            self.time_E[index],
            self.seconds_E[index],
            {name: column.take(index) for name, column in self.texts.items()},
            None if self.rating_E is None else self.rating_E[index],
        )

    def ratings(self) -> Floats:
        """Each event's rating; NaN where there is none."""
        return np.full(len(self), np.nan) if self.rating_E is None else self.rating_E

    def events(self) -> Iterator[ViewingEvent]:
        """The events one by one."""
        seconds = (None if value < 0 else value for value in self.seconds_E.tolist())
        texts = map(self.texts_of, ALL_TEXTS)
        columns = (self.member.texts(), self.title.texts(), self.time_E.tolist(), seconds)
        if self.rating_E is None:
            return map(ViewingEvent, *columns, *texts)
        ratings = (None if math.isnan(value) else value for value in self.rating_E.tolist())
        return map(ViewingEvent, *columns, *texts, ratings)

    def column(self, name: str) -> Column:
        """The column of a text field."""
        return self.texts[name] if name in self.texts else Column.without_values(len(self))

    def texts_of(self, name: str) -> Iterator[str]:
        """Each event's text of a text field."""
        return self.texts[name].texts() if name in self.texts else repeat("", len(self))

    def compact(self) -> Self:
        """The same events, without values that none of them has."""
        texts = {name: column.compact() for name, column in self.texts.items()}
        member, title = self.member.compact(), self.title.compact()
        return type(self)(member, title, self.time_E, self.seconds_E, texts, self.rating_E)

    def without_duplicates(self) -> Self:
        """The log in which events that are equal in all fields count once."""
        # Equal ones have a member and a time in common: few do, so that only these are compared.
        same_E = self.time_E[1:] == self.time_E[:-1]
        same_E &= self.member.codes_E[1:] == self.member.codes_E[:-1]
        if not same_E.any():
            return self
        texts = [column.codes_E for column in self.texts.values()]
        if self.rating_E is not None:
            texts.append(self.rating_E.view(np.int64))  # so that no rating equals no rating
        rows_EF = np.column_stack(
            [self.member.codes_E, self.time_E, self.title.codes_E, self.seconds_E, *texts]
        )
        suspect_E = np.flatnonzero(np.append(same_E, False) | np.append(False, same_E))
        _, first = np.unique(rows_EF[suspect_E], axis=0, return_index=True)
        return self.take(np.delete(np.arange(len(self)), np.delete(suspect_E, first)))

    def __len__(self) -> int:
        """The number of events."""
        return len(self.time_E)


def _rating_column(ratings: Sequence[float | None]) -> Floats | None:
    if not any(rating is not None for rating in ratings):
        return None
    return np.array([math.nan if rating is None else rating for rating in ratings], np.float64)
