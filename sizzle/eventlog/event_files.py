"""Files of events: JSON Lines and CSV, gzipped or not, and Parquet."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TextIO, cast

import msgspec

from sizzle.errors import InputError
from sizzle.eventlog.event_log import LoggedEvent
from sizzle.events import Event, Refusal
from sizzle.events.event import time_text
from sizzle.events.records import from_record, to_record
from sizzle.files import replacing

_FORMATS: Final = (".jsonl", ".csv", ".parquet")
_PARQUET_BATCH: Final = 5000  # rows


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
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"The events cannot be read: {error}.", where=str(path), fix="check the file."
        ) from error


def write_events(path: Path, events: Iterable[LoggedEvent]) -> int:
    """Write events to a JSON Lines file, whole or not at all; with .gz, gzipped.

    Returns:
        How many there were.

    Raises:
        InputError: the file cannot be written, or its suffix is another one.
    """
    if _kind(path) != ".jsonl":
        raise _unknown(path, "name a .jsonl or .jsonl.gz file, or a folder for Parquet.")
    count = 0
    with replacing(path) as temporary, _open(temporary, path.suffix == ".gz", "wt") as file:
        for each in events:
            count += 1
            file.write(json.dumps(to_record(each.event), ensure_ascii=False) + "\n")
    return count


def write_parquet(folder: Path, events: Iterable[LoggedEvent]) -> int:
    """Write events to a Parquet file for each day, in UTC, such as events-2026-11-30.parquet.

    Returns:
        How many there were.

    Raises:
        InputError: pyarrow is not installed, or a file cannot be written.
    """
    import_parquet()
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema(pa)
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with ExitStack() as stack:
        writers: dict[str, Any] = {}
        for page in _pages(events):
            count += len(page)
            for day in sorted({time_text(event.time)[:10] for event in page}):
                if day not in writers:
                    path = stack.enter_context(replacing(folder / f"events-{day}.parquet"))
                    writers[day] = stack.enter_context(pq.ParquetWriter(path, schema))
                rows = [_row(event) for event in page if time_text(event.time)[:10] == day]
                writers[day].write_table(pa.Table.from_pylist(rows, schema=schema))
    return count


def import_parquet() -> None:
    """Raises InputError: pyarrow is not installed."""
    try:
        import pyarrow as _  # noqa: F401 - an extra
    except ImportError as error:
        raise InputError(
            "Parquet needs the extra `embeddings`.",
            fix="pip install 'dynamic-sizzles[embeddings]'.",
        ) from error


def _schema(pa: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    texts = ("id", "type", "time", "member_id", "endpoint_id", "reel_id", "app", "received")
    return pa.schema(
        [
            *((name, pa.string()) for name in texts),
            ("clock_offset", pa.int64()),
            ("attributes", pa.map_(pa.string(), pa.string())),
            ("metrics", pa.map_(pa.string(), pa.float64())),
        ]
    )


def _row(event: Event) -> dict[str, Any]:
    record = to_record(event)
    for name in ("attributes", "metrics"):
        record[name] = list(record.get(name, {}).items())
    return record


def _pages(events: Iterable[LoggedEvent]) -> Iterator[list[Event]]:
    page: list[Event] = []
    for each in events:
        page.append(each.event)
        if len(page) == _PARQUET_BATCH:
            yield page
            page = []
    if page:
        yield page


def _read_lines(path: Path) -> Iterator[tuple[str, dict[str, Any] | None]]:
    with _open(path, path.suffix == ".gz", "rt") as file:
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
    with _open(path, path.suffix == ".gz", "rt") as file:
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
    import pyarrow.parquet as pq

    number = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_PARQUET_BATCH):
            for row in batch.to_pylist():
                number += 1
                record = {name: value for name, value in row.items() if value not in (None, "")}
                for name in ("attributes", "metrics"):
                    values = record.get(name, {})  # a map, or a struct with a value for each name
                    pairs = values.items() if isinstance(values, dict) else values
                    record[name] = {key: value for key, value in pairs if value is not None}
                yield f"row {number}", record


def _open(path: Path, zipped: bool, mode: Literal["rt", "wt"]) -> TextIO:
    file: Any = (gzip.open if zipped else open)(path, mode, encoding="utf-8", newline="")
    return cast(TextIO, file)


def _kind(path: Path) -> str:
    kind = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    if kind not in _FORMATS:
        raise _unknown(path, f"name a file with one of: {', '.join(_FORMATS)}, or .gz.")
    return kind


def _unknown(path: Path, fix: str) -> InputError:
    return InputError("The file's suffix does not say what it holds.", where=str(path), fix=fix)
