"""Reads files of events: JSON Lines and CSV, gzipped or not, and Parquet."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple, TextIO, cast

import msgspec

from sizzle.errors import InputError
from sizzle.eventlog.event_parquet import import_parquet, read_parquet
from sizzle.events import Event, Refusal
from sizzle.events.records import from_record

_FORMATS: Final = (".jsonl", ".csv", ".parquet")


class ReadEvent(NamedTuple):
    """An event of a file, or why it is none.

    Attributes:
        where: the file and the line or row.
        event: what was read.
    """

    where: str
    event: Event | Refusal


def read_events(path: Path, now: int) -> Iterator[ReadEvent]:
    """Read a file; a record that is no event costs no other.

    CSV has a column for each field, and others such as `attributes.title_id`, `metrics.seconds`.

    Args:
        path: its suffix says what it is: .jsonl, .csv, both also with .gz, or .parquet.
        now: in milliseconds since 1970.

    Raises:
        InputError: it cannot be read, or is of another kind.
    """
    kind = _kind(path)
    read = {".jsonl": _read_lines, ".csv": _read_csv, ".parquet": _read_parquet}[kind]
    try:
        for number, record in read(path):
            event = (
                Refusal("", "The record is not a JSON object.")
                if record is None
                else from_record(record, now, text=kind == ".csv")
            )
            yield ReadEvent(f"{path}, {number}", event)
    except (OSError, EOFError, ValueError, zlib.error, csv.Error) as error:
        raise InputError(
            f"The events cannot be read: {error}.", where=str(path), fix="check the file."
        ) from error


def _read_lines(path: Path) -> Iterator[tuple[str, dict[str, Any] | None]]:
    with _open(path) as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield f"line {number}", _object(line)


def _object(line: str) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _read_csv(path: Path) -> Iterator[tuple[str, dict[str, Any] | None]]:
    with _open(path) as file:
        reader = csv.DictReader(file)
        for row in reader:
            record: dict[str, Any] = {}
            for name, value in row.items():
                group, dot, key = (name or "").partition(".")
                if value and dot:
                    record.setdefault(group, {})[key] = value
                elif value:
                    record[name or "a value without a column"] = value
            yield f"line {reader.line_num}", record


def _read_parquet(path: Path) -> Iterator[tuple[str, dict[str, Any] | None]]:
    import_parquet()
    for number, record in enumerate(read_parquet(path), start=1):
        yield f"row {number}", record


def _open(path: Path) -> TextIO:
    opening = gzip.open if path.suffix == ".gz" else open
    file: Any = opening(path, "rt", encoding="utf-8", newline="")
    return cast(TextIO, file)


def _kind(path: Path) -> str:
    kind = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    if kind not in _FORMATS:
        raise InputError(
            "The file's suffix does not say what it holds.",
            where=str(path),
            fix=f"name a file with one of: {', '.join(_FORMATS)}, or .gz.",
        )
    return kind
