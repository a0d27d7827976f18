"""Viewing events, the histories they add up to, and the JSON Lines file that holds them.

One event a line: `{"member_id": "member-ada", "title_id": "aurora", "at": 1700000000}`, where it is
known also with `seconds`, `action`, `device`, `locale`, `country` and `surface`. Other keys are
allowed and ignored, so that a richer log can be read as it is.
"""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import chain
from operator import attrgetter
from pathlib import Path
from reprlib import repr as short
from typing import Any, Final, NoReturn

from ranker.data.files import write_atomically
from ranker.errors import HistoryError

_TEXTS: Final = ("action", "device", "locale", "country", "surface")
_KNOWN: Final = ("seconds", *_TEXTS)
_LATEST: Final = 2**40  # far beyond any clock, and sums of it still fit in 64 bits
_CLOCKS_DIFFER: Final = 86_400
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
        seconds: for how long; None where it is unknown.
        action: what the member did, such as "play" or "trailer"; this and all below may be "".
        device: such as "tv".
        locale: such as "en-GB".
        country: such as "GB".
        surface: where the title was chosen, such as "home" or a canvas of its own.

    Raises:
        HistoryError: an id is no text or empty, another text is none, or `at` or `seconds` is no
            whole number from 0 up.
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

    def __post_init__(self) -> None:
        """Refuse what a file may hold instead of an event's fields."""
        _check_id("member_id", self.member_id)
        _check_id("title_id", self.title_id)
        if not _is_count(self.at) or self.at > _LATEST:
            _refuse(f"`at` must be whole seconds since 1970, but is {short(self.at)}.")
        if self.seconds is not None and not _is_count(self.seconds):
            _refuse(f"`seconds` must be a whole number from 0 up, but is {short(self.seconds)}.")
        for field in _TEXTS:
            if not isinstance(getattr(self, field), str):
                _refuse(f"`{field}` must be a text, but is {short(getattr(self, field))}.")


class Histories:
    """What each member watched, in time order; immutable.

    Args:
        events: in any order; where two have equal times, the one given first came first.
    """

    def __init__(self, events: Iterable[ViewingEvent] = ()) -> None:
        watched: dict[str, list[ViewingEvent]] = {}
        for event in sorted(events, key=attrgetter("at")):
            watched.setdefault(event.member_id, []).append(event)
        # Sorted, so that training does not depend on whose event was first in the file.
        self._events_of = {member: tuple(watched[member]) for member in sorted(watched)}

    def events_of(self, member_id: str) -> tuple[ViewingEvent, ...]:
        """The member's events, oldest first; empty for an unknown member."""
        return self._events_of.get(member_id, ())

    def of(self, member_id: str) -> tuple[str, ...]:
        """The title ids the member watched, oldest first; empty for an unknown member."""
        return tuple(event.title_id for event in self.events_of(member_id))

    @property
    def members(self) -> tuple[str, ...]:
        """The ids of all members with at least one event, sorted."""
        return tuple(self._events_of)

    def events(self) -> Iterator[ViewingEvent]:
        """All events, member by member in the order of `members`."""
        return chain.from_iterable(self._events_of.values())

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        """Each member's title ids, in the order of `members`."""
        return map(self.of, self._events_of)

    def __len__(self) -> int:
        """How many members there are."""
        return len(self._events_of)


def read_events(path: Path) -> list[ViewingEvent]:
    """Read a JSON Lines file of events, in the file's order; blank lines are skipped.

    Raises:
        HistoryError: the file cannot be read, or a line is no event; it names file and line.
    """
    return _parse_all(_read(path), path)


def read_histories(path: Path) -> Histories:
    """Read a JSON Lines file of events as histories; raises as `read_events` does."""
    return Histories(read_events(path))


def write_histories(path: Path, events: Iterable[ViewingEvent]) -> None:
    """Write events as JSON Lines, replacing the file atomically.

    Raises:
        HistoryError: the file cannot be written; what was there before still is.
    """
    _write(path, _lines(events))


def append_histories(path: Path, events: Iterable[ViewingEvent]) -> None:
    """Add events to a file, made where it is missing, atomically: all of them or none.

    One writer at a time: of two that append at once, the later one wins.

    Raises:
        HistoryError: the file cannot be read or written; what was there before still is.
    """
    before = _read(path) if path.exists() else b""
    _parse_all(before, path)  # Never build upon a file that could not be read afterwards.
    if before and not before.endswith(b"\n"):
        before += b"\n"
    _write(path, before + _lines(events))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise HistoryError(
            f"The viewing histories cannot be read: {error.strerror}.",
            "give the path of a readable JSON Lines file of viewing events.",
            where=str(path),
        ) from error


def _parse_all(content: bytes, path: Path) -> list[ViewingEvent]:
    return [
        _parse(line, where=f"{path}, line {number}")
        for number, line in enumerate(content.split(b"\n"), start=1)
        if line.strip()
    ]


def _lines(events: Iterable[ViewingEvent]) -> bytes:
    return "".join(json.dumps(_told(event)) + "\n" for event in events).encode()


def _told(event: ViewingEvent) -> dict[str, Any]:
    """What the event's line says: nothing of what is unknown."""
    return {name: value for name, value in asdict(event).items() if value not in ("", None)}


def _write(path: Path, content: bytes) -> None:
    try:
        write_atomically(path, content)
    except OSError as error:
        raise HistoryError(
            f"The viewing histories cannot be written: {error.strerror}.",
            "choose a folder that can be written and has space.",
            where=str(path),
        ) from error


def _parse(line: bytes, *, where: str) -> ViewingEvent:
    """One line as an event; what is wrong with it is said with its place."""
    try:
        return _event(line)
    except HistoryError as error:
        raise HistoryError(error.what, error.fix, where=where) from error


def _event(line: bytes) -> ViewingEvent:
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise HistoryError(f"This is no JSON: {error}.", _FIX) from error
    if not isinstance(record, dict):
        _refuse(f"Expected a JSON object, but found {type(record).__name__}.")
    for field in ("member_id", "title_id", "at"):
        if field not in record:
            _refuse(f"The event has no `{field}`.")
    known = {field: record[field] for field in _KNOWN if record.get(field) is not None}
    event = ViewingEvent(record["member_id"], record["title_id"], record["at"], **known)
    if event.at > time.time() + _CLOCKS_DIFFER:
        _refuse(f"The event is from the future: `at` is {event.at}.")
    return event


def _is_count(value: object) -> bool:
    # A bool is an int to Python, but never a time.
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _check_id(field: str, value: object) -> None:
    if not isinstance(value, str) or not value:
        _refuse(f"`{field}` must be a text that is not empty, but is {short(value)}.")


def _refuse(what: str) -> NoReturn:
    raise HistoryError(what, _FIX)
