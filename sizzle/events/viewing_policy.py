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
from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Final, NamedTuple, Self

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ranker import ViewingEvent
from sizzle.errors import PolicyError
from sizzle.events.event import Event
from sizzle.events.viewing_record import PROGRESS, RATED, ViewingRecord, viewing_record
from sizzle.reel.reel_cuts import ReelCut

SESSION_GAP: Final = 4 * 3_600_000
"""The most milliseconds between two events of one viewing, as the ranker merges them."""

_LONGEST: Final = 86_400.0  # seconds of one event: more is a device's mistake
_MAX_CUT: Final = 1e6  # any number beyond all reels
_MESSAGES: Final = frozenset(
    ("title_opened", "opened_notification", "received_foreground", "received_background")
)

_CONTEXT: Final = ("device", "locale", "country", "surface")
_NOT_VIEWING: Final = _MESSAGES | {"reel_started", "reel_completed", "reel_left"}

CutFinder = Callable[[str, int], ReelCut | None]
"""Finds a cut of a reel by the reel's id and the cut's number, from 1, as `ReelCuts` does."""


_Sight = tuple[str, str, float | None, float]
"""Title, action, seconds if they are known, and those from which on a viewing counts."""

_context = msgspec.json.Decoder(dict[str, str])


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
            if name in (PROGRESS, RATED):
                raise ValueError(f"{name!r} has a table of its own")
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
        reels = (PROGRESS,) if self.reels.count else ()
        ratings = (RATED,) if self.ratings.count else ()
        return frozenset((*self.plays.types, *reels, *ratings))

    def viewings(self, events: Iterable[Event], cut: CutFinder) -> list[ViewingEvent]:
        """The viewings of members, in time order.

        Args:
            events: in any order, of one or several members; those without a member do not count.
            cut: finds what a reel showed.
        """
        records = [record for event in events if (record := viewing_record(event)) is not None]
        found = self.gather(sorted(records, key=_time), cut)
        return [viewing.event() for viewing in found]

    def gather(self, records: Iterable[ViewingRecord], cut: CutFinder) -> list[Viewing]:
        """What counts of some records, in their order.

        Plays of a title shortly after one another are one viewing, as is all that is seen of a
        title in one reel: their seconds add up.

        Args:
            records: of each member in time order.
            cut: finds what a reel showed.
        """
        viewings: list[_Open] = []
        latest: dict[tuple[str, str, str, str], _Open] = {}
        for record in records:
            sight = self._sight(record, cut)
            if sight is None:
                continue
            title_id, action, seconds = sight[:3]
            time = record[1]
            key = (record[0], title_id, action, record[4])
            viewing = latest.get(key)
            if viewing is None or time - viewing.last > SESSION_GAP:
                latest[key] = viewing = _Open(record, sight)
                viewings.append(viewing)
            elif seconds is not None:
                viewing.seconds += seconds
            viewing.last = time
        return [viewing.closed() for viewing in viewings if viewing.counts]

    def _sight(self, record: ViewingRecord, cut: CutFinder) -> _Sight | None:
        """What a record says was seen, or None if it does not count."""
        type_, amount = record[2], record[5]
        if type_ in self.plays.types:
            plays = self.plays
            if amount is None or amount < 0:
                return None
            return record[3], plays.action, min(amount, _LONGEST), plays.least_seconds
        if type_ == PROGRESS and self.reels.count:
            return self._reel(record, cut)
        if type_ == RATED and self.ratings.count:
            counts = amount is not None and amount >= self.ratings.least_rating
            return (record[3], self.ratings.action, None, 0.0) if counts else None
        return None

    def _reel(self, record: ViewingRecord, cut: CutFinder) -> _Sight | None:
        record = ViewingRecord(*record)
        if record.cut is None or record.frames is None:
            return None
        title_id, seconds = record.title_id, record.amount
        shown = cut(record.reel_id, int(min(record.cut, _MAX_CUT)))
        if shown is not None:  # else it can no longer be replayed, and the event has to say
            title_id = shown.title_id
            seconds = min(record.frames, shown.frames) / float(shown.rate)
        if not title_id or seconds is None or seconds < 0:
            return None
        return title_id, self.reels.action, min(seconds, _LONGEST), self.reels.least_seconds


class Viewing(NamedTuple):
    """A viewing, as far as it counts.

    Attributes:
        member_id: who.
        title_id: what.
        at: when it began, in seconds since 1970.
        seconds: how long it lasted, in whole seconds; None if that is not known.
        action: as the policy names it.
        context_json: as in `ViewingRecord`.
    """

    member_id: str
    title_id: str
    at: int
    seconds: int | None
    action: str
    context_json: str

    def context(self) -> dict[str, str]:
        """Device, locale, country and surface, as far as they are known."""
        return _context.decode(self.context_json) if self.context_json else {}

    def event(self) -> ViewingEvent:
        """As the ranker takes it."""
        return ViewingEvent(
            self.member_id,
            self.title_id,
            self.at,
            self.seconds,
            self.action,
            *map(self.context().get, _CONTEXT, repeat("")),
        )


class _Open:
    """A viewing whose records are being gathered."""

    __slots__ = ("last", "least", "record", "seconds", "sight")

    def __init__(self, record: ViewingRecord, sight: _Sight) -> None:
        self.record = record
        self.sight = sight
        self.seconds = sight[2] or 0.0
        self.last = record[1]

    @property
    def counts(self) -> bool:
        """Whether it has lasted for long enough."""
        return self.seconds >= self.sight[3]

    def closed(self) -> Viewing:
        """The viewing."""
        title_id, action, seconds, _ = self.sight
        record = self.record
        whole = None if seconds is None else round(self.seconds)
        return Viewing(record[0], title_id, record[1] // 1000, whole, action, record[8])


def _time(record: ViewingRecord) -> int:
    return record.time
