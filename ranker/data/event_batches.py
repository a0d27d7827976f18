"""Files of events as batches: Parquet, CSV and JSON Lines, the last two also with .gz."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from ranker.data.event_columns import (
    COLUMN_NAMES,
    TIMES_AND_NUMBERS,
    Codes,
    EventBatch,
    EventRows,
)
from ranker.data.event_sources import EventFile, reporting
from ranker.data.events import Column, ViewingLog
from ranker.data.histories import iter_events
from ranker.data.optional_packages import pyarrow

BATCH: Final = 1_000_000
"""Rows that are in memory at once."""

_OBJECTS: Final = 50_000
"""Events that are Python objects at once."""

_BLOCK: Final = 64 << 20
"""Bytes of CSV that are parsed at once."""


def read_batches(file: EventFile) -> Iterator[EventBatch]:
    """The events of a file, some at a time.

    Raises:
        HistoryError: it cannot be read, or a row is no event; names file and row.
    """
    with file.local() as path, reporting(file.where):
        if file.kind == ".jsonl":
            yield from _from_lines(path)
            return
        first = 1
        for batch in (_parquet if file.kind == ".parquet" else _csv)(path):
            yield EventRows(batch, file.where, first).checked()
            first += len(batch)


def estimated_events(file: EventFile) -> int:
    """About how many events a file has, from its size; of Parquet, how many it has."""
    if file.kind == ".parquet":
        with file.local() as path, reporting(file.where):
            return int(pyarrow().parquet.read_metadata(path).num_rows)
    zipped = 8 if file.name.endswith(".gz") else 1
    return zipped * file.size // (40 if file.kind == ".csv" else 100) + 1


def write_log(path: Path, log: ViewingLog) -> None:
    """Write events as Parquet, as `read_batches` reads them."""
    pa = pyarrow()
    columns = {"member_id": _texts(log.member), "title_id": _texts(log.title), "at": log.time_E}
    columns["seconds"] = pa.array(log.seconds_E, mask=log.seconds_E < 0)
    columns |= {name: _texts(column) for name, column in log.texts.items()}
    if log.rating_E is not None:
        columns["rating"] = log.rating_E
    pa.parquet.write_table(pa.table(columns), path)


def _texts(column: Column) -> Any:  # noqa: ANN401
    texts, codes_E = _codes(column)
    codes = pyarrow().array(codes_E.astype("int32"), mask=codes_E < 0)
    return pyarrow().DictionaryArray.from_arrays(codes, texts)


def _parquet(path: Path) -> Iterator[Any]:
    parquet = pyarrow().parquet
    names = [name for name in parquet.read_schema(path).names if name in COLUMN_NAMES]
    # As codes, where the file has them: a text is then read once and not once a row.
    texts = [name for name in names if name not in TIMES_AND_NUMBERS]
    with parquet.ParquetFile(path, read_dictionary=texts) as file:
        yield from file.iter_batches(BATCH, columns=names)


def _csv(path: Path) -> Iterator[Any]:
    pa = pyarrow()
    with pa.csv.open_csv(
        path,
        read_options=pa.csv.ReadOptions(block_size=_BLOCK),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(COLUMN_NAMES, pa.string()), strings_can_be_null=True
        ),
    ) as reader:
        names = [name for name in reader.schema.names if name in COLUMN_NAMES]
        for batch in reader:
            yield batch.select(names)


def _from_lines(path: Path) -> Iterator[EventBatch]:
    rest = iter_events(path)
    while some := list(islice(rest, _OBJECTS)):
        log = ViewingLog.from_events(some)
        yield EventBatch(
            _codes(log.member),
            _codes(log.title),
            log.time_E,
            log.seconds_E,
            {name: _codes(column) for name, column in log.texts.items()},
            log.rating_E,
        )


def _codes(column: Column) -> Codes:
    return pyarrow().array(column.values, pyarrow().string()), column.codes_E
