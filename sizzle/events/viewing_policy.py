"""What counts as viewing: events of the log in, the ranker's `ViewingEvent`s out.

Plays of titles count from a least duration on; what was seen of a title in a reel counts as an
action of its own, with the seconds that were seen; a rating counts as well. Nothing else does: a
message that was opened says nothing of what its receiver watches. A file may change the numbers:

    [plays]
    types = ["title_played", "video_finished"]
    least_seconds = 120

    [reels]
    count = false
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Final, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ranker import ViewingEvent
from ranker.data.events import ViewingLog
from sizzle.errors import PolicyError
from sizzle.events.event import Event
from sizzle.events.viewing_record import (
    PROGRESS,
    RATED,
    VIEWED,
    ViewingColumns,
    ViewingRecord,
    viewing_record,
)
from sizzle.events.viewings import Floats, Watch, Watches, context_of, gather, repeated
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

    @field_validator("types")
    @classmethod
    def _no_message(cls, types: tuple[str, ...]) -> tuple[str, ...]:
        for name in types:
            if name in (PROGRESS, RATED, VIEWED):
                raise ValueError(f"{name!r} has a rule of its own")
            if not may_count(name):
                raise ValueError(f"{name!r} does not say that a title was played")
        return types


class _Reels(_Table):
    """What was seen of each title in a reel."""

    count: bool = True
    least_seconds: float = Field(default=3, ge=0, le=_LONGEST)
    action: str = Field(default="reel", max_length=50)


class _Ratings(_Table):
    """Ratings of titles, with the metric `rating`."""

    count: bool = True
    least_rating: float = Field(default=0, allow_inf_nan=False)
    action: str = Field(default="rating", max_length=50)


class ViewingPolicy(_Table):
    """What counts as viewing.

    Attributes:
        plays: of titles.
        reels: of titles' cuts.
        ratings: of titles.
    """

    plays: _Plays = _Plays()
    reels: _Reels = _Reels()
    ratings: _Ratings = _Ratings()

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
        if not records.time:
            return ViewingLog.from_events(())
        if set(records.type) <= set(self.plays.types):  # as most histories are
            seconds = np.array(records.amount, np.float64)  # NaN for None
            if (seconds >= 0).all():
                return self._log_of_plays(records, np.minimum(seconds, _LONGEST))
        return self._log_of_any(records, cut)

    def _log_of_plays(self, plays: ViewingColumns, seconds: Floats) -> ViewingLog:
        """The same of plays of titles, with their seconds."""
        return gather(
            Watches(
                plays.member_id,
                plays.time,
                plays.title_id,
                repeated(self.plays.action, len(seconds)),
                plays.reel_id,
                seconds,
                float(self.plays.least_seconds),
                plays.context,
            )
        )

    def _log_of_any(self, records: ViewingColumns, cut: CutFinder) -> ViewingLog:
        """The same of records of any types."""
        seen = [
            (record, watch)
            for record in map(ViewingRecord, *records)
            if (watch := self._watch(record, cut)) is not None
        ]
        if not seen:
            return ViewingLog.from_events(())
        counted, watches = zip(*seen, strict=True)
        titles, actions, seconds, least = zip(*watches, strict=True)
        return gather(
            Watches(
                [record.member_id for record in counted],
                [record.time for record in counted],
                titles,
                actions,
                list(map(_source, counted)),
                np.array(seconds),
                np.array(least),
                [record.context for record in counted],
            )
        )

    def _watch(self, record: ViewingRecord, cut: CutFinder) -> Watch | None:
        """What a record says was seen, or None if it does not count."""
        amount = record.amount
        if record.type == VIEWED:
            action = context_of(record.context).get("action", "")
            return Watch(record.title_id, action, math.nan if amount is None else amount, 0.0)
        if record.type in self.plays.types:
            if amount is None or amount < 0:
                return None
            plays = self.plays
            seconds = min(amount, _LONGEST)
            return Watch(record.title_id, plays.action, seconds, plays.least_seconds)
        if record.type == PROGRESS and self.reels.count:
            return self._reel(record, cut)
        if record.type == RATED and self.ratings.count:
            if amount is None or amount < self.ratings.least_rating:
                return None
            return Watch(record.title_id, self.ratings.action, math.nan, 0.0)
        return None

    def _reel(self, record: ViewingRecord, cut: CutFinder) -> Watch | None:
        if record.cut is None or record.frames is None:
            return None
        title_id, seconds = record.title_id, record.amount
        shown = cut(record.reel_id, int(min(record.cut, _MAX_CUT)))
        if shown is not None:  # else it can no longer be replayed, and the event has to say
            title_id = shown.title_id
            seconds = min(record.frames, shown.frames) / float(shown.rate)
        if not title_id or seconds is None or seconds < 0:
            return None
        reels = self.reels
        return Watch(title_id, reels.action, min(seconds, _LONGEST), reels.least_seconds)


def _source(record: ViewingRecord) -> str:
    """Of what only that of the same source is one viewing."""
    if record.type == VIEWED:
        return f"{VIEWED} {record.time}"  # each is a viewing already
    return RATED if record.type == RATED else record.reel_id


def _time(record: ViewingRecord) -> int:
    return record.time
