"""Files of exposures: JSON Lines, gzipped or not, and Parquet."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sizzle.engagement import Exposure, to_record
from sizzle.errors import InputError
from sizzle.eventlog.event_parquet import import_parquet
from sizzle.files import replacing

_PARQUET_BATCH: Final = 5000  # rows


def write_exposures(path: Path, exposures: Iterable[Exposure]) -> int:
    """Write exposures to a file, whole or not at all.

    Args:
        path: its suffix says what it will be: .jsonl, .jsonl.gz or .parquet.
        exposures: in the order of the file.

    Returns:
        How many there were.

    Raises:
        InputError: the file cannot be written, its suffix is another one, or pyarrow is absent.
    """
    counted = _Counted(map(to_record, exposures))
    if path.suffix == ".parquet":
        _write_parquet(path, counted)
    elif path.name.endswith((".jsonl", ".jsonl.gz")):
        _write_lines(path, counted)
    else:
        raise InputError(
            "The file's suffix does not say what it is to be.",
            where=str(path),
            fix="name a .jsonl, .jsonl.gz or .parquet file.",
        )
    return counted.count


class _Counted:
    """Counts records while they are iterated over."""

    def __init__(self, records: Iterable[dict[str, Any]]) -> None:
        self._records = records
        self.count = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for record in self._records:
            self.count += 1
            yield record


def _write_lines(path: Path, records: Iterable[dict[str, Any]]) -> None:
    opened: Any = gzip.open if path.suffix == ".gz" else open
    with replacing(path) as temporary, opened(temporary, "wt", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def _write_parquet(path: Path, records: Iterable[dict[str, Any]]) -> None:
    import_parquet()
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema(pa)
    rest = iter(records)
    with ExitStack() as stack:
        temporary = stack.enter_context(replacing(path))
        writer = stack.enter_context(pq.ParquetWriter(temporary, schema))
        while page := list(islice(rest, _PARQUET_BATCH)):
            writer.write_table(pa.Table.from_pylist(page, schema=schema))


def _schema(pa: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    texts = ("member_id", "reel_id", "asset_id", "asset_version", "cadence", "rate")
    return pa.schema(
        [
            ("time", pa.string()),
            *((name, pa.string()) for name in texts),
            ("seed", pa.int64()),
            ("treatment", pa.string()),
            ("model_version", pa.string()),
            ("cold_start", pa.bool_()),
            ("cuts", pa.list_(pa.struct([("title_id", pa.string()), ("frames", pa.int32())]))),
            ("cadence_probability", pa.float64()),
            ("slot_probabilities", pa.list_(pa.float64())),
            ("randomised", pa.bool_()),
        ]
    )
