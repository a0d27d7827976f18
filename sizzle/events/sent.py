"""An event as clients send it: the one description of its fields and limits."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, ClassVar, Final

import msgspec
from msgspec import Meta

from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE

_MAX_REEL_ID: Final = 6000
MAX_NAMES: Final = 40
"""Of attributes and metrics together."""

_MAX_KEY_LENGTH: Final = 50
_MAX_VALUE_LENGTH: Final = 200

Id = Annotated[str, Meta(min_length=1, max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
Name = Annotated[str, Meta(min_length=1, max_length=_MAX_KEY_LENGTH, pattern=PRINTABLE)]
Value = Annotated[str, Meta(max_length=_MAX_VALUE_LENGTH)]
_ReelId = Annotated[str, Meta(min_length=1, max_length=_MAX_REEL_ID, pattern=PRINTABLE)]
Time = Annotated[
    datetime,
    Meta(tz=True, description="RFC 3339 with its zone, such as `2026-11-30T18:00:00Z`."),
]

_REEL_TYPES: Final = ("reel_started", "reel_progress", "reel_completed", "reel_left")
_TITLE_TYPES: Final = (
    *("title_opened", "title_played", "title_rated", "title_viewed"),
    *("title_liked", "title_disliked", "title_shown"),
)
_NEEDED_METRICS: Final = {
    "reel_progress": ("cut", "frames"),
    "title_played": ("seconds",),
    "title_rated": ("rating",),
}


class SentEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that happened.

    These types have a meaning here: `reel_started`, `reel_progress` (metrics `cut`, from 1, and
    `frames`, the frames of it that were seen), `reel_completed`, `reel_left`, which need `reel_id`;
    `title_opened`, `title_shown`, `title_liked`, `title_disliked`, `title_played` (metric
    `seconds`) and `title_rated` (metric `rating`), which need the attribute `title_id`. All others
    are kept as they are.
    """

    max_names: ClassVar[int] = MAX_NAMES

    id: Annotated[Id, Meta(description="The client's own, such as a UUID; the same when resent.")]
    type: Id
    time: Time
    member_id: Id = ""
    endpoint_id: Id = ""
    reel_id: _ReelId = ""
    attributes: Annotated[dict[Name, Value], Meta(max_length=MAX_NAMES)] = {}
    metrics: Annotated[dict[Name, float], Meta(max_length=MAX_NAMES)] = {}

    def __post_init__(self) -> None:
        """Raises ValueError: a number that is not finite, or less than a known type needs."""
        for problem in _problems(self):
            raise ValueError(problem)


def _problems(event: SentEvent) -> Iterable[str]:
    if len(event.attributes) + len(event.metrics) > event.max_names:
        yield f"attributes and metrics have more than {event.max_names} names together"
    for name, value in event.metrics.items():
        if not math.isfinite(value):
            yield f"metrics.{name} is not a finite number"
    if event.type in _REEL_TYPES and not event.reel_id:
        yield f"{event.type} needs reel_id"
    if event.type in _TITLE_TYPES and not event.attributes.get("title_id"):
        yield f"{event.type} needs the attribute title_id"
    for name in _NEEDED_METRICS.get(event.type, ()):
        if event.metrics.get(name, -1.0) < 0:
            yield f"{event.type} needs the metric {name}, which is not negative"
