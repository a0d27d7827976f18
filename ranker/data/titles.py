"""Titles and what is known about them before anyone has watched them.

One title a line of JSON Lines: `{"title_id": "aurora", "genres": ["nature"], "kind": "movie",
"released": "2024-03-01", "language": "en", "tone": ["calm"], "tags": ["wilderness"]}`. All but the
id may be left out; other keys are allowed and ignored.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Self

from ranker.errors import HistoryError

FIELDS: Final = ("genres", "kind", "released", "language", "tone", "tags")
"""What metadata consists of; each field has any number of values a title."""

_FIX: Final = 'write it as {"title_id": "aurora", "genres": ["nature"], "released": "2024-03-01"}.'
_MOST_VALUES: Final = 100


@dataclass(frozen=True, slots=True)
class TitleMetadata:
    """What a title is about; every field may be empty.

    Args:
        genres: such as "drama"; several are weighed alike.
        kind: such as "movie" or "show".
        released: the day, the first of January where only the year is known.
        language: of its original.
        tone: such as "dark".
        tags: of its storyline.

    Raises:
        HistoryError: a field is not of its kind.
    """

    genres: tuple[str, ...] = ()
    kind: str = ""
    released: date | None = None
    language: str = ""
    tone: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def values(self, field: str) -> tuple[str, ...]:
        """The values of one of `FIELDS`; a release is a year and its half decade."""
        if field == "released":
            return () if self.released is None else _eras(self.released.year)
        value = getattr(self, field)
        return value if isinstance(value, tuple) else (value,) if value else ()

    def to_json(self) -> dict[str, Any]:
        """As the object of a line, without the title's id."""
        released = self.released.isoformat() if self.released else None
        return {
            "genres": list(self.genres),
            "kind": self.kind,
            "released": released,
            "language": self.language,
            "tone": list(self.tone),
            "tags": list(self.tags),
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        """From the object of a line."""
        return cls(
            genres=_texts(record, "genres"),
            kind=_text(record, "kind"),
            released=_day(record.get("released")),
            language=_text(record, "language"),
            tone=_texts(record, "tone"),
            tags=_texts(record, "tags"),
        )


UNKNOWN: Final = TitleMetadata()
"""Of a title about which nothing is known."""

Titles = Mapping[str, TitleMetadata]
"""Metadata by title id; a title that is missing is one without metadata."""


def read_titles(path: Path) -> dict[str, TitleMetadata]:
    """Read a JSON Lines file of titles; of a title twice, the last line holds.

    Raises:
        HistoryError: the file cannot be read, or a line is no title; it names file and line.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise HistoryError(
            f"The titles cannot be read: {error.strerror}.", "check the path.", where=str(path)
        ) from error
    return dict(
        _parse(line, f"{path}, line {number}")
        for number, line in enumerate(lines, start=1)
        if line.strip()
    )


def title_lines(titles: Titles) -> Iterable[str]:
    """The lines of a file of titles, as `read_titles` reads it."""
    for title_id, metadata in titles.items():
        yield json.dumps({"title_id": title_id, **metadata.to_json()}) + "\n"


def _parse(line: bytes, where: str) -> tuple[str, TitleMetadata]:
    try:
        record = json.loads(line.decode("utf-8-sig"))
        if not isinstance(record, dict) or not _text(record, "title_id"):
            raise HistoryError("The line is no object with a `title_id`.", _FIX)
        return record["title_id"], TitleMetadata.from_json(record)
    except HistoryError as error:
        raise HistoryError(error.what, error.fix, where=where) from error
    except (ValueError, RecursionError) as error:
        raise HistoryError(f"This is no JSON: {error}.", _FIX, where=where) from error


def _text(record: Mapping[str, Any], field: str) -> str:
    value = record.get(field) or ""
    if not isinstance(value, str):
        raise HistoryError(f"`{field}` must be a text.", _FIX)
    return value


def _texts(record: Mapping[str, Any], field: str) -> tuple[str, ...]:
    values = record.get(field) or ()
    if not isinstance(values, list | tuple) or len(values) > _MOST_VALUES:
        raise HistoryError(f"`{field}` must be a list of at most {_MOST_VALUES} texts.", _FIX)
    if not all(isinstance(value, str) and value for value in values):
        raise HistoryError(f"`{field}` must hold texts that are not empty.", _FIX)
    return tuple(values)


def _day(value: object) -> date | None:
    """A day, or the first of January of a year."""
    if value is None or value == "":
        return None
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}", value):
            return date(int(value), 1, 1)
        return date.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise HistoryError(f"`released` is {value!r}, which is no day.", _FIX) from error


def _eras(year: int) -> tuple[str, str]:
    """A year by itself, and with its neighbours, so that a rare year learns from them."""
    first = year - year % 5
    return str(year), f"{first}-{first + 4}"
