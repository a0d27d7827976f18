"""Exports of the log: JSON Lines or CSV in a file; Parquet by day in a folder or object store."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, Protocol, TextIO, cast

from sizzle.errors import InputError
from sizzle.eventlog.event_log import LoggedEvent
from sizzle.eventlog.event_parquet import BATCH, import_parquet, write_parquet
from sizzle.events.records import to_record
from sizzle.files import replacing
from sizzle.object_store import is_store_url, open_store, reporting

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_FIELDS: Final = (
    *("id", "type", "time", "member_id", "endpoint_id", "reel_id", "app", "received"),
    "clock_offset",
)
_SPILLED: Final = "spilled.jsonl"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was exported.

    Attributes:
        events: how many.
        cursor: of the last one: the next export may begin after it.
    """

    events: int
    cursor: int


class ExportFolder(Protocol):
    """Where the files of an export go. Each is written whole or not at all."""

    def writing(self, name: str) -> AbstractContextManager[Path]:
        """A local path for a file, which has its name once the block ends without an error."""


def export_events(out: str, events: Iterable[LoggedEvent], after: int = 0) -> Exported:
    """Write events to a file, or a file for each day, in UTC, such as events-2026-11-30.parquet.

    In CSV an attribute without text cannot be told from none.

    Args:
        out: a path that ends in .jsonl or .csv, both also with .gz; or a folder or an object
            store's URL, for Parquet.
        events: in the order of the log.
        after: the cursor that they come after. Unless it is 0 it is part of the files' names, so
            that they are added to those of earlier exports.

    Raises:
        InputError: a file cannot be written, its suffix is another one, or an extra is missing.
    """
    counted = _Counted(events, after)
    try:
        if is_store_url(out):
            _write_days(_StoreFolder(open_store(out), out), counted, after)
        elif suffix := Path(out).suffix:
            _write_file(Path(out), suffix, counted)
        else:
            _write_days(_LocalFolder(Path(out)), counted, after)
    except OSError as error:
        raise InputError(
            f"The export cannot be written: {error.strerror}.", where=out, fix="free space there."
        ) from error
    return Exported(counted.events, counted.cursor)


class _Counted:
    """Records of events, counted as they pass."""

    def __init__(self, events: Iterable[LoggedEvent], after: int) -> None:
        self._source = events
        self.events = 0
        self.cursor = after

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for each in self._source:
            self.events += 1
            self.cursor = each.position
            yield to_record(each.event)


class _LocalFolder:
    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir(parents=True, exist_ok=True)

    def writing(self, name: str) -> AbstractContextManager[Path]:
        return replacing(self._path / name)


class _StoreFolder:
    def __init__(self, store: ObjectStore, url: str) -> None:
        self._store = store
        self._url = url.rstrip("/")

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        import obstore

        with TemporaryDirectory() as folder:
            path = Path(folder, name)
            yield path
            with reporting(f"{self._url}/{name}"):
                obstore.put(self._store, name, path)  # in parts where it is large


def _write_file(path: Path, suffix: str, records: Iterable[dict[str, Any]]) -> None:
    zipped = suffix == ".gz"
    kind = path.with_suffix("").suffix if zipped else suffix
    if kind not in (".jsonl", ".csv"):
        raise InputError(
            "The file's suffix does not say what it holds.",
            where=str(path),
            fix="name a .jsonl or .csv file, also with .gz; or a folder, for Parquet.",
        )
    with replacing(path) as temporary, _open(temporary, zipped) as file:
        if kind == ".jsonl":
            file.writelines(map(_line, records))
        else:
            write_csv(file, records)


def write_csv(file: TextIO, records: Iterable[dict[str, Any]]) -> None:
    """Write records as CSV, with a column for each name of attributes and metrics."""
    with TemporaryDirectory() as folder:
        spilled, names = Path(folder, _SPILLED), dict[str, None]()
        with spilled.open("w", encoding="utf-8") as spill:
            for record in map(_flat, records):
                names.update(dict.fromkeys(record))
                spill.write(_line(record))
        columns = [*_FIELDS, *sorted(names.keys() - set(_FIELDS))]
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(_spilled_records(spilled))


def _write_days(target: ExportFolder, records: Iterable[dict[str, Any]], after: int) -> None:
    import_parquet()
    with TemporaryDirectory() as folder:
        for day in _spill_days(records, Path(folder)):
            name = f"events-{day}-after-{after}.parquet" if after else f"events-{day}.parquet"
            with target.writing(name) as path:
                write_parquet(path, _spilled_records(Path(folder, day)))


def _spill_days(records: Iterable[dict[str, Any]], folder: Path) -> list[str]:
    """Sort records into a file for each day: there may be more days than files can be open."""
    rest = iter(records)
    while page := list(islice(rest, BATCH)):
        by_day: dict[str, list[str]] = {}
        for record in page:
            by_day.setdefault(record["time"][:10], []).append(_line(record))
        for day, lines in by_day.items():
            with Path(folder, day).open("a", encoding="utf-8") as file:
                file.writelines(lines)
    return sorted(path.name for path in folder.iterdir())


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    flat = {name: value for name, value in record.items() if name not in ("attributes", "metrics")}
    for group in ("attributes", "metrics"):
        flat |= {f"{group}.{name}": value for name, value in record.get(group, {}).items()}
    return flat


def _spilled_records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"


def _open(path: Path, zipped: bool) -> TextIO:
    file: Any = (gzip.open if zipped else open)(path, "wt", encoding="utf-8", newline="")
    return cast(TextIO, file)
