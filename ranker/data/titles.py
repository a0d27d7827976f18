"""Title metadata: what is known about a title before anyone has watched it.

One title per line of JSON Lines: `{"title_id": "aurora", "genres": ["nature"], "kind": "movie",
"released": "2024-03-01", "language": "en", "tone": ["calm"], "tags": ["wilderness"], "runtime":
5400}`. All fields but the id are optional; unknown keys are ignored.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from reprlib import repr as short
from typing import Any, Final, Self

from ranker.errors import HistoryError

METADATA_FIELDS: Final = ("genres", "kind", "released", "language", "tone", "tags")
"""The fields of metadata that have values to learn; a title has any number in each."""

_FIX: Final = 'write it as {"title_id": "aurora", "genres": ["nature"], "released": "2024-03-01"}.'
_MAX_VALUES: Final = 100
_MAX_RUNTIME: Final = 7 * 86_400


@dataclass(frozen=True, slots=True)
class TitleMetadata:
    """What a title is about; every field may be empty.

    Args:
        genres: such as "drama"; several have equal weight.
        kind: such as "movie" or "show".
        released: the day, or January 1 if only the year is known.
        language: the original language.
        tone: such as "dark".
        tags: keywords of the storyline.
        runtime: in seconds, of a show that of an episode; None if it is unknown.

    Raises:
        HistoryError: a field has the wrong type.
    """

    genres: tuple[str, ...] = ()
    kind: str = ""
    released: date | None = None
    language: str = ""
    tone: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    runtime: int | None = None

    def __post_init__(self) -> None:
        """Validate the fields, which a program may have read from anywhere."""
        for field in ("genres", "tone", "tags"):
            _check_texts(field, getattr(self, field))
        for field in ("kind", "language"):
            _check_text(field, getattr(self, field))
        if self.released is not None and not isinstance(self.released, date):
            raise HistoryError(f"`released` is {self.released!r}, which is not a date.", _FIX)
        _check_runtime(self.runtime)

    def values(self, field: str) -> tuple[str, ...]:
        """The values of one of `METADATA_FIELDS`; of a release, its year and five-year period."""
        if field == "released":
            return () if self.released is None else _release_periods(self.released.year)
        value = getattr(self, field)
        return value if isinstance(value, tuple) else (value,) if value else ()

    def to_json(self) -> dict[str, Any]:
        """The metadata as a JSON object, without the title's id."""
        released = self.released.isoformat() if self.released else None
        runtime = {} if self.runtime is None else {"runtime": self.runtime}
        return {
            "genres": list(self.genres),
            "kind": self.kind,
            "released": released,
            "language": self.language,
            "tone": list(self.tone),
            "tags": list(self.tags),
            **runtime,
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        """The metadata in a JSON object."""
        return cls(
            genres=_texts(record, "genres"),
            kind=_text(record, "kind"),
            released=_release_date(record.get("released")),
            language=_text(record, "language"),
            tone=_texts(record, "tone"),
            tags=_texts(record, "tags"),
            runtime=record.get("runtime"),
        )


MetadataByTitle = Mapping[str, TitleMetadata]
"""Metadata by title id; a missing title has none."""


def read_titles(path: Path) -> dict[str, TitleMetadata]:
    """Read a JSON Lines file of titles; if a title is there twice, the last line counts.

    Raises:
        HistoryError: the file cannot be read, or a line is not a title; names file and line.
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


def _parse(line: bytes, where: str) -> tuple[str, TitleMetadata]:
    try:
        record = json.loads(line.decode("utf-8-sig"))
        if not isinstance(record, dict) or not _text(record, "title_id"):
            raise HistoryError("The line is not a JSON object with a `title_id`.", _FIX)
        return record["title_id"], TitleMetadata.from_json(record)
    except HistoryError as error:
        raise HistoryError(error.what, error.fix, where=where) from error
    except (ValueError, RecursionError) as error:
        raise HistoryError(f"The line is not valid JSON: {error}.", _FIX, where=where) from error


def _text(record: Mapping[str, Any], field: str) -> str:
    value = record.get(field) or ""
    _check_text(field, value)
    return str(value)


def _check_text(field: str, value: object) -> None:
    if not isinstance(value, str):
        raise HistoryError(f"`{field}` must be a string, but is {short(value)}.", _FIX)


def _texts(record: Mapping[str, Any], field: str) -> tuple[str, ...]:
    values = record.get(field) or ()
    _check_texts(field, values)
    return tuple(values)


def _check_texts(field: str, values: object) -> None:
    if not isinstance(values, list | tuple) or len(values) > _MAX_VALUES:
        raise HistoryError(f"`{field}` must be a list of at most {_MAX_VALUES} strings.", _FIX)
    for value in values:
        if not isinstance(value, str) or not value:
            raise HistoryError(
                f"`{field}` must hold non-empty strings, but has {short(value)}.", _FIX
            )


def _check_runtime(value: object) -> None:
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _MAX_RUNTIME:
        raise HistoryError(
            f"`runtime` is {short(value)}, which is not a title's length.",
            f"give whole seconds, from 1 to {_MAX_RUNTIME}; divide milliseconds by 1,000.",
        )


def _release_date(value: object) -> date | None:
    """A date, or January 1 of a year."""
    if value is None or value == "":
        return None
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}", value):
            return date(int(value), 1, 1)
        return date.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise HistoryError(f"`released` is {value!r}, which is not a date.", _FIX) from error


def _release_periods(year: int) -> tuple[str, str]:
    """The year and its five-year period, so that rare years share what is learnt."""
    first = year - year % 5
    return str(year), f"{first}-{first + 4}"


NO_METADATA: Final = TitleMetadata()
"""For titles about which nothing is known."""
