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
from collections.abc import Iterable
from functools import cached_property
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ranker import ViewingEvent
from ranker.data.events import ViewingLog
from ranker.data.histories import MAX_SECONDS
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
from sizzle.events.viewings import gather
from sizzle.events.watches import LONGEST, CutFinder, Rule, watches_of
from sizzle.toml_text import read_toml

_MESSAGES: Final = frozenset(
    ("title_opened", "opened_notification", "received_foreground", "received_background")
)

_NOT_VIEWING: Final = _MESSAGES | {"reel_started", "reel_completed", "reel_left"}


def may_count(type_: str) -> bool:
    """Whether any policy can count events of this type."""
    return type_ not in _NOT_VIEWING and not type_.startswith("_")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Plays(_Table):
    """Events of titles' plays, with the attribute `title_id` and the metric `seconds`."""

    types: tuple[str, ...] = Field(default=("title_played",), min_length=1, strict=False)
    least_seconds: float = Field(default=60, ge=0, le=LONGEST)
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
    least_seconds: float = Field(default=3, ge=0, le=LONGEST)
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
    def unwatched_actions(self) -> frozenset[str]:
        """The actions of titles that were only shown, seen in a reel, or soon broken off."""
        reels, shown, broken_off = self.reels, self.impressions.action, self.plays.short_action
        return frozenset((reels.action, reels.short_action, shown, broken_off))

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
        return gather(watches_of(records, self._rules, cut))

    @cached_property
    def _rules(self) -> dict[str, Rule]:
        """By type of event what it says, of those that count."""
        plays, reels, ratings = self.plays, self.reels, self.ratings
        least = plays.least_seconds
        play = Rule(plays.action, plays.short_action, least, least_amount=0, longest=LONGEST)
        rules = {VIEWED: Rule("", longest=MAX_SECONDS), **dict.fromkeys(plays.types, play)}
        if reels.count:
            least = reels.least_seconds
            rules[PROGRESS] = Rule(reels.action, reels.short_action, least, math.nan, LONGEST)
        if ratings.count:
            least = ratings.least_rating
            rules[RATED] = Rule(ratings.action, least_amount=least, source=RATED, rates=True)
        if self.thumbs.count:
            rules[LIKED] = Rule(self.thumbs.like, source=LIKED)
            rules[DISLIKED] = Rule(self.thumbs.dislike, source=DISLIKED)
        if self.impressions.count:
            rules[SHOWN] = Rule(self.impressions.action, source=SHOWN)
        return rules


def _time(record: ViewingRecord) -> int:
    return record.time
