"""Blocks of members of shards: named where a batch is started, and read where it is scored."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ranker.data.encoded_spans import widened
from ranker.data.shard_files import ShardFiles
from ranker.data.tokens import Tokens
from ranker.errors import HistoryError
from ranker.request import NO_CONTEXT, RequestContext
from ranker.serving.rank_batch import BatchScorer, MemberScores

MAX_MEMBERS: Final = 1024
"""In a block: about a second of work, beside which the cost of handing it over is negligible."""


@dataclass(frozen=True, slots=True)
class ShardBlock:
    """Some members of a shard.

    Args:
        folder: of the shards; every machine reads it under the same path.
        data: the digest of the shards, which must be the same on every machine.
        shard: the number of the shard.
        first: the first member in it.
        end: of the members, exclusive.
    """

    folder: str
    data: str
    shard: int
    first: int
    end: int


def shard_blocks(shards: ShardFiles, members: int) -> Iterator[ShardBlock]:
    """All members of some shards, at most so many in a block."""
    folder, data = str(shards.folder.resolve()), shards.digest_with({})
    for number, file in enumerate(shards.manifest.shards):
        for first in range(0, file.members, members):
            yield ShardBlock(folder, data, number, first, min(first + members, file.members))


class BlockReader:
    """Reads blocks of shards; the shard of the last block is kept for the next."""

    def __init__(self) -> None:
        self._shards: ShardFiles | None = None
        self._shard = -1
        self._tokens: Tokens | None = None

    def tokens(self, block: ShardBlock) -> Tokens:
        """The tokens of a block.

        Raises:
            HistoryError: the shard cannot be read, or is of other shards than where it was named.
        """
        if self._shards is None:
            self._shards = ShardFiles(Path(block.folder))
            if self._shards.digest_with({}) != block.data:
                raise HistoryError(
                    "The shards are others than where the batch was started.",
                    "let all machines read the same folder, and leave it until the batch ends.",
                    where=block.folder,
                )
        if self._tokens is None or self._shard != block.shard:
            self._tokens, self._shard = self._shards[block.shard], block.shard
        starts = self._tokens.starts()
        return widened(self._tokens.take(slice(starts[block.first], starts[block.end])))


def top_of_shards(
    scorer: BatchScorer,
    shards: ShardFiles,
    count: int,
    request: RequestContext = NO_CONTEXT,
    *,
    include_watched: bool = False,
) -> Iterator[MemberScores]:
    """Each member's best titles, as from `BatchScorer.top`, block by block."""
    reader = BlockReader()
    for block in shard_blocks(shards, MAX_MEMBERS):
        tokens = reader.tokens(block)
        yield from scorer.top(tokens, count, request, include_watched=include_watched)
