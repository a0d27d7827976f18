"""Batches beyond one machine: scored as by `ranker.serving.rank_batch`, with Ray Data.

The members are cut into blocks; each worker of the cluster loads the model once and scores block
after block. `RAY_ADDRESS` names a cluster; without it, workers are started on this machine.
"""

import logging
import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from textwrap import shorten
from typing import Any, Final

import numpy as np
import torch

from ranker.data.events import EventLog
from ranker.data.titles import Titles
from ranker.errors import RankerError
from ranker.network.checkpoint import load_model
from ranker.network.devices import device_named
from ranker.serving.rank_batch import Scored, Scorer

_MEMBERS: Final = 1024
"""In a block at most: a second of work, beside which handing it over is nothing."""

_BLOCKS: Final = 4
"""For each worker at least, so that all of them are done at about the same time."""


def top(
    model: Path,
    log: EventLog,
    count: int,
    *,
    titles: Titles | None = None,
    workers: int = 2,
    device: str = "cpu",
) -> Iterator[Scored]:
    """Each member's best titles, as `Scorer.top` has them, in any order.

    Args:
        model: a file that every machine of the cluster can read.
        log: of all members.
        count: titles a member at most.
        titles: metadata; what is new among them is scored by it.
        workers: how many score at a time.
        device: where each worker works scores out; by its kind, such as "cuda", alone.

    Raises:
        RankerError: Ray is not there, or one of its workers failed.
        ModelFileError: the model cannot be read.
        ConfigError: the device is not there where this runs.
    """
    version = load_model(model).version  # said here, and not by a worker that fails
    # Of a kind, since each worker is shown only the GPU that is its own, as the first.
    kind = device_named(device).type
    ray = _ray()
    blocks = [{"block": pickle.dumps(block)} for block in _blocks(log, _BLOCKS * workers)]
    if not blocks:
        return
    scored = ray.data.from_items(blocks, override_num_blocks=len(blocks)).flat_map(
        _Worker,
        fn_constructor_args=(str(model.resolve()), version, dict(titles or {}), count, kind),
        compute=ray.data.ActorPoolStrategy(size=workers),
        num_gpus=int(kind == "cuda"),
    )
    try:
        for row in scored.iter_rows():
            yield Scored(row["member"], tuple(row["titles"]), tuple(row["scores"]))
    except ray.exceptions.RayError as error:
        # A traceback, which ends with the reason.
        *_, last = (str(error).strip() or repr(error)).splitlines()
        raise RankerError(
            f"A worker of Ray failed: {shorten(last, width=300)}",
            "see Ray's own logs, and that every machine can read the model.",
        ) from error


class _Worker:
    """One worker: the model, and what it says of blocks of members."""

    def __init__(self, model: str, version: str, titles: Titles, count: int, device: str) -> None:
        torch.set_num_threads(1)
        checkpoint = load_model(Path(model))
        if checkpoint.version != version:
            raise RankerError(
                f"Model {model} is version {checkpoint.version} here, and was {version} at first.",
                "let all machines read the same file, and leave it as it is meanwhile.",
            )
        self._scorer = Scorer(checkpoint, titles, device_named(device))
        self._count = count

    def __call__(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        # Of our own making: no one but this module writes these bytes.
        log: EventLog = pickle.loads(row["block"])  # noqa: S301
        return [
            {"member": each.member_id, "titles": list(each.titles), "scores": list(each.scores)}
            for each in self._scorer.top(log, self._count)
        ]


def _blocks(log: EventLog, least: int) -> Iterator[EventLog]:
    """The log in parts, each of some members' every event and of no name beyond those."""
    if not len(log):
        return
    first_M = np.append(0, np.flatnonzero(np.diff(log.member.codes_E)) + 1)
    starts = first_M[:: min(_MEMBERS, -(-len(first_M) // least))].tolist()
    for start, end in zip(starts, [*starts[1:], len(log)], strict=True):
        yield log.take(slice(start, end)).compact()


def _ray() -> Any:  # noqa: ANN401 - Ray may not be installed where this is checked
    """Ray, connected to a cluster or to workers of this machine."""
    # Ray would otherwise tell its makers what runs here.
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
