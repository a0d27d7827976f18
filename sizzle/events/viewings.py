"""Gathers what single events say was seen into viewings, in columns.

Events of one title shortly after one another are one viewing, whose seconds add up; so are all of
one title in one reel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from ranker.data.arrays import Where
from ranker.data.events import REQUEST_FIELDS, TIME_ZONE, Column, ViewingLog

SESSION_GAP: Final = 4 * 3_600_000
"""The most milliseconds between two events of one viewing, as the ranker merges them."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_context = msgspec.json.Decoder(dict[str, str])


@dataclass(frozen=True, slots=True)
class Watches:
    """What events say was seen, in columns; of each member in time order.

    Args:
        member: who.
        time: when, in milliseconds since 1970.
        title: of the event; its values need no order.
        source: such as a reel, by number: only what has the same one is one viewing.
        seconds: how many, NaN if that is not known.
        least: the seconds of a viewing that is not short.
        action: of the viewing.
        short_action: of a shorter viewing; without a value, that does not count.
        context: as `ViewingRecord` has it.
        rating: NaN if there is none; None if no event has one.
        counts: whether the event counts at all.
    """

    member: Column
    time: Ints
    title: Column
    source: Ints
    seconds: Floats
    least: Floats
    action: Column
    short_action: Column
    context: Column
    rating: Floats | None
    counts: Bools


def gather(watches: Watches) -> ViewingLog:
    """The viewings that count."""
    first, seconds = _merged(watches)
    is_short = seconds < watches.least[first]  # of unknown length none is
    action = watches.action.take(first)
    if is_short.any():
        short = watches.short_action.take(first)
        kept = np.flatnonzero(~is_short | (short.codes_E >= 0))
        action = either(is_short, short, action).take(kept)
        first, seconds = np.arange(len(watches.time))[first][kept], seconds[kept]
    texts = {"action": action.compact(), **_context_columns(watches.context.take(first))}
    log = ViewingLog(
        watches.member.take(first),
        watches.title.take(first),
        watches.time[first] // 1000,
        np.where(np.isnan(seconds), -1, np.rint(seconds)).astype(np.int64),
        {name: column for name, column in texts.items() if column.values},
        _ratings(watches.rating, first),
    )
    if len(log.member.values) <= 1:
        return log
    return log.take(np.lexsort((log.time_E, log.member.codes_E)))


def _ratings(rating: Floats | None, first: Where) -> Floats | None:
    """The ratings of viewings; None if there are none."""
    if rating is None:
        return None
    rating = rating[first]
    return None if np.isnan(rating).all() else rating


def _merged(watches: Watches) -> tuple[Where, Floats]:
    """The first event of each viewing that counts, in their order, and the seconds of all of it."""
    title, member = watches.title, watches.member
    all_count = watches.counts.all()
    if all_count and len(title.values) == len(title.codes_E):  # no two are of one title
        return slice(None), watches.seconds
    key = watches.source * (len(member.values) + 1) + member.codes_E
    key = key * (len(title.values) + 1) + title.codes_E
    rows = np.flatnonzero(watches.counts)
    ordered = rows[np.argsort(key[rows], kind="stable")]  # each key is one member's, in time order
    key, time = key[ordered], watches.time[ordered]
    begins = np.ones(len(ordered), np.bool_)
    begins[1:] = (key[1:] != key[:-1]) | (time[1:] - time[:-1] > SESSION_GAP)
    if begins.all():
        return (slice(None), watches.seconds) if all_count else (rows, watches.seconds[rows])
    first = ordered[begins]
    in_order = np.argsort(first)
    # Added up in the order of the events, as nothing else gives the same sum.
    total = np.bincount(np.cumsum(begins) - 1, watches.seconds[ordered]).astype(np.float64)
    return first[in_order], total[in_order]


def _context_columns(context: Column) -> dict[str, Column]:
    """Device and so on, where any event has a context."""
    if not any(context.values):
        return {}
    given = list(map(context_of, context.values))  # few
    columns = {}
    for name in (*REQUEST_FIELDS, TIME_ZONE):
        texts = [values.get(name, "") for values in given]
        if any(texts):
            columns[name] = Column.from_texts(texts).take(context.codes_E).compact()
    return columns


def context_of(text: str) -> dict[str, str]:
    """What a record's context says."""
    return _context.decode(text) if text else {}


def numbered(texts: Sequence[str]) -> Column:
    """The texts, at least one, as a column whose values are in the order in which they come.

    Nobody sees that order; an empty text is a value too.
    """
    if texts[0] == texts[-1] and texts.count(texts[0]) == len(texts):  # in a third of the time
        return Column((texts[0],), np.zeros(len(texts), np.int64))
    number_of = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    codes = np.fromiter(map(number_of.__getitem__, texts), np.int64, len(texts))
    return Column(tuple(number_of), codes)


def either(is_first: Bools, first: Column, second: Column) -> Column:
    """The texts of one column where a condition holds, else those of another."""
    values = tuple(sorted({*first.values, *second.values}))
    code_of = {value: code for code, value in enumerate(values)}
    first_codes, second_codes = (
        np.array([*map(code_of.__getitem__, column.values), -1], np.int64)[column.codes_E]
        for column in (first, second)
    )
    return Column(values, np.where(is_first, first_codes, second_codes))
