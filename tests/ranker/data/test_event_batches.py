"""Files of events, as others write them."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import obstore
import pyarrow as pa
import pytest
from obstore.store import LocalStore
from pyarrow import csv, parquet

from ranker import HistoryError, ViewingEvent, ViewingLog, read_log, write_histories
from tests.ranker.small_histories import rich_events

EVENTS = rich_events(members=3, length=4)
NAMES = ("member_id", "title_id", "at", "seconds", "action", "device", "country")


def table(**changes: Any) -> pa.Table:  # noqa: ANN401 - columns of any type
    """The events as a table, with some columns changed; None leaves one out."""
    columns: dict[str, Any] = {
        name: [getattr(event, name) for event in EVENTS] for name in NAMES
    } | changes
    return pa.table({name: column for name, column in columns.items() if column is not None})


def read(path: Path | str) -> list[ViewingEvent]:
    """All events of a file or folder."""
    return list(read_log(path)[0].events())


EXPECTED = list(ViewingLog.from_events(EVENTS).events())


def test_every_kind_of_file_has_the_same_events(tmp_path: Path) -> None:
    """Parquet, CSV and JSON Lines, zipped or not, in one file or in a folder by day."""
    parquet.write_table(table(), tmp_path / "a.parquet")
    csv.write_csv(table(), tmp_path / "a.csv")
    write_histories(tmp_path / "a.jsonl", EVENTS)
    for name in ("a.csv", "a.jsonl"):
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress((tmp_path / name).read_bytes()))
    for name in ("a.parquet", "a.csv", "a.csv.gz", "a.jsonl", "a.jsonl.gz"):
        assert read(tmp_path / name) == EXPECTED, name
    days = tmp_path / "days"
    for number in range(3):
        day = days / f"day={number}"
        day.mkdir(parents=True)
        part = table().slice(4 * number, 4)
        parquet.write_table(part, day / "part-0.parquet")
        (day / "_SUCCESS").touch()
        (day / ".part-0.parquet.crc").write_bytes(b"x")
    assert read(days) == EXPECTED


def test_events_of_an_object_store(tmp_path: Path) -> None:
    """They are read from a URL as from a folder."""
    parquet.write_table(table(), tmp_path / "a.parquet")
    store = LocalStore(str(tmp_path))
    assert obstore.head(store, "a.parquet")["size"]
    assert read(tmp_path.as_uri()) == EXPECTED


TIMES = [event.at for event in EVENTS]
MOMENTS = [datetime.fromtimestamp(at, UTC) for at in TIMES]


@pytest.mark.parametrize(
    "changes",
    [
        {"at": pa.array(TIMES, pa.int32())},
        {"at": pa.array(TIMES, pa.uint64())},
        {"at": [at + 0.75 for at in TIMES]},
        {"at": pa.array([at * 1000 for at in TIMES]).cast(pa.timestamp("ms"))},
        {"at": pa.array(MOMENTS, pa.timestamp("us", "Europe/Berlin"))},
        {"at": pa.array(MOMENTS, pa.timestamp("ns", "UTC"))},
        {"at": [moment.isoformat() for moment in MOMENTS]},
        {"at": [f"{moment:%Y-%m-%dT%H:%M:%S}.500+00:00" for moment in MOMENTS]},
        {"at": None, "time": [f"{moment:%Y-%m-%d %H:%M:%S}Z" for moment in MOMENTS]},
        {"at": list(map(str, TIMES))},
        {"seconds": [event.seconds + 0.5 for event in EVENTS if event.seconds is not None]},
        {"rating": [None] * 12, "time_zone": [""] * 12},
        {"seconds": [str(event.seconds) for event in EVENTS]},
        {"member_id": pa.array([event.member_id for event in EVENTS], pa.large_string())},
        {"title_id": pa.array([event.title_id for event in EVENTS]).dictionary_encode()},
        {"device": pa.array([event.device for event in EVENTS], pa.string_view())},
        {"unknown": [None] * len(EVENTS), "attributes": [{"a": 1}] * len(EVENTS)},
    ],
)
def test_types_of_other_programs_are_read(tmp_path: Path, changes: dict[str, Any]) -> None:
    """Times, durations and ids in any type that says what they are; other columns are ignored."""
    parquet.write_table(table(**changes), tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet") == EXPECTED


@pytest.mark.parametrize("kind", [pa.float32(), pa.decimal128(5, 1), pa.string()])
def test_ratings_and_zones_are_read(tmp_path: Path, kind: pa.DataType) -> None:
    """Ratings of any type, and none where there is none."""
    ratings = pa.array([4.5, None] * 6).cast(kind, safe=False)
    parquet.write_table(
        table(rating=ratings, time_zone=["Asia/Tokyo"] * 12), tmp_path / "a.parquet"
    )
    csv.write_csv(table(rating=ratings, time_zone=["Asia/Tokyo"] * 12), tmp_path / "a.csv")
    expected = list(
        ViewingLog.from_events(
            replace(event, rating=None if row % 2 else 4.5, time_zone="Asia/Tokyo")
            for row, event in enumerate(EVENTS)
        ).events()
    )
    assert read(tmp_path / "a.parquet") == expected
    assert read(tmp_path / "a.csv") == expected


def test_integer_ids_are_texts(tmp_path: Path) -> None:
    """In Parquet and in CSV, as in MovieLens."""
    numbers = {"member_id": [7] * 12, "title_id": [event.seconds for event in EVENTS]}
    parquet.write_table(table(**numbers), tmp_path / "a.parquet")
    csv.write_csv(table(**numbers), tmp_path / "a.csv")
    found = read(tmp_path / "a.parquet")
    assert found == read(tmp_path / "a.csv")
    assert {event.member_id for event in found} == {"7"}
    assert {event.title_id for event in found} == {str(event.seconds) for event in EVENTS}


@pytest.mark.parametrize("unknown", [None, float("nan")])
def test_what_is_unknown_stays_so(tmp_path: Path, unknown: float | None) -> None:
    """Missing durations and texts are unknown, and not 0."""
    changes = {"seconds": pa.array([unknown] * 12, pa.float64()), "device": ["", None] * 6}
    parquet.write_table(table(**changes), tmp_path / "a.parquet")
    csv.write_csv(table(**changes), tmp_path / "a.csv")
    expected = [replace(event, seconds=None, device="") for event in EXPECTED]
    assert read(tmp_path / "a.parquet") == expected
    assert read(tmp_path / "a.csv") == expected


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        (
            {"at": [*TIMES[:5], 1_700_000_000_000, *TIMES[6:]]},
            "row 6: `at`.*milliseconds: 1700000000000",
        ),
        ({"at": [float(at * 1000) for at in TIMES]}, "row 1: `at` must be seconds.*milliseconds"),
        ({"at": [-1, *TIMES[1:]]}, "row 1: `at` is before 1970, or missing"),
        ({"at": [*TIMES[:-1], None]}, "row 12: `at` is before 1970, or missing"),
        ({"at": [*TIMES[:-1], 32_503_680_000]}, "row 12: `at` is in the future"),
        ({"at": ["2026-11-30T18:00:00"] * 12}, "row 1: `at` is no time.*zone"),
        ({"at": [*["2023-11-30T18:00:00Z"] * 11, "x"]}, "row 12: `at` is no time"),
        ({"at": None}, "There is no column `at`"),
        ({"at": [True] * 12}, "`at` is of type bool"),
        ({"member_id": None}, "There is no column `member_id`"),
        ({"member_id": ["m"] * 3 + [""] + ["m"] * 8}, "row 4: `member_id` is empty"),
        ({"title_id": ["t"] * 3 + [None] + ["t"] * 8}, "row 4: `title_id` is empty"),
        ({"title_id": [1.5] * 12}, "`title_id` is of type double"),
        ({"seconds": [1] * 11 + [-5]}, "row 12: `seconds` is negative: -5"),
        ({"seconds": [1] * 11 + [-1]}, "row 12: `seconds` is negative: -1"),
        ({"seconds": [1.0] * 11 + [1e30]}, "row 12: `seconds` is longer than any viewing"),
        ({"seconds": ["an hour"] * 12}, "`seconds` is not a number"),
        ({"device": [1.5] * 12}, "`device` is of type double"),
        ({"rating": ["good"] * 12}, "`rating` is not a number"),
        ({"rating": [1.0] * 11 + [float("inf")]}, "row 12: `rating` is no rating of any scale"),
        ({"rating": [[1]] * 12}, "`rating` is of type list"),
    ],
)
def test_a_row_that_is_no_event_is_refused(
    tmp_path: Path, changes: dict[str, Any], what: str
) -> None:
    """With file, row and remedy."""
    parquet.write_table(table(**changes), tmp_path / "a.parquet")
    with pytest.raises(HistoryError, match=rf"a\.parquet.*{what}.*Fix: "):
        read(tmp_path / "a.parquet")


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("a.parquet", lambda content: content[:-30]),
        ("a.parquet", lambda content: content[:200] + b"\0" * 100 + content[300:]),
        ("a.parquet", lambda _: b""),
        ("a.csv", lambda content: content + b"\nonly one"),
        ("a.csv", lambda _: b""),
        ("a.csv.gz", lambda content: gzip.compress(content)[:-20]),
        ("a.csv.gz", lambda content: content),
        ("a.jsonl.gz", lambda content: gzip.compress(content)[:-20]),
        ("a.jsonl.gz", lambda content: content),
    ],
)
def test_a_torn_file_is_named(tmp_path: Path, name: str, harm: Callable[[bytes], bytes]) -> None:
    """Nothing of it is used."""
    path = tmp_path / name
    if ".parquet" in name:
        parquet.write_table(table(), path)
    else:
        csv.write_csv(table(), path)
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(HistoryError, match=rf"{name}.*Fix: "):
        read(path)


def test_a_folder_without_events_is_refused(tmp_path: Path) -> None:
    """So is a path that is not there."""
    for where in (tmp_path, tmp_path / "missing.parquet"):
        with pytest.raises(HistoryError, match="Fix: "):
            read(where)
