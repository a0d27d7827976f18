"""Exports of the log of events as viewing events, by what counts as viewing: of any size.

Records are dealt to files by their member, since what counts is decided over all events of a
member; each of these files becomes one of viewing events, which the ranker prepares.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import msgspec

from sizzle.errors import InputError
from sizzle.events import Refusal
from sizzle.events.viewing_policy import ViewingPolicy
from sizzle.events.viewing_record import ViewingColumns, ViewingRecord, viewing_record

if TYPE_CHECKING:
    from ranker.data.event_sources import EventFile
    from ranker.data.shard_files import ShardFiles
    from ranker.data.signals import SignalPolicy
    from sizzle.events.watches import CutFinder

_COLUMNS: Final = {"type", "attributes"}  # of an export, and of no file of viewing events
_AT_ONCE: Final = 200_000  # records

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(ViewingRecord)


def is_export(location: Path | str) -> bool:
    """Whether there are Parquet files of the log of events, as `sizzle events export` writes them.

    Raises:
        HistoryError: there are no files of events, or the first cannot be read.
    """
    from pyarrow import parquet

    from ranker.data.event_sources import find_files, reporting

    first = find_files(location)[0]
    if first.kind != ".parquet":
        return False
    with first.local() as path, reporting(first.where):
        return set(parquet.read_schema(path).names) >= _COLUMNS


def prepare_export(
    location: Path | str,
    out: Path,
    signals: SignalPolicy,
    policy: ViewingPolicy,
    cuts: CutFinder,
    now: int,
    on_progress: Callable[[int, int], None],
) -> ShardFiles:
    """Prepare an export as shards, unless the folder has these already.

    Args:
        location: a file, a folder, or an object store's URL.
        out: the folder of shards.
        signals: the roles of viewings.
        policy: what counts as viewing.
        cuts: finds what reels showed.
        now: in milliseconds since 1970.
        on_progress: as of `prepare`.

    Raises:
        HistoryError: a file cannot be read, or the folder cannot be written.
        InputError: a record is no event.
    """
    from ranker.data.event_sources import files_digest, find_files
    from ranker.data.prepare import prepare, prepared_before

    files = find_files(location)
    kept = json.dumps([files_digest(files), policy.model_dump(mode="json")])
    source = hashlib.sha256(kept.encode()).hexdigest()
    before = prepared_before(out, source, signals)
    if before is not None:
        return before
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{out.name}.viewings.", dir=out.parent) as name:
        _write_viewings(files, Path(name), policy, cuts, now)
        return prepare(name, out, signals=signals, source=source, on_progress=on_progress)


def _write_viewings(
    files: list[EventFile], folder: Path, policy: ViewingPolicy, cuts: CutFinder, now: int
) -> None:
    from ranker.data.event_batches import estimated_events, write_log

    count = 1 + sum(map(estimated_events, files)) // _AT_ONCE
    dealt = [folder / f"{number:05}.records" for number in range(count)]
    for page in _pages(_records(files, now)):
        lines: dict[int, list[bytes]] = {}
        for record in page:
            number = zlib.crc32(record.member_id.encode()) % count
            lines.setdefault(number, []).append(_encoder.encode(record) + b"\n")
        for number, own in lines.items():
            with dealt[number].open("ab") as file:
                file.writelines(own)
    for path in dealt:
        if path.exists():
            records = sorted(map(_decoder.decode, path.read_bytes().splitlines()), key=_order)
            write_log(path.with_suffix(".parquet"), policy.log(ViewingColumns.of(records), cuts))
            path.unlink()
    if not any(folder.glob("*.parquet")):
        raise InputError(
            "No record of this export counts as viewing.",
            where=files[0].where,
            fix="export events of titles that were played, or change the viewing policy.",
        )


def _records(files: list[EventFile], now: int) -> Iterator[ViewingRecord]:
    from sizzle.eventlog.event_files import read_events

    for file in files:
        with file.local() as path:
            for where, event in read_events(path, now):
                if isinstance(event, Refusal):
                    raise InputError(
                        f"The record is no event: {event.reason}",
                        where=where,
                        fix="export the events again.",
                    )
                record = viewing_record(event)
                if record is not None:
                    yield record


def _pages(records: Iterable[ViewingRecord]) -> Iterator[list[ViewingRecord]]:
    page: list[ViewingRecord] = []
    for record in records:
        page.append(record)
        if len(page) == _AT_ONCE:
            yield page
            page = []
    yield page


def _order(record: ViewingRecord) -> tuple[str, int]:
    return record.member_id, record.time
