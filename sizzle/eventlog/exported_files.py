"""Files that events were exported to: remembered, and rewritten where a member is erased."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Final, Literal, cast

from sizzle.errors import InputError, SizzleError
from sizzle.eventlog.event_parquet import BATCH, import_parquet
from sizzle.files import replacing
from sizzle.object_store import is_store_url, open_store, reporting

_FILE: Final = "exports.jsonl"  # of the state folder


@dataclass(frozen=True, slots=True)
class ErasedExports:
    """What came of erasing a member from exported files.

    Attributes:
        rewritten: the events that were removed from each file, by its path or URL.
        unchanged: why a location that may still have the member's events could not be rewritten.
    """

    rewritten: Mapping[str, int]
    unchanged: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Erasure:
    """Whose events are to be removed."""

    member_id: str
    endpoints: Collection[tuple[str, str]]

    def covers(self, record: Mapping[str, Any]) -> bool:
        member_id = record.get("member_id") or ""
        if member_id:
            return bool(member_id == self.member_id)
        return (record.get("app") or "", record.get("endpoint_id") or "") in self.endpoints


def remember_export(state: Path, location: str) -> None:
    """Remember a file, folder or URL, for whoever erases a member later."""
    if not is_store_url(location):
        location = str(Path(location).absolute())
    if location in exports(state):
        return
    state.mkdir(parents=True, exist_ok=True)
    with (state / _FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(location) + "\n")


def exports(state: Path) -> list[str]:
    """Where events were exported to."""
    path = state / _FILE
    if not path.exists():
        return []
    return list(dict.fromkeys(map(json.loads, path.read_text(encoding="utf-8").splitlines())))


def erase_from_exports(
    locations: Iterable[str], member_id: str, endpoints: Collection[tuple[str, str]]
) -> ErasedExports:
    """Rewrite exported files without a member's events. What is there no longer is left out.

    Args:
        locations: files, folders and object stores' URLs.
        member_id: whose events are removed.
        endpoints: the member's, by application and id: events without a member are theirs too.
    """
    erasure = _Erasure(member_id, endpoints)
    rewritten: dict[str, int] = {}
    unchanged: dict[str, str] = {}
    for location in locations:
        try:
            erase = _erase_from_store if is_store_url(location) else _erase_from_path
            rewritten |= erase(location, erasure)
        except SizzleError as error:
            unchanged[location] = error.what
        except (OSError, EOFError, ValueError, zlib.error, csv.Error) as error:
            unchanged[location] = str(error).partition("\n")[0]
    return ErasedExports(rewritten, unchanged)


def _erase_from_path(location: str, erasure: _Erasure) -> dict[str, int]:
    root = Path(location)
    paths = sorted(root.glob("*.parquet")) if root.is_dir() else [root] if root.exists() else []
    return {str(path): count for path in paths if (count := _rewrite(path, path, erasure))}


def _erase_from_store(location: str, erasure: _Erasure) -> dict[str, int]:
    store = open_store(location)
    import obstore

    with reporting(location):
        listed = [item["path"] for chunk in obstore.list(store) for item in chunk]
    rewritten = {}
    for name in sorted(name for name in listed if name.endswith(".parquet")):
        where = f"{location.rstrip('/')}/{name}"
        with TemporaryDirectory() as folder, reporting(where):
            copy, new = Path(folder, "copy.parquet"), Path(folder, "new.parquet")
            with copy.open("wb") as file:
                file.writelines(obstore.get(store, name))
            if count := _rewrite(copy, new, erasure):
                obstore.put(store, name, new)
                rewritten[where] = count
    return rewritten


def _rewrite(path: Path, out: Path, erasure: _Erasure) -> int:
    """Write a file without a member's events, if it has any. Returns how many there were."""
    kind = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    rewriters: dict[str, Callable[[Path, Path, _Erasure], int]] = {
        ".jsonl": _rewrite_lines,
        ".csv": _rewrite_csv,
        ".parquet": _rewrite_parquet,
    }
    if kind not in rewriters:
        raise InputError("The file is not an export.", where=str(path), fix="remove it yourself.")
    with TemporaryDirectory() as folder:
        new = Path(folder, path.name)
        count = rewriters[kind](path, new, erasure)
        if count:
            with replacing(out) as temporary:
                shutil.copyfile(new, temporary)
    return count


def _rewrite_lines(path: Path, out: Path, erasure: _Erasure) -> int:
    removed = 0
    with _open(path, "rb") as old, _open(out, "wb") as new:
        for line in old:
            if line.strip() and erasure.covers(json.loads(line)):
                removed += 1
            else:
                new.write(line)
    return removed


def _rewrite_csv(path: Path, out: Path, erasure: _Erasure) -> int:
    removed = 0
    with _text(path, "rb") as old, _text(out, "wb") as new:
        reader = csv.DictReader(old)
        writer = csv.DictWriter(new, reader.fieldnames or (), lineterminator="\n")
        writer.writeheader()
        for row in reader:
            if erasure.covers(row):
                removed += 1
            else:
                writer.writerow(row)
    return removed


def _rewrite_parquet(path: Path, out: Path, erasure: _Erasure) -> int:
    import_parquet()
    import pyarrow as pa
    import pyarrow.parquet as pq

    removed = 0
    with pq.ParquetFile(path) as old, pq.ParquetWriter(out, old.schema_arrow) as new:
        names = {"app", "member_id", "endpoint_id"}.intersection(old.schema_arrow.names)
        for batch in old.iter_batches(BATCH):
            rows = batch.select(sorted(names)).to_pylist()
            kept = [not erasure.covers(row) for row in rows]
            removed += kept.count(False)
            new.write_batch(batch.filter(pa.array(kept, pa.bool_())))
    return removed


def _open(path: Path, mode: Literal["rb", "wb"]) -> BinaryIO:
    file: Any = (gzip.open if path.suffix == ".gz" else open)(path, mode)
    return cast(BinaryIO, file)


def _text(path: Path, mode: Literal["rb", "wb"]) -> TextIOWrapper:
    return TextIOWrapper(_open(path, mode), encoding="utf-8", newline="")
