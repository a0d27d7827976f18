"""Shards of tokens as files."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ranker import HistoryError, ViewingLog
from ranker.data.encoded_spans import widened
from ranker.data.shard_files import MANIFEST, VALUES, ShardFiles
from ranker.data.token_summary import TokenSummary
from ranker.data.tokens import Tokens, merge_events
from tests.ranker.shard_folders import every_nth_member, shard_folder
from tests.ranker.small_histories import TITLES, rich_events

LOG = ViewingLog.from_events(rich_events())


def rows(tokens: Tokens) -> list[tuple[object, ...]]:
    """All that tokens say, row by row."""
    actions = sorted(tokens.actions)
    fields = sorted(tokens.request_fields)
    return list(
        zip(
            tokens.member.texts(),
            tokens.title.texts(),
            *(
                array.tolist()
                for array in (
                    tokens.start_time_N,
                    tokens.end_time_N,
                    tokens.gap_N,
                    tokens.seconds_N,
                    tokens.engagement_N,
                )
            ),
            *(tokens.actions[name].tolist() for name in actions),
            *(list(tokens.request_fields[name].texts()) for name in fields),
            strict=True,
        )
    )


def test_shards_have_the_tokens_that_were_written(tmp_path: Path) -> None:
    """Of each member all tokens are in one shard, with all their columns; files are narrower."""
    expected = merge_events(LOG)
    shards = shard_folder(tmp_path, LOG, 3)
    assert len(shards) == 3
    assert shards.tokens == len(expected)
    assert shards.members == len(LOG.member.values)
    for number, tokens in enumerate(shards):
        wide = widened(tokens)
        assert rows(wide) == rows(every_nth_member(expected, 3, number))
        assert wide.start_time_N.dtype == np.int64
        assert tokens.engagement_N.dtype == np.int8


def test_summaries_of_shards_add_up(tmp_path: Path) -> None:
    """What is counted shard by shard is what is counted at once."""
    whole = TokenSummary.of(merge_events(LOG))
    merged = TokenSummary.merged(map(TokenSummary.of, shard_folder(tmp_path, LOG, 3)))
    assert merged.counts == whole.counts
    assert merged.as_of == whole.as_of
    assert merged.text_values == whole.text_values
    assert merged.engagements == whole.engagements


def test_the_digest_is_of_all_shards_and_of_metadata(tmp_path: Path) -> None:
    """Another token in any shard, or other metadata, is another digest."""
    shards = shard_folder(tmp_path / "one", LOG, 3)
    again = shard_folder(tmp_path / "again", LOG, 3)
    fewer = shard_folder(tmp_path / "fewer", LOG.take(slice(0, len(LOG) - 1)), 3)
    assert shards.digest_with(TITLES) == again.digest_with(TITLES)
    assert len({part.digest_with(TITLES) for part in (shards, fewer)}) == 2
    assert shards.digest_with(TITLES) != shards.digest_with({})


def torn(path: Path) -> None:
    """Cut the end of a file off."""
    path.write_bytes(path.read_bytes()[:-20])


def flipped(path: Path) -> None:
    """Change a bit of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        (Path.unlink, "shard-00001.arrow: A shard is missing. Fix: prepare the log again"),
        (torn, r"shard-00001.arrow: The shard is torn: it has [\d,]+ of [\d,]+ bytes. Fix: copy"),
        (flipped, "shard-00001.arrow: The shard is not as it was when it was prepared. Fix: copy"),
    ],
)
def test_a_shard_that_is_not_as_it_was_is_named(
    tmp_path: Path, harm: Callable[[Path], None], what: str
) -> None:
    """A shard that is missing, torn or changed is named with the remedy; the others are read."""
    shards = shard_folder(tmp_path, LOG, 3)
    harm(tmp_path / "shard-00001.arrow")
    assert len(shards[0])
    assert len(shards[2])
    with pytest.raises(HistoryError, match=what):
        shards[1]


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: (folder / MANIFEST).unlink(),
        lambda folder: torn(folder / MANIFEST),
        lambda folder: (folder / MANIFEST).write_text("[]"),
        lambda folder: (folder / MANIFEST).write_text(json.dumps({"kind": "another"})),
        lambda folder: torn(folder / VALUES),
        lambda folder: (folder / VALUES).unlink(),
    ],
)
def test_a_folder_without_a_sound_manifest_is_refused(
    tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    """Without the manifest, or the texts that all shards share, nothing is read."""
    shard_folder(tmp_path, LOG, 2)
    harm(tmp_path)
    with pytest.raises(HistoryError, match=r"Fix: .*prepare the log again with `sizzle prepare`"):
        ShardFiles(tmp_path)
