"""What counts as viewing: events of the log in, the ranker's `ViewingEvent`s out.

Plays of titles count from a least duration on, and are skips below it; what was seen of a title in
a reel counts as an action of its own, with the seconds that were seen, and below a least duration
as an impression; ratings, thumbs and titles that were shown count as well. What such an action says
of its title is for the ranker's policy of signals. Nothing else counts: a message that was opened
says nothing of what its receiver watches. A file may change the numbers:

    [plays]
    types = ["title_played", "video_finished"]
    least_seconds = 120

    [reels]
    count = false
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any, Final, Self, TypeGuard

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ranker import ViewingEvent
from ranker.data.events import ViewingLog
from ranker.data.histories import MAX_RATING, MAX_SECONDS
from sizzle.errors import PolicyError
from sizzle.events.event import Event
from sizzle.events.viewing_record import (
    DISLIKED,
    LIKED,
    PROGRESS,
    RATED,
    SHOWN,
    VIEWED,
    ViewingColumns,
    ViewingRecord,
    viewing_record,
)
from sizzle.events.viewings import Watch, context_of, gather, gather_plays
from sizzle.reel.reel_cuts import ReelCut
from sizzle.toml_text import read_toml

_LONGEST: Final = 86_400.0  # seconds of one event: more is a device's mistake
_MAX_CUT: Final = 1e6  # any number beyond all reels
_MESSAGES: Final = frozenset(
    ("title_opened", "opened_notification", "received_foreground", "received_background")
)

_NOT_VIEWING: Final = _MESSAGES | {"reel_started", "reel_completed", "reel_left"}

CutFinder = Callable[[str, int], ReelCut | None]
"""Finds a cut of a reel by the reel's id and the cut's number, from 1, as `ReelCuts` does."""


def may_count(type_: str) -> bool:
    """Whether any policy can count events of this type."""
    return type_ not in _NOT_VIEWING and not type_.startswith("_")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Plays(_Table):
    """Events of titles' plays, with the attribute `title_id` and the metric `seconds`."""

    types: tuple[str, ...] = Field(default=("title_played",), min_length=1, strict=False)
    least_seconds: float = Field(default=60, ge=0, le=_LONGEST)
    action: str = Field(default="play", max_length=50)
    short_action: str = Field(default="skip", max_length=50)

    @field_validator("types")
    @classmethod
    def _no_message(cls, types: tuple[str, ...]) -> tuple[str, ...]:
        for name in types:
            if name in (PROGRESS, RATED, LIKED, DISLIKED, SHOWN, VIEWED):
                raise ValueError(f"{name!r} has a rule of its own")
            if not may_count(name):
                raise ValueError(f"{name!r} does not say that a title was played")
        return types


class _Reels(_Table):
    """What was seen of each title in a reel."""

    count: bool = True
    least_seconds: float = Field(default=3, ge=0, le=_LONGEST)
    action: str = Field(default="reel", max_length=50)
    short_action: str = Field(default="impression", max_length=50)


class _Ratings(_Table):
    """Ratings of titles, with the metric `rating`."""

    count: bool = True
    least_rating: float = Field(default=0, allow_inf_nan=False)
    action: str = Field(default="rating", max_length=50)


class _Thumbs(_Table):
    """Titles that members like or do not like: `title_liked` and `title_disliked`."""

    count: bool = True
    like: str = Field(default="thumbs_up", min_length=1, max_length=50)
    dislike: str = Field(default="thumbs_down", min_length=1, max_length=50)


class _Impressions(_Table):
    """Titles that were shown outside reels: `title_shown`."""

    count: bool = True
    action: str = Field(default="impression", min_length=1, max_length=50)


class ViewingPolicy(_Table):
    """What counts as viewing.

    Attributes:
        plays: of titles.
        reels: of titles' cuts.
        ratings: of titles.
        thumbs: of titles.
        impressions: of titles.
    """

    plays: _Plays = _Plays()
    reels: _Reels = _Reels()
    ratings: _Ratings = _Ratings()
    thumbs: _Thumbs = _Thumbs()
    impressions: _Impressions = _Impressions()

    @property
    def shown_actions(self) -> frozenset[str]:
        """The actions of titles that were only shown, or seen in a reel."""
        return frozenset((self.reels.action, self.reels.short_action, self.impressions.action))

    @classmethod
    def parse(cls, text: str, where: str = "") -> Self:
        """Read a TOML file; what it leaves out is as by default.

        Raises:
            PolicyError: not TOML, or a table or field that is unknown or malformed.
        """
        try:
            return cls.model_validate(read_toml(text, "viewing policy", where))
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"]))
            raise PolicyError(
                f"Field {field}: {first['msg'].removeprefix('Value error, ')}.",
                where=where,
                fix="docs/events.md lists the tables and their fields.",
            ) from error

    def viewings(self, events: Iterable[Event], cut: CutFinder) -> list[ViewingEvent]:
        """The viewings of members, by member, then time.

        Args:
            events: in any order, of one or several members; those without a member do not count.
            cut: finds what a reel showed.
        """
        records = [record for event in events if (record := viewing_record(event)) is not None]
        columns = ViewingColumns.of(sorted(records, key=_time))
        return list(self.log(columns, cut).events())

    def log(self, records: ViewingColumns, cut: CutFinder) -> ViewingLog:
        """What counts of some records, as the ranker reads it.

        Args:
            records: of each member in time order.
            cut: finds what a reel showed.
        """
        plays = self.plays
        if records.time and set(records.type) <= set(plays.types):  # as most histories are
            seconds = np.array(records.amount, np.float64)  # NaN for None
            if (seconds >= 0).all():
                seconds = np.minimum(seconds, _LONGEST)
                names = plays.action, plays.least_seconds, plays.short_action
                return gather_plays(records, seconds, *names)
        return gather(self._watches(records, cut))

    def _watches(self, records: ViewingColumns, cut: CutFinder) -> Iterator[Watch]:
        """What records of any types say was seen."""
        plays, ratings, played = self.plays, self.ratings, frozenset(self.plays.types)
        least, short, said = plays.least_seconds, plays.short_action, self._said()
        for record in zip(*records, strict=True):
            member, time, type_, title, _, amount, _, _, context = record
            if type_ in played:
                if _is_at_least(amount, 0):
                    seen = min(amount, _LONGEST)
                    own = "", seen, least, context, short, math.nan
                    yield member, time, title, plays.action, *own
            elif type_ == PROGRESS:
                yield from self._of_reel(record, cut)
            elif type_ == VIEWED:  # each is a viewing already
                known = context_of(context)
                # A duration that nothing can have is none that is known.
                seen = amount if _is_at_least(amount, 0) and amount <= MAX_SECONDS else math.nan
                own = time, seen, 0, context, "", _rating(known.get("rating"))
                yield member, time, title, known.get("action", ""), *own
            elif type_ == RATED and ratings.count and _is_at_least(amount, ratings.least_rating):
                own = RATED, math.nan, 0, context, "", _rating(amount)
                yield member, time, title, ratings.action, *own
            elif type_ in said:
                own = type_, math.nan, 0, context, "", math.nan
                yield member, time, title, said[type_], *own

    def _said(self) -> dict[str, str]:
        """By type of event the action, of those that say it without a number."""
        thumbs = {LIKED: self.thumbs.like, DISLIKED: self.thumbs.dislike}
        shown = {SHOWN: self.impressions.action}
        return (thumbs if self.thumbs.count else {}) | (shown if self.impressions.count else {})

    def _of_reel(self, record: tuple[Any, ...], cut: CutFinder) -> Iterable[Watch]:
        """The same of what was seen of a cut."""
        member, time, _, title, reel_id, amount, number, frames, context = record
        reels = self.reels
        if not reels.count or number is None or frames is None:
            return ()
        shown = cut(reel_id, int(min(number, _MAX_CUT)))
        if shown is not None:  # else it can no longer be replayed, and the event has to say
            title, amount = shown.title_id, _seconds(min(frames, shown.frames), shown.rate)
        if not title or amount is None or amount < 0:
            return ()
        seen = min(amount, _LONGEST)
        own = reels.least_seconds, context, reels.short_action, math.nan
        return ((member, time, title, reels.action, reel_id, seen, *own),)


def _rating(amount: float | str | None) -> float:
    """A rating as the ranker has it; NaN for none."""
    return math.nan if amount is None else max(-MAX_RATING, min(float(amount), MAX_RATING))


def _is_at_least(amount: float | None, least: float) -> TypeGuard[float]:
    return amount is not None and amount >= least


def _seconds(frames: float, rate: Fraction) -> float:
    """How long frames take: a division by the fraction takes five times as long."""
    return frames * rate.denominator / rate.numerator


def _time(record: ViewingRecord) -> int:
    return record.time
