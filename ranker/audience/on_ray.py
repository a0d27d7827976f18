"""Audiences by several machines: `find_audiences` in Ray Data, where one machine takes too long."""

import pickle
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from ranker.audience.find import Audience, check_titles, find_audiences, merge_audiences
from ranker.data.events import ViewingLog
from ranker.data.titles import MetadataByTitle
from ranker.network.checkpoint import load_model
from ranker.request import NO_CONTEXT, RequestContext
from ranker.serving.rank_batch import BatchScorer
from ranker.serving.ray_blocks import Row, work_on_blocks


def find_audiences_on_ray(
    model: Path,
    log: ViewingLog,
    title_ids: Sequence[str],
    *,
    count: int | None = None,
    least_chance: float = 0.0,
    among: Collection[str] | None = None,
    by_activity: bool = False,
    request: RequestContext = NO_CONTEXT,
    titles: MetadataByTitle | None = None,
    workers: int = 2,
    device: str = "cpu",
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> list[Audience]:
    """The audiences that `find_audiences` finds.

    Workers find those among blocks of members, and they are merged here: of each block no more
    members come back than are asked for.

    Args:
        model: a file that every machine of the cluster can read.
        log: the histories of all members.
        title_ids: as of `find_audiences`, as are the next five.
        count: the most members of each title.
        least_chance: of the members.
        among: the only members to consider.
        by_activity: order by the chance times how many events a member has.
        request: what is known of the moment.
        titles: metadata, by which new titles are scored.
        workers: how many work at a time.
        device: of each worker; only its type counts, such as "cuda".
        progress: called with how many members were ranked, and of how many.

    Raises:
        RankingError: a title is unknown, or there are too many or none.
        RankerError: Ray is not installed, or a worker failed.
        ModelFileError: the model cannot be read.
        ConfigError: the device is not available on this machine.
    """
    wanted = tuple(dict.fromkeys(title_ids))
    check_titles(BatchScorer(load_model(model), titles), wanted)
    work = partial(
        _find,
        title_ids=wanted,
        count=count,
        least_chance=least_chance,
        among=among,
        by_activity=by_activity,
        request=request,
    )
    total, done = _members(log), 0
    parts = {title: [Audience(title, (), 0, 0)] for title in wanted}
    for row in work_on_blocks(model, log, work, titles=titles, workers=workers, device=device):
        # Safe to unpickle: only `_find` writes these bytes.
        for audience in pickle.loads(row["audiences"]):  # noqa: S301
            parts[audience.title_id].append(audience)
        done += row["members"]
        progress(done, total)
    return [merge_audiences(parts[title], count) for title in wanted]


def _find(
    scorer: BatchScorer,
    log: ViewingLog,
    *,
    title_ids: Sequence[str],
    count: int | None,
    least_chance: float,
    among: Collection[str] | None,
    by_activity: bool,
    request: RequestContext,
) -> list[Row]:
    found = find_audiences(
        scorer,
        log,
        title_ids,
        count=count,
        least_chance=least_chance,
        among=among,
        by_activity=by_activity,
        request=request,
    )
    return [{"audiences": pickle.dumps(found), "members": _members(log)}]


def _members(log: ViewingLog) -> int:
    return len(np.unique(log.member.codes_E))
