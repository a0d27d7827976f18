"""What an event says of viewing, without the rest of it, so that a member's can be read at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, Self

from sizzle.events.event import Event, canonical
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE

PROGRESS: Final = "reel_progress"
RATED: Final = "title_rated"
LIKED: Final = "title_liked"
DISLIKED: Final = "title_disliked"
SHOWN: Final = "title_shown"
VIEWED: Final = "title_viewed"
"""A viewing that another system has told from what is none: it counts as it is."""

_CONTEXT: Final = ("device", "locale", "country", "surface", "time_zone")
_OF_VIEWED: Final = ("action", *_CONTEXT)
_WITHOUT_AMOUNT: Final = (LIKED, DISLIKED, SHOWN, VIEWED)
_PRINTABLE: Final = re.compile(PRINTABLE)


class ViewingRecord(NamedTuple):
    """An event that a viewing policy may count.

    Attributes:
        member_id: who.
        time: when, in milliseconds since 1970.
        type: the event's.
        title_id: of the title; empty where the event does not name it.
        reel_id: of the reel, where the event is about what was seen of it; else empty.
        amount: the seconds; of a rating, the rating; None where the event does not say.
        cut: the cut's number in the reel; None outside reels.
        frames: the frames seen of it; None outside reels.
        context: device, locale, country, surface and time zone, as a JSON object; empty without any
            of them. Of what is viewed by itself, the action too, and the rating as text.
    """

    member_id: str
    time: int
    type: str
    title_id: str
    reel_id: str
    amount: float | None
    cut: float | None
    frames: float | None
    context: str


class ViewingColumns(NamedTuple):
    """Records in columns: each field of `ViewingRecord` of all of them."""

    member_id: Sequence[str]
    time: Sequence[int]
    type: Sequence[str]
    title_id: Sequence[str]
    reel_id: Sequence[str]
    amount: Sequence[float | None]
    cut: Sequence[float | None]
    frames: Sequence[float | None]
    context: Sequence[str]

    @classmethod
    def of(cls, records: Iterable[ViewingRecord]) -> Self:
        """The columns of records, or of tuples with the same fields."""
        columns = tuple(zip(*records, strict=True))
        return cls(*columns) if columns else cls(*[()] * len(cls._fields))


def viewing_record(event: Event) -> ViewingRecord | None:
    """The record of an event; None where no policy can count it."""
    if not event.member_id:
        return None
    title_id = _title(event)
    amount = event.metrics.get("rating" if event.type == RATED else "seconds")
    if event.type == PROGRESS:
        cut, frames = event.metrics.get("cut"), event.metrics.get("frames")
        if cut is None or frames is None:
            return None
        reel_id = event.reel_id
    elif title_id and (amount is not None or event.type in _WITHOUT_AMOUNT):
        reel_id, cut, frames = "", None, None
    else:
        return None
    start = (event.member_id, event.time, event.type, title_id, reel_id)
    return ViewingRecord(*start, amount, cut, frames, _context(event))


def _title(event: Event) -> str:
    """The title that an event names, where there can be such a title."""
    title_id = event.attributes.get("title_id", "")
    if len(title_id) > MAX_ID_LENGTH or not _PRINTABLE.match(title_id):
        return ""
    return title_id


def _context(event: Event) -> str:
    names = _OF_VIEWED if event.type == VIEWED else _CONTEXT
    given = {name: value for name in names if (value := event.attributes.get(name))}
    if event.type == VIEWED and "rating" in event.metrics:
        given["rating"] = repr(event.metrics["rating"])
    return canonical(given) if given else ""
