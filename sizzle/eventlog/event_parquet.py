"""Events in Parquet: their columns, and rows from records and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sizzle.errors import InputError

BATCH: Final = 5000
"""Rows that are in memory at once."""

_TEXTS = ("id", "type", "time", "member_id", "endpoint_id", "reel_id", "app", "received")
_MAPS = ("attributes", "metrics")


def import_parquet() -> None:
    """Raises InputError: pyarrow is not installed."""
    try:
        import pyarrow as _  # noqa: F401 - an extra
    except ImportError as error:
        raise InputError(
            "Parquet needs the extra `embeddings`.",
            fix="pip install 'dynamic-sizzles[embeddings]'.",
        ) from error


def write_parquet(path: Path, records: Iterable[Mapping[str, Any]]) -> int:
    """Write records as from `to_record`. Returns how many there were."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema, rest, count = _schema(pa), iter(records), 0
    with pq.ParquetWriter(path, schema) as writer:
        while page := list(islice(rest, BATCH)):
            count += len(page)
            writer.write_table(pa.Table.from_pylist(list(map(_row, page)), schema=schema))
    return count


def read_parquet(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a file, also of one that others wrote."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(BATCH):
            yield from map(_record, batch.to_pylist())


def _schema(pa: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    return pa.schema(
        [
            *((name, pa.string()) for name in _TEXTS),
            ("clock_offset", pa.int64()),
            ("attributes", pa.map_(pa.string(), pa.string())),
            ("metrics", pa.map_(pa.string(), pa.float64())),
        ]
    )


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    return {**record, **{name: list(record.get(name, {}).items()) for name in _MAPS}}


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    record = {name: value for name, value in row.items() if value not in (None, "")}
    for name in _MAPS:
        values = record.get(name, {})  # a map, or a struct with a value for each name
        pairs = values.items() if isinstance(values, dict) else values
        record[name] = {key: value for key, value in pairs if value is not None}
    return record
