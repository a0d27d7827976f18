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

import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ranker import ViewingEvent
from sizzle.errors import PolicyError
from sizzle.events.event import Event
from sizzle.reel.reel_cuts import ReelCut

SESSION_GAP: Final = 4 * 3_600_000
"""The most milliseconds between two events of one viewing, as the ranker merges them."""

_LONGEST: Final = 86_400.0  # seconds of one event: more is a device's mistake
_MESSAGES: Final = frozenset(
    ("title_opened", "opened_notification", "received_foreground", "received_background")
)
_CONTEXT: Final = ("device", "locale", "country", "surface")


CutFinder = Callable[[str, int], ReelCut | None]
"""Finds a cut of a reel by the reel's id and the cut's number, from 1, as `ReelCuts` does."""


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
            if name.startswith("_") or name in _MESSAGES:
                raise ValueError(f"{name!r} says that something was opened or received, not played")
            if name.startswith("reel_") or name == "title_rated":
                raise ValueError(f"{name!r} has a table of its own")
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
            return cls.model_validate(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise PolicyError(
                f"The viewing policy is not valid TOML: {error}.", where=where, fix="correct it."
            ) from error
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"]))
            raise PolicyError(
                f"Field {field}: {first['msg'].removeprefix('Value error, ')}.",
                where=where,
                fix="docs/events.md lists the tables and their fields.",
            ) from error

    @property
    def types(self) -> frozenset[str]:
        """The types of the events that may count; all others can be left out."""
        reels = ("reel_progress",) if self.reels.count else ()
        ratings = ("title_rated",) if self.ratings.count else ()
        return frozenset((*self.plays.types, *reels, *ratings))

    def viewings(self, events: Iterable[Event], cut: CutFinder) -> list[ViewingEvent]:
        """The viewings of members, in time order.

        Plays of a title shortly after one another are one viewing, as is all that is seen of a
        title in one reel: their seconds add up.

        Args:
            events: in any order, of one or several members; those without a member do not count.
            cut: finds what a reel showed.
        """
        viewings = _Viewings()
        for event in sorted(events, key=_time):
            if event.member_id and (sight := self._sight(event, cut)) is not None:
                viewings.add(event, sight)
        return [
            _viewing_event(viewing)
            for viewing in viewings.all
            if viewing.seconds is None or viewing.seconds >= viewing.sight.least
        ]

    def _sight(self, event: Event, cut: CutFinder) -> _Sight | None:
        """What an event says was seen, or None if it does not count."""
        if event.type in self.plays.types:
            return self._play(event)
        if event.type == "reel_progress" and self.reels.count:
            return self._reel(event, cut)
        if event.type == "title_rated" and self.ratings.count:
            return self._rating(event)
        return None

    def _play(self, event: Event) -> _Sight | None:
        title, seconds = event.attributes.get("title_id"), _number(event.metrics, "seconds")
        if not title or seconds is None:
            return None
        return _Sight(title, self.plays.action, "", seconds, self.plays.least_seconds)

    def _reel(self, event: Event, cut: CutFinder) -> _Sight | None:
        number, frames = _number(event.metrics, "cut"), _number(event.metrics, "frames")
        if number is None or frames is None:
            return None
        title: str | None
        seconds: float | None
        if (shown := cut(event.reel_id, int(number))) is not None:
            title, seconds = shown.title_id, min(frames, shown.frames) / float(shown.rate)
        else:  # a reel that can no longer be replayed
            title, seconds = event.attributes.get("title_id"), _number(event.metrics, "seconds")
        if not title or seconds is None:
            return None
        return _Sight(title, self.reels.action, event.reel_id, seconds, self.reels.least_seconds)

    def _rating(self, event: Event) -> _Sight | None:
        title, rating = event.attributes.get("title_id"), event.metrics.get("rating")
        if not title or rating is None or rating < self.ratings.least_rating:
            return None
        return _Sight(title, self.ratings.action, "", None, 0.0)


class _Sight(NamedTuple):
    """What one event says was seen.

    Attributes:
        title_id: of what.
        action: of the viewing event.
        reel_id: in which reel; empty for the title itself.
        seconds: how long; None where the event does not say.
        least: the seconds from which on a viewing counts.
    """

    title_id: str
    action: str
    reel_id: str
    seconds: float | None
    least: float


class _Viewing:
    """What several events together say was seen."""

    __slots__ = ("event", "last", "seconds", "sight")

    def __init__(self, event: Event, sight: _Sight) -> None:
        self.event = event
        self.sight = sight
        self.last = event.time
        self.seconds = sight.seconds


class _Viewings:
    """Gathers events, in time order, into viewings."""

    def __init__(self) -> None:
        self.all: list[_Viewing] = []
        self._open: dict[tuple[str, ...], _Viewing] = {}

    def add(self, event: Event, sight: _Sight) -> None:
        """Add an event to its viewing, or as the first of one."""
        key = (event.member_id, sight.action, sight.title_id, sight.reel_id)
        viewing = self._open.get(key)
        if viewing is None or event.time - viewing.last > SESSION_GAP:
            self._open[key] = viewing = _Viewing(event, sight)
            self.all.append(viewing)
            return
        viewing.last = event.time
        if sight.seconds is not None:
            viewing.seconds = (viewing.seconds or 0.0) + sight.seconds


def _viewing_event(viewing: _Viewing) -> ViewingEvent:
    event, sight = viewing.event, viewing.sight
    given = event.attributes
    return ViewingEvent(
        event.member_id,
        sight.title_id,
        event.time // 1000,
        None if viewing.seconds is None else round(viewing.seconds),
        sight.action,
        *(given.get(name, "") for name in _CONTEXT),
    )


def _number(metrics: Mapping[str, float], name: str) -> float | None:
    """A metric within what is possible, or None where there is none."""
    value = metrics.get(name)
    return None if value is None or value < 0 else min(value, _LONGEST)


def _time(event: Event) -> int:
    return event.time
