"""Viewing events, members' histories, and the JSON Lines file that holds them.

One event per line: `{"member_id": "member-ada", "title_id": "aurora", "at": 1700000000}`, and
optionally `seconds`, `rating`, `action`, `device`, `locale`, `country`, `surface` and `time_zone`.
Unknown keys are ignored, so that a richer log can be read unchanged.
"""

import gzip
import json
import math
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from operator import attrgetter
from pathlib import Path
from reprlib import repr as short
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, Protocol, runtime_checkable

import msgspec

from ranker.data.files import write_atomically
from ranker.errors import HistoryError

if TYPE_CHECKING:
    from ranker.data.events import ViewingLog

_TEXT_FIELDS: Final = ("action", "device", "locale", "country", "surface", "time_zone")
_OPTIONAL_FIELDS: Final = ("seconds", "rating", *_TEXT_FIELDS)
_MAX_TIME: Final = 253_402_300_799  # the end of the year 9999
MAX_SECONDS: Final = 7 * 86_400
"""Of the longest viewing: more is a mistake."""

MAX_RATING: Final = 1e6
"""The greatest rating, and without its sign the least."""

_CLOCK_SKEW_SECONDS: Final = 86_400
_FIX: Final = (
    'write the event as {"member_id": "member-ada", "title_id": "aurora", "at": 1700000000}.'
)


@dataclass(frozen=True, slots=True)
class ViewingEvent:
    """A member watched a title.

    Args:
        member_id: who watched.
        title_id: what was watched.
        at: when it began, in whole seconds since 1970-01-01 UTC.
        seconds: how long it lasted; None if unknown.
        action: what the member did, such as "play" or "trailer"; "" if unknown, as below.
        device: such as "tv".
        locale: such as "en-GB".
        country: such as "GB".
        surface: where the title was chosen, such as "home".
        time_zone: the member's, such as "Europe/London"; "" or an unknown one counts as UTC.
        rating: what the member gave the title, on any scale; None if it was not rated.

    Raises:
        HistoryError: an id is empty, blank or not a string, another text is not a string, `at` or
            `seconds` is not a non-negative integer or is out of range, or `rating` is no number.
    """

    member_id: str
    title_id: str
    at: int
    seconds: int | None = None
    action: str = ""
    device: str = ""
    locale: str = ""
    country: str = ""
    surface: str = ""
    time_zone: str = ""
    rating: float | None = None

    def __post_init__(self) -> None:
        """Validate the fields, which may come from any file."""
        _check_id("member_id", self.member_id)
        _check_id("title_id", self.title_id)
        _check_time(self.at)
        if self.seconds is not None:
            _check_seconds(self.seconds)
        if self.rating is not None and not _is_rating(self.rating):
            _refuse(f"`rating` must be a number, but is {short(self.rating)}.")
        for field in _TEXT_FIELDS:
            if not isinstance(getattr(self, field), str):
                _refuse(f"`{field}` must be a string, but is {short(getattr(self, field))}.")


class MemberHistories(Protocol):
    """Gives what members have watched when it is asked for, as `Histories` does."""

    def log_of(self, member_ids: Sequence[str]) -> "ViewingLog":
        """All events of some members; of each as many of the last as a model may read.

        Raises:
            HistoriesUnavailableError: they cannot be read at the moment.
        """


class NewestEvents(NamedTuple):
    """The end of a member's history, after a pause in which nothing is merged.

    Attributes:
        start: in seconds since 1970. There are no events in the `SESSION_GAP` before it.
        log: all events from then on.
    """

    start: int
    log: "ViewingLog"


@runtime_checkable
class GrowingHistories(MemberHistories, Protocol):
    """Gives the end of a history alone, to whoever has read what was there before."""

    def newest_of(self, member_id: str, since: int) -> NewestEvents | None:
        """The end of a member's history, from some pause on, with all from `since` on.

        What is before it is what `log_of` gives of that time, as long as nothing is added there.

        Args:
            member_id: the member.
            since: in seconds since 1970.

        Returns:
            The events, or None if the whole history has to be read, or cannot be at the moment.
        """


class HistoriesUnavailableError(Exception):
    """Histories that cannot be read at the moment.

    Args:
        known: as much as is known of those that were asked for.
    """

    def __init__(self, known: "ViewingLog") -> None:
        super().__init__("The histories cannot be read at the moment.")
        self.known = known


class Histories:
    """What each member watched, in time order, in memory.

    Args:
        events: in any order; events with equal times keep their order.
    """

    def __init__(self, events: Iterable[ViewingEvent] = ()) -> None:
        events_of: dict[str, list[ViewingEvent]] = {}
        for event in sorted(events, key=attrgetter("at")):
            events_of.setdefault(event.member_id, []).append(event)
        self._events_of = {member: tuple(events) for member, events in events_of.items()}

    def add(self, event: ViewingEvent) -> None:
        """Add an event that happened since; a ranker notices after `Ranker.outdate`."""
        events = sorted((*self.events_of(event.member_id), event), key=attrgetter("at"))
        self._events_of[event.member_id] = tuple(events)

    def events_of(self, member_id: str) -> tuple[ViewingEvent, ...]:
        """The member's events, oldest first; empty for an unknown member."""
        return self._events_of.get(member_id, ())

    def log_of(self, member_ids: Sequence[str]) -> "ViewingLog":
        """The events of some members."""
        from ranker.data.events import ViewingLog  # needs numpy

        return ViewingLog.from_events(chain.from_iterable(map(self.events_of, member_ids)))

    @property
    def members(self) -> tuple[str, ...]:
        """The ids of all members with at least one event, sorted."""
        # So that training does not depend on whose event came first in the file.
        return tuple(sorted(self._events_of))

    def events(self) -> Iterator[ViewingEvent]:
        """All events, member by member in the order of `members`."""
        return chain.from_iterable(map(self.events_of, self.members))


def read_events(path: Path) -> list[ViewingEvent]:
    """Read a JSON Lines file of events, in the file's order; blank lines are skipped.

    Raises:
        HistoryError: the file cannot be read, or a line is not an event; names file and line.
    """
    return list(iter_events(path))


def iter_events(path: Path) -> Iterator[ViewingEvent]:
    """The same events one by one, without the file in memory; raises as `read_events` does."""
    for number, line in enumerate(_lines(path), start=1):
        if line.strip():
            yield _parse(line, where=f"{path}, line {number}")


def read_histories(path: Path) -> Histories:
    """Read a JSON Lines file of events as histories; raises as `read_events` does."""
    return Histories(read_events(path))


def write_histories(path: Path, events: Iterable[ViewingEvent]) -> None:
    """Write events as JSON Lines, replacing the file atomically.

    Raises:
        HistoryError: the file cannot be written; an existing file is left unchanged.
    """
    lines = "".join(json.dumps(_record(event)) + "\n" for event in events)
    try:
        write_atomically(path, lines.encode())
    except OSError as error:
        raise HistoryError(
            f"The viewing histories cannot be written: {error.strerror}.",
            "choose a writable folder with free space.",
            where=str(path),
        ) from error


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            yield from file
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise HistoryError(
            f"The viewing histories cannot be read: {reason}.",
            "give the path of a readable JSON Lines file of viewing events, whole if it is zipped.",
            where=str(path),
        ) from error


def _record(event: ViewingEvent) -> dict[str, Any]:
    """The event as a JSON object without its unknown fields."""
    return {name: value for name, value in asdict(event).items() if value not in ("", None)}


def _parse(line: bytes, *, where: str) -> ViewingEvent:
    """One line as an event; errors name the line."""
    try:
        return _event(line)
    except HistoryError as error:
        raise HistoryError(error.what, error.fix, where=where) from error


def _event(line: bytes) -> ViewingEvent:
    try:
        record = _loaded(line)
    except (ValueError, RecursionError) as error:
        raise HistoryError(f"The line is not valid JSON: {error}.", _FIX) from error
    if not isinstance(record, dict):
        _refuse(f"Expected a JSON object, but found {type(record).__name__}.")
    for field in ("member_id", "title_id", "at"):
        if field not in record:
            _refuse(f"The event has no `{field}`.")
    known = {field: record[field] for field in _OPTIONAL_FIELDS if record.get(field) is not None}
    event = ViewingEvent(record["member_id"], record["title_id"], record["at"], **known)
    if event.at > time.time() + _CLOCK_SKEW_SECONDS:
        _refuse(f"The event is from the future: `at` is {event.at}.")
    return event


def _loaded(line: bytes) -> Any:  # noqa: ANN401 - any JSON
    """What the line holds: by msgspec, at a third of the time, unless it is out of the ordinary."""
    try:
        return msgspec.json.decode(line)
    except (ValueError, RecursionError):
        return json.loads(line.decode("utf-8-sig"))


def _is_count(value: object) -> bool:
    # A bool is an int to Python, but never a time.
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_rating(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return math.isfinite(value) and abs(value) <= MAX_RATING


def _check_id(field: str, value: object) -> None:
    if not isinstance(value, str) or not value:
        _refuse(f"`{field}` must be a non-empty string, but is {short(value)}.")
    if value.isspace():
        _refuse(f"`{field}` must be more than spaces, but is {short(value)}.")


def _check_time(value: int) -> None:
    if not _is_count(value):
        _refuse(f"`at` must be whole seconds since 1970, but is {short(value)}.")
    if value > _MAX_TIME:
        raise HistoryError(
            f"`at` must be whole seconds since 1970, but {short(value)} is after the year 9999.",
            f"divide milliseconds by 1,000 and microseconds by 1,000,000; {_FIX}",
        )


def _check_seconds(value: int) -> None:
    if not _is_count(value):
        _refuse(f"`seconds` must be a non-negative integer, but is {short(value)}.")
    if value > MAX_SECONDS:
        raise HistoryError(
            f"`seconds` is {short(value)}, which is longer than any viewing.",
            f"give at most {MAX_SECONDS} (7 days), and divide milliseconds by 1,000; {_FIX}",
        )


def _refuse(what: str) -> NoReturn:
    raise HistoryError(what, _FIX)
