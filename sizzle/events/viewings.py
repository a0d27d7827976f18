"""Gathers what single events say was seen into viewings, in columns.

Events of one title shortly after one another are one viewing, whose seconds add up; so are all of
one title in one reel.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from ranker.data.events import REQUEST_FIELDS, TIME_ZONE, Column, ViewingLog
from sizzle.events.viewing_record import ViewingColumns

SESSION_GAP: Final = 4 * 3_600_000
"""The most milliseconds between two events of one viewing, as the ranker merges them."""

Watch = tuple[str, int, str, str, str | int, float, float, str, str, float]
"""What one event says was seen: the member; when, in milliseconds since 1970; the title; the
viewing's action; its source, such as a reel, as only what has the same one is one viewing; how many
seconds, NaN if that is not known; how many a viewing has at least; the context, as `ViewingRecord`
has it; the action of a shorter viewing, empty if that does not count; and the rating, NaN if there
is none."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_context = msgspec.json.Decoder(dict[str, str])


def gather(watches: Iterable[Watch]) -> ViewingLog:
    """The viewings that count.

    One loop, as calls of numpy take longer for some hundred events of several kinds.

    Args:
        watches: of each member in time order.
    """
    firsts: list[Watch] = []  # of each viewing
    seconds: list[float] = []
    ends: list[int] = []  # times of the last events
    last: dict[tuple[str, str | int, str], int] = {}
    for watch in watches:
        member, time, title, _, source, seen, *_ = watch
        key = (member, source, title)
        number = last.get(key, -1)
        if number >= 0 and time - ends[number] <= SESSION_GAP:
            seconds[number] += seen
            ends[number] = time
        else:
            last[key] = len(firsts)
            firsts.append(watch)
            seconds.append(seen)
            ends.append(time)
    kept = [
        (*watch[:3], watch[8] if is_short else watch[3], total, watch[7], watch[9])
        for watch, total in zip(firsts, seconds, strict=True)
        if not (is_short := total < watch[6]) or watch[8]  # of unknown length none is short
    ]
    if not kept:
        return ViewingLog.from_events(())
    members, times, titles, actions, totals, contexts, ratings = zip(*kept, strict=True)
    texts = {"action": Column.from_texts(actions), **_context_columns(contexts)}
    columns = _members(members), _unsorted(titles), np.array(times, np.int64)
    rating = np.array(ratings, np.float64)
    known = None if np.isnan(rating).all() else rating
    return _log(*columns, np.array(totals, np.float64), texts, known)


def gather_plays(
    plays: ViewingColumns, seconds: Floats, action: str, least: float, short_action: str
) -> ViewingLog:
    """The same of plays of titles alone, as most histories are: in a third of the time.

    Args:
        plays: at least one; of each member in time order.
        seconds: of each play.
        action: of all viewings but short ones.
        least: the fewest seconds of one that is not short.
        short_action: of shorter ones; empty if they do not count.
    """
    time, member, title = (
        np.array(plays.time, np.int64),
        _members(plays.member_id),
        _unsorted(plays.title_id),
    )
    texts = {"action": Column.repeated(action, len(time)), **_context_columns(plays.context)}
    first = np.arange(len(time))
    if len(title.values) < len(time):  # else no two are of one title
        keys = title.codes_E + len(title.values) * member.codes_E
        first, seconds = _merged(keys, time, seconds)
    is_short = seconds < least
    if not is_short.any() and len(first) == len(time):
        return _log(member, title, time, seconds, texts)
    if not short_action:
        first, seconds = first[~is_short], seconds[~is_short]
    texts = {name: column.take(first).compact() for name, column in texts.items()}
    if short_action:
        texts["action"] = Column.from_texts(np.where(is_short, short_action, action).tolist())
    return _log(member.take(first), title.take(first), time[first], seconds, texts)


def _log(
    member: Column,
    title: Column,
    time: Ints,
    seconds: Floats,
    texts: dict[str, Column],
    rating: Floats | None = None,
) -> ViewingLog:
    """Viewings that begin at some milliseconds, and last so long; NaN if that is not known."""
    whole = np.where(np.isnan(seconds), -1, np.rint(seconds)).astype(np.int64)
    used = {name: column for name, column in texts.items() if column.values}
    log = ViewingLog(member, title, time // 1000, whole, used, rating)
    if len(member.values) <= 1:
        return log
    return log.take(np.lexsort((log.time_E, member.codes_E)))


def _merged(key: Ints, time: Ints, seconds: Floats) -> tuple[Ints, Floats]:
    """The first event of each viewing, in their order, and the seconds of all of it."""
    order = np.argsort(key, kind="stable")  # each key is one member's, whose times are in order
    sorted_key, sorted_time = key[order], time[order]
    begins = np.ones(len(order), np.bool_)
    begins[1:] = (sorted_key[1:] != sorted_key[:-1]) | (
        sorted_time[1:] - sorted_time[:-1] > SESSION_GAP
    )
    if begins.all():
        return np.arange(len(order)), seconds
    starts = np.flatnonzero(begins)
    total = np.add.reduceat(seconds[order], starts)
    first = order[starts]
    in_order = np.argsort(first)
    return first[in_order], total[in_order]


def _context_columns(contexts: Sequence[str]) -> dict[str, Column]:
    """Device and so on, where any event has a context."""
    if not any(contexts):
        return {}
    different = _unsorted(contexts)  # few
    given = list(map(context_of, different.values))
    return {
        name: Column.from_texts([context.get(name, "") for context in given]).take(
            different.codes_E
        )
        for name in (*REQUEST_FIELDS, TIME_ZONE)
    }


def context_of(text: str) -> dict[str, str]:
    """What a record's context says."""
    return _context.decode(text) if text else {}


def _members(member_ids: Sequence[str]) -> Column:
    """The members as a column: mostly there is one."""
    if member_ids.count(member_ids[0]) == len(member_ids):
        return Column.repeated(member_ids[0], len(member_ids))
    return Column.from_texts(member_ids)


def _unsorted(texts: Sequence[str]) -> Column:
    """The texts as a column whose values are in the order in which they come: nobody sees it."""
    numbers: dict[str, int] = {}
    codes = [numbers.setdefault(text, len(numbers)) for text in texts]
    return Column(tuple(numbers), np.array(codes, np.int64))
