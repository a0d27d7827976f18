"""What records say was seen, in columns, by a rule for each type of event.

A loop over the records of a usual history takes a third longer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np

from ranker.data.events import Column
from ranker.data.histories import MAX_RATING, MAX_SECONDS
from sizzle.events.viewing_record import PROGRESS, VIEWED, ViewingColumns
from sizzle.events.viewings import (
    Bools,
    Floats,
    Ints,
    Watches,
    context_of,
    either,
    numbered,
)
from sizzle.reel.reel_cuts import ReelCut

LONGEST: Final = 86_400.0
"""Seconds of one event: more is a device's mistake."""

_MAX_CUT: Final = 1e6  # any number beyond all reels

CutFinder = Callable[[str, int], ReelCut | None]
"""Finds a cut of a reel by the reel's id and the cut's number, from 1, as `ReelCuts` does."""


class Rule(NamedTuple):
    """What events of a type say of their title.

    Attributes:
        action: of a viewing; of `VIEWED`, the context says it.
        short_action: of one that is shorter than `least_seconds`; empty if that does not count.
        least_seconds: of a viewing that is not short.
        least_amount: an event counts from this amount on; NaN if none does, and of `PROGRESS`,
            whose amount is what the reel's cut says.
        longest: the most seconds of an event; NaN if the amount is no duration.
        source: only events with the same one are one viewing; of reels it is the reel's id.
        rates: whether the amount is a rating.
    """

    action: str
    short_action: str = ""
    least_seconds: float = 0.0
    least_amount: float = -math.inf
    longest: float = math.nan
    source: str = ""
    rates: bool = False


_NOT_COUNTED: Final = Rule("", least_amount=math.nan)


def watches_of(records: ViewingColumns, rules: Mapping[str, Rule], cut: CutFinder) -> Watches:
    """What records say was seen.

    Args:
        records: at least one; of each member in time order.
        rules: by type of event; others do not count.
        cut: finds what a reel showed.
    """
    kind, context = numbered(records.type), numbered(records.context)
    own = [rules.get(type_, _NOT_COUNTED) for type_ in kind.values]
    numbers = [(rule.least_seconds, rule.least_amount, rule.longest) for rule in own]
    least_seconds, least_amount, longest = np.array(numbers).T[:, kind.codes_E]
    amount = np.array(records.amount, np.float64)
    amount[np.isnan(amount)] = -math.inf  # of None: less than what any rule asks for
    seconds = np.minimum(amount, longest)
    counts = amount >= least_amount
    actions, short_actions = (
        Column.from_texts(texts).take(kind.codes_E)
        for texts in ([rule.action for rule in own], [rule.short_action for rule in own])
    )
    rates, titles = [rule.rates for rule in own], records.title_id
    rating = _ratings(amount, np.array(rates)[kind.codes_E]) if any(rates) else None
    in_reels, viewed = _rows(kind, PROGRESS), _rows(kind, VIEWED)
    if len(in_reels) and PROGRESS in rules:
        titles = _read_reels(records, in_reels, cut, seconds, counts)
    if len(viewed):
        seconds[viewed] = _durations(amount[viewed])
        actions, rating = _said(context, viewed, actions, rating)
    return Watches(
        member=_members(records.member_id),
        time=np.array(records.time, np.int64),
        title=numbered(titles),
        source=_sources(records, kind, own, in_reels, viewed),
        seconds=seconds,
        least=least_seconds,
        action=actions,
        short_action=short_actions,
        context=context,
        rating=rating,
        counts=counts,
    )


def _members(member_ids: Sequence[str]) -> Column:
    """The members as a column, whose values are sorted."""
    column = numbered(member_ids)
    return column if len(column.values) == 1 else Column.from_texts(member_ids)


def _rows(kind: Column, type_: str) -> Ints:
    """The events of a type."""
    if type_ not in kind.values:
        return np.zeros(0, np.int64)
    return np.flatnonzero(kind.codes_E == kind.values.index(type_))


def _ratings(amount: Floats, is_rating: Bools) -> Floats:
    return np.where(is_rating, np.clip(amount, -MAX_RATING, MAX_RATING), np.nan)


def _read_reels(
    records: ViewingColumns, rows: Ints, cut: CutFinder, seconds: Floats, counts: Bools
) -> Sequence[str]:
    """All events' titles; what was seen of reels' cuts is filled in, and that it counts.

    Args:
        records: of all events.
        rows: those of reels.
        cut: finds what a reel showed.
        seconds: of all events.
        counts: whether each counts.
    """
    titles = list(records.title_id)
    numbers, frames, given = records.cut, records.frames, records.amount
    counted: list[int] = []
    amounts: list[float] = []
    for row in rows.tolist():
        number, seen, amount = numbers[row], frames[row], given[row]
        if number is None or seen is None:
            continue
        shown = cut(records.reel_id[row], int(min(number, _MAX_CUT)))
        if shown is not None:  # else it can no longer be replayed, and the event has to say
            titles[row], amount = shown.title_id, _seconds(min(seen, shown.frames), shown.rate)
        if titles[row] and amount is not None and amount >= 0:
            counted.append(row)
            amounts.append(amount)
    if counted:
        seconds[counted], counts[counted] = np.minimum(amounts, LONGEST), True
    return titles


def _seconds(frames: float, rate: Fraction) -> float:
    """How long frames take: a division by the fraction takes five times as long."""
    return frames * rate.denominator / rate.numerator


def _durations(amount: Floats) -> Floats:
    """Seconds of what is viewed by itself: what nothing can have is not known."""
    return np.where((amount >= 0) & (amount <= MAX_SECONDS), amount, np.nan)


def _said(
    context: Column, rows: Ints, actions: Column, rating: Floats | None
) -> tuple[Column, Floats]:
    """All events' actions and ratings, with those that some events' contexts say."""
    known = list(map(context_of, context.values))
    said = Column.from_texts([values.get("action", "") for values in known])
    ratings = np.array([float(values.get("rating", math.nan)) for values in known])
    rating = np.full(len(context.codes_E), np.nan) if rating is None else rating
    rating[rows] = np.clip(ratings, -MAX_RATING, MAX_RATING)[context.codes_E[rows]]
    is_said = np.zeros(len(rating), np.bool_)
    is_said[rows] = True
    return either(is_said, said.take(context.codes_E), actions), rating


def _sources(
    records: ViewingColumns, kind: Column, rules: Sequence[Rule], in_reels: Ints, viewed: Ints
) -> Ints:
    """The number of each event's source; what is viewed by itself is one of its own."""
    number_of: dict[str | int, int] = {}
    by_kind = [number_of.setdefault(rule.source, len(number_of)) for rule in rules]
    source = np.array(by_kind)[kind.codes_E]
    for rows, sources in ((in_reels, records.reel_id), (viewed, records.time)):
        if len(rows):
            own = [sources[row] for row in rows.tolist()]
            source[rows] = [number_of.setdefault(source, len(number_of)) for source in own]
    return source
