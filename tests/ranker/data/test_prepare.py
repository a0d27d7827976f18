"""Events of any size as shards of tokens."""

import gzip
from dataclasses import asdict, replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from pyarrow import parquet

from ranker import HistoryError, ViewingEvent, ViewingLog, write_histories
from ranker.data.prepare import prepare
from ranker.data.shard_files import ShardFiles
from ranker.data.signals import DEFAULT_POLICY, Ratings
from ranker.data.spill import member_hashes
from ranker.data.tokens import merge_events
from tests.ranker.shard_folders import expect_tokens_of
from tests.ranker.small_histories import rich_events

EVENTS = rich_events(members=20, length=6)


@pytest.mark.parametrize("in_a_shard", [1_000_000, 40, 7])
def test_shards_have_the_tokens_of_the_log_in_memory(tmp_path: Path, in_a_shard: int) -> None:
    """In one shard or in many, from files of several kinds with events that are there twice."""
    source = tmp_path / "source"
    source.mkdir()
    parquet.write_table(pa.Table.from_pylist(list(map(asdict, EVENTS[:50]))), source / "a.parquet")
    write_histories(source / "b.jsonl", EVENTS[40:90])
    write_histories(tmp_path / "rest", EVENTS[90:])
    (source / "c.jsonl.gz").write_bytes(gzip.compress((tmp_path / "rest").read_bytes()))
    shards = prepare(source, tmp_path / "shards", events_in_a_shard=in_a_shard)
    assert (len(shards) == 1) == (in_a_shard == 1_000_000)
    assert shards.manifest.events == 130
    expect_tokens_of(shards, ViewingLog.from_events(EVENTS))


@settings(max_examples=8, deadline=None)
@given(
    st.lists(
        st.builds(
            ViewingEvent,
            st.text("abé𝄞\0", min_size=1, max_size=20),
            st.sampled_from("xyz"),
            st.integers(0, 10**6),
            st.none() | st.integers(0, 10**4),
            st.sampled_from(["", "play", "trailer"]),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_any_log_has_the_same_tokens_in_shards(
    tmp_path_factory: pytest.TempPathFactory, events: list[ViewingEvent]
) -> None:
    """Whatever members are called, and however often events are repeated."""
    folder = tmp_path_factory.mktemp("any")
    write_histories(folder / "events.jsonl", events)
    shards = prepare(folder / "events.jsonl", folder / "shards", events_in_a_shard=10)
    expect_tokens_of(shards, ViewingLog.from_events(events))


def test_signals_are_those_of_the_log_in_memory(tmp_path: Path) -> None:
    """Ratings, zones and impressions are in shards; another policy prepares them anew."""
    source, out = tmp_path / "events.jsonl", tmp_path / "shards"
    changed = [
        replace(
            event,
            rating=float(number % 5) + 0.5,
            time_zone="Europe/Berlin" if number % 2 else "",
            action=("impression", "play", "thumbs_down")[number % 3],
        )
        for number, event in enumerate(EVENTS)
    ]
    write_histories(source, changed)
    log = ViewingLog.from_events(changed)
    tokens = merge_events(log)
    assert tokens.shown is not None
    assert tokens.rating_N is not None
    assert tokens.time_zone is not None
    expect_tokens_of(prepare(source, out), log)
    strict = structs.replace(DEFAULT_POLICY, ratings=Ratings(dislike_below=4))
    shards = prepare(source, out, signals=strict)
    assert shards.signals == strict
    expect_tokens_of(shards, log, strict)


def test_the_same_files_are_prepared_once(tmp_path: Path) -> None:
    """Until one of them changes; then all shards are replaced at once."""
    source, out = tmp_path / "events.jsonl", tmp_path / "shards"
    write_histories(source, EVENTS)
    first = prepare(source, out)
    before = (out / "manifest.json").stat().st_mtime_ns
    assert prepare(source, out).digest_with({}) == first.digest_with({})
    assert (out / "manifest.json").stat().st_mtime_ns == before
    write_histories(source, EVENTS[:60])
    changed = prepare(source, out, events_in_a_shard=30)
    assert changed.digest_with({}) != first.digest_with({})
    expect_tokens_of(changed, ViewingLog.from_events(EVENTS[:60]))
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_nothing_is_half_written(tmp_path: Path) -> None:
    """A malformed row leaves earlier shards as they were, and no other files."""
    source, out = tmp_path / "events.jsonl", tmp_path / "shards"
    write_histories(source, EVENTS)
    expected = prepare(source, out).digest_with({})
    source.write_text('{"member_id": "m", "title_id": "t", "at": 1}\n{"member_id": "m"}\n')
    with pytest.raises(HistoryError, match=r"events.jsonl, line 2: The event has no `title_id`"):
        prepare(source, out)
    assert ShardFiles(out).digest_with({}) == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["events.jsonl", "shards"]


def test_a_folder_of_something_else_is_not_replaced(tmp_path: Path) -> None:
    """Only shards are."""
    write_histories(tmp_path / "events.jsonl", EVENTS)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpeg").touch()
    with pytest.raises(HistoryError, match="something else in it"):
        prepare(tmp_path / "events.jsonl", tmp_path / "photos")
    assert (tmp_path / "photos" / "a.jpeg").exists()


def test_members_are_dealt_alike_everywhere() -> None:
    """A hash depends on all of an id and on nothing else, and spreads similar ids evenly."""
    ids = pa.array([f"member-{number}" for number in range(4000)])
    hashes = member_hashes(ids)
    assert len(set(hashes.tolist())) == 4000
    assert member_hashes(ids.slice(3000, 5)).tolist() == hashes[3000:3005].tolist()
    assert member_hashes(pa.array(["a" * 100, "member-7"])).tolist()[1] == hashes[7]
    assert member_hashes(pa.array(["member-ada"])).tolist() == [HASH_OF_ADA]
    counts = [int((hashes % 16 == shard).sum()) for shard in range(16)]
    assert max(counts) < 1.2 * min(counts)


HASH_OF_ADA = 12058243879438402490
