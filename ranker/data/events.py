"""Viewing events as columns: what a million of them are read, sorted and split in.

Names of arrays end in their shape: E counts events.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, Self

import numpy as np

from ranker.data.arrays import Ints, Where
from ranker.data.histories import ViewingEvent

SURROUNDINGS: Final = ("device", "locale", "country", "surface")
"""What is known of a step when it is asked for: the event's text fields other than its action."""

TEXTS: Final = ("action", *SURROUNDINGS)


@dataclass(frozen=True, slots=True)
class Column:
    """Texts that repeat: each is held once, and an event holds its place; -1 is none.

    Args:
        values: the texts, sorted.
        codes_E: one an event.
    """

    values: tuple[str, ...]
    codes_E: Ints

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """Of one text an event; an empty one is none."""
        values = sorted(set(texts) - {""})
        place = {"": -1} | {value: code for code, value in enumerate(values)}
        return cls(tuple(values), np.fromiter(map(place.__getitem__, texts), np.int64, len(texts)))

    def take(self, index: Where) -> Self:
        """The column of some events."""
        return type(self)(self.values, self.codes_E[index])

    def compact(self) -> Self:
        """The column without the texts that no event of it has."""
        used, codes_E = np.unique(np.append(self.codes_E, -1), return_inverse=True)
        values = tuple(self.values[code] for code in used[1:])
        return type(self)(values, codes_E[:-1].astype(np.int64) - 1)


@dataclass(frozen=True, slots=True)
class EventLog:
    """Events by member and then time; where times are equal, the one given first is first.

    Args:
        member: whose they are.
        title: what was watched.
        at_E: when, in seconds since 1970.
        seconds_E: for how long; -1 where it is unknown.
        texts: `TEXTS` that at least one event has.
    """

    member: Column
    title: Column
    at_E: Ints
    seconds_E: Ints
    texts: Mapping[str, Column]

    @classmethod
    def of(cls, events: Iterable[ViewingEvent]) -> Self:
        """Of single events, in any order; the same event told twice counts once."""
        once = list(dict.fromkeys(events))
        seconds = [-1 if event.seconds is None else event.seconds for event in once]
        columns = {name: Column.of([getattr(event, name) for event in once]) for name in TEXTS}
        return cls.sorted(
            Column.of(list(map(attrgetter("member_id"), once))),
            Column.of(list(map(attrgetter("title_id"), once))),
            np.fromiter(map(attrgetter("at"), once), np.int64, len(once)),
            np.array(seconds, np.int64),
            columns,
        )

    @classmethod
    def sorted(
        cls,
        member: Column,
        title: Column,
        at: Ints,
        seconds: Ints | None = None,
        texts: Mapping[str, Column] | None = None,
    ) -> Self:
        """Of columns in any order; the sort is stable."""
        order = np.lexsort((at, member.codes_E))
        seconds = np.full(len(at), -1, np.int64) if seconds is None else seconds
        used = {name: column for name, column in (texts or {}).items() if column.values}
        log = cls(member, title, at, seconds, used)
        return log.take(order)

    def take(self, index: Where) -> Self:
        """Some of the events; their order is up to the caller."""
        return type(self)(
            self.member.take(index),
            self.title.take(index),
            self.at_E[index],
            self.seconds_E[index],
            {name: column.take(index) for name, column in self.texts.items()},
        )

    def compact(self) -> Self:
        """The same events, without the texts that none of them has."""
        texts = {name: column.compact() for name, column in self.texts.items()}
        member, title = self.member.compact(), self.title.compact()
        return type(self)(member, title, self.at_E, self.seconds_E, texts)

    def __len__(self) -> int:
        """How many events there are."""
        return len(self.at_E)
