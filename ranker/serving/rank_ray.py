"""Batch scoring on several machines: `ranker.serving.rank_batch` in Ray Data."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from ranker.data.events import ViewingLog
from ranker.data.shard_files import ShardFiles
from ranker.data.titles import MetadataByTitle
from ranker.data.tokens import Tokens
from ranker.request import NO_CONTEXT, RequestContext
from ranker.serving.rank_batch import BatchScorer, MemberScores
from ranker.serving.ray_blocks import Row, work_on_blocks


def top(
    model: Path,
    log: ViewingLog | ShardFiles,
    count: int,
    *,
    request: RequestContext = NO_CONTEXT,
    include_watched: bool = False,
    titles: MetadataByTitle | None = None,
    workers: int = 2,
    device: str = "cpu",
) -> Iterator[MemberScores]:
    """Each member's best titles, as from `BatchScorer.top`, in any order.

    Args:
        model: a file that every machine of the cluster can read.
        log: of all members, or shards that every machine can read under the same path.
        count: the most titles per member.
        request: what is known of it.
        include_watched: whether titles that a member has watched are suggested again.
        titles: metadata, by which new titles are scored.
        workers: how many score at a time.
        device: of each worker; only its type counts, such as "cuda".

    Raises:
        RankerError: Ray is not installed, or a worker failed.
        ModelFileError: the model cannot be read.
        ConfigError: the device is not available on this machine.
    """
    work = partial(_score, count=count, request=request, include_watched=include_watched)
    rows = work_on_blocks(model, log, work, titles=titles, workers=workers, device=device)
    for row in rows:
        yield MemberScores(row["member"], tuple(row["titles"]), tuple(row["scores"]))


def _score(
    scorer: BatchScorer,
    log: ViewingLog | Tokens,
    *,
    count: int,
    request: RequestContext,
    include_watched: bool,
) -> list[Row]:
    scored = scorer.top(log, count, request, include_watched=include_watched)
    return [
        {"member": one.member_id, "titles": list(one.titles), "scores": list(one.scores)}
        for one in scored
    ]
