"""Work on all members of a log in Ray Data: in blocks of members, on the workers of a cluster.

Each worker loads the model once and then does one block after another. `RAY_ADDRESS` names a
cluster; without it, workers are started on this machine.
"""

import logging
import os
import pickle
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import shorten
from typing import Any, Final

import numpy as np
import torch

from ranker.data.events import ViewingLog
from ranker.data.shard_files import ShardFiles
from ranker.data.titles import MetadataByTitle
from ranker.errors import RankerError
from ranker.network.checkpoint import load_model
from ranker.network.devices import find_device
from ranker.serving.rank_batch import BatchScorer
from ranker.serving.shard_blocks import MAX_MEMBERS, BlockReader, ShardBlock, shard_blocks

_BLOCKS_PER_WORKER: Final = 4
"""At least, so that all workers end at about the same time."""

Row = dict[str, Any]

BlockWork = Callable[[BatchScorer, Any], list[Row]]
"""What a worker does with the log of a block, or its tokens.

It is of a module, or made by `functools.partial` of such.
"""


def work_on_blocks(
    model: Path,
    log: ViewingLog | ShardFiles,
    work: BlockWork,
    *,
    titles: MetadataByTitle | None = None,
    workers: int = 2,
    device: str = "cpu",
) -> Iterator[Row]:
    """What the work gives for all blocks of members, in any order.

    Args:
        model: a file that every machine of the cluster can read.
        log: of all members; of shards, workers read their own, and here there are only their names.
        work: on a block.
        titles: metadata, by which new titles are scored.
        workers: how many work at a time.
        device: of each worker; only its type counts, such as "cuda".

    Raises:
        RankerError: Ray is not installed, or a worker failed.
        ModelFileError: the model cannot be read.
        ConfigError: the device is not available on this machine.
    """
    version = load_model(model).version  # fails here rather than in a worker
    # Only its type, since each worker sees only its own GPU, as the first.
    device_type = find_device(device).type
    ray = _ray()
    blocks = [
        {"block": pickle.dumps(block)} for block in _blocks_of(log, _BLOCKS_PER_WORKER * workers)
    ]
    if not blocks:
        return
    done = ray.data.from_items(blocks, override_num_blocks=len(blocks)).flat_map(
        _Worker,
        fn_constructor_args=(str(model.resolve()), version, dict(titles or {}), work, device_type),
        compute=ray.data.ActorPoolStrategy(size=workers),
        num_gpus=int(device_type == "cuda"),
    )
    try:
        yield from done.iter_rows()
    except ray.exceptions.RayError as error:
        reason = _reason(str(error).strip() or repr(error))
        raise RankerError(
            f"A Ray worker failed: {shorten(reason, width=400)}",
            "see Ray's logs, and check that every machine can read the model.",
        ) from error


def _reason(tracebacks: str) -> str:
    """What an error of ours says within tracebacks, or else their last line."""
    found = re.search(r"^ranker\.errors\.\w+: (.*)$", tracebacks, re.MULTILINE)
    return found[1] if found else tracebacks.splitlines()[-1]


class _Worker:
    """A worker, which loads the model and then does blocks of members."""

    def __init__(
        self, model: str, version: str, titles: MetadataByTitle, work: BlockWork, device: str
    ) -> None:
        torch.set_num_threads(1)
        checkpoint = load_model(Path(model))
        if checkpoint.version != version:
            raise RankerError(
                f"Model {model} is version {checkpoint.version} on this machine, and version "
                f"{version} where the batch was started.",
                "let all machines read the same file, and do not change it during the batch.",
            )
        self._scorer = BatchScorer(checkpoint, titles, find_device(device))
        self._work = work
        self._reader = BlockReader()

    def __call__(self, row: Row) -> list[Row]:
        # Safe to unpickle: only `work_on_blocks` writes these bytes.
        block: ViewingLog | ShardBlock = pickle.loads(row["block"])  # noqa: S301
        log = self._reader.tokens(block) if isinstance(block, ShardBlock) else block
        return self._work(self._scorer, log)


def _blocks_of(
    log: ViewingLog | ShardFiles, at_least: int
) -> Iterator[ViewingLog] | Iterator[ShardBlock]:
    if isinstance(log, ViewingLog):
        return _blocks(log, at_least)
    return shard_blocks(log, min(MAX_MEMBERS, max(1, -(-log.members // at_least))))


def _blocks(log: ViewingLog, at_least: int) -> Iterator[ViewingLog]:
    """The log in parts, each with all events of some members."""
    if not len(log):
        return
    first_M = np.append(0, np.flatnonzero(np.diff(log.member.codes_E)) + 1)
    starts = first_M[:: min(MAX_MEMBERS, -(-len(first_M) // at_least))].tolist()
    for start, end in zip(starts, [*starts[1:], len(log)], strict=True):
        # Compacted, so that a block does not carry the names of all members and titles.
        yield log.take(slice(start, end)).compact()


def _ray() -> Any:  # noqa: ANN401 - Ray may not be installed where this is checked
    """Ray, connected to a cluster or to workers on this machine."""
    # Ray would otherwise send usage statistics.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
        import ray.data
        import ray.exceptions
    except ImportError as error:
        raise RankerError(
            "The engine `ray` needs Ray.", "install it with `pip install dynamic-sizzles[ray]`."
        ) from error
    if not ray.is_initialized():
        ray.init(log_to_driver=False, logging_level=logging.ERROR)
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    ray.data.DataContext.get_current().enable_progress_bars = False
    return ray
