"""The ranker with no setting touched, beside classics and RecTools' SASRec, on logs of any kind.

    python -m benchmarks.ranker_defaults WORK beauty=beauty_gaps.tsv.gz \
        --seeds 3 [--attributes beauty=beauty_attributes.json.gz]

A log is a file of `benchmarks.sequence_files`, or what `sizzle train` reads. Its last title of each
member is the target (`--split leave-one-out`). Whatever has been trained or evaluated is kept in
the folder WORK, and a command that is stopped goes on there; another command, at the same time
too, may do another part (`--only`). SASRec is trained where RANKER_PEERS is set, as
`benchmarks.ranker_peers` says. There is no bar.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np
import torch

from benchmarks.ranker_peers import run_peer
from benchmarks.sequence_files import read_attributes, read_sequences
from benchmarks.tables import Row, print_table
from ranker import MetadataByTitle, ViewingLog, load_model, read_log, save_model, train
from ranker.data.arrays import Floats
from ranker.data.splits import leave_one_out
from ranker.evaluation.baselines import (
    Markov,
    MetadataNeighbours,
    Popularity,
    SequentialNeighbours,
)
from ranker.evaluation.evaluate import EvalTask, Recommender, evaluate
from ranker.evaluation.metrics import bootstrap_interval, hits, ndcgs, paired_difference
from ranker.evaluation.model_recommender import ModelRecommender
from ranker.training.defaults import DataCounts, fitting_settings

COLUMNS = ("", "HR@10", "NDCG@10", "ahead of the best classic by", "ahead of SASRec by")
CLASSICS: dict[str, Callable[[EvalTask], Recommender]] = {
    "popularity": Popularity,
    "Markov-1": Markov,
    "SeqItemKNN": SequentialNeighbours,
    "metadata kNN": MetadataNeighbours,
}
PEER, PEER_BATCH, PEER_NEGATIVES, PEER_BEST = "SASRec", 128, 128, 100


@dataclass(frozen=True)
class DataSet:
    """A log, and what has been found of it so far.

    Args:
        name: of its files in the folder.
        log: its file.
        attributes: of its titles; None without any.
        folder: for all results.
    """

    name: str
    log: Path
    attributes: Path | None
    folder: Path

    @cached_property
    def data(self) -> tuple[ViewingLog, MetadataByTitle]:
        """The events, and the titles."""
        if self.log.is_dir() or ".jsonl" in self.log.suffixes:
            return read_log(self.log)
        return read_sequences(self.log), read_attributes(self.attributes) if self.attributes else {}

    @cached_property
    def task(self) -> EvalTask:
        """The evaluation."""
        return EvalTask(*self.data, leave_one_out)

    def ranks(self, name: str) -> Floats | None:
        """The rank of each target by one recommender, once that is known."""
        path = self._path(name, "npy")
        return np.load(path) if path.exists() else None

    def evaluate(self, name: str, recommender: Recommender) -> None:
        """Keep the rank of each target."""
        np.save(self._path(name, "npy"), evaluate(recommender, self.task).rank_T)

    def train(self, seed: int) -> None:
        """Train with no setting touched, and evaluate."""
        began, path = process_time(), self._path(f"ours, seed {seed}", "pt")
        if not path.exists():
            log, titles = self.data
            _, config = fitting_settings(DataCounts.of(log), seed)
            trained = train(
                log,
                titles,
                config=config,
                split=leave_one_out,
                resume_file=path.with_suffix(".state"),
            )
            save_model(path, trained.network)
            say(f"{self.name}, seed {seed}: {trained.best}, {trained.quality}")
            say(f"  {process_time() - began:.0f} s of processor time; {config}")
        network = load_model(path).network
        recommender = ModelRecommender("ours", network, self.task, request_known=False)
        self.evaluate(f"ours, seed {seed}", recommender)

    def train_peer(self, seed: int, epochs: int) -> None:
        """Train SASRec, and evaluate; it reads as much of a history as ours."""
        began = process_time()
        context = fitting_settings(DataCounts.of(self.data[0]))[0].context
        numbers = (epochs, PEER_BATCH, PEER_NEGATIVES, seed, context, PEER_BEST)
        with TemporaryDirectory() as name:
            self.evaluate(f"{PEER}, seed {seed}", run_peer(Path(name), self.task, PEER, numbers))
        say(f"{self.name}, {PEER}, seed {seed}: {process_time() - began:.0f} s")

    def _path(self, name: str, suffix: str) -> Path:
        return self.folder / f"{self.name} {name}.{suffix}"


def main() -> None:
    """Do what is missing, and print a table for each log."""
    options = _options()
    torch.set_num_threads(1)
    options.work.mkdir(parents=True, exist_ok=True)
    attributes = dict(_pairs(options.attributes))
    for name, path in _pairs(options.logs):
        data = DataSet(name, path, attributes.get(name), options.work)
        for seed in range(options.seeds):
            if "ours" in options.only and data.ranks(f"ours, seed {seed}") is None:
                data.train(seed)
            if "peer" in options.only and data.ranks(f"{PEER}, seed {seed}") is None:
                data.train_peer(seed, options.epochs)
        for classic, recommender in CLASSICS.items():
            needed = classic != "metadata kNN" or data.attributes
            if "classics" in options.only and needed and data.ranks(classic) is None:
                data.evaluate(classic, recommender(data.task))
        _print(data, options.seeds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("work", type=Path, help="the folder of results")
    parser.add_argument("logs", nargs="+", help="NAME=FILE")
    parser.add_argument("--attributes", nargs="*", default=[], help="NAME=FILE, of some logs")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=10, help="of SASRec")
    parser.add_argument("--only", nargs="*", default=["classics", "ours"], help="or `peer`")
    return parser.parse_args()


def _pairs(texts: Sequence[str]) -> Iterator[tuple[str, Path]]:
    for text in texts:
        name, _, path = text.partition("=")
        yield name, Path(path)


def _print(data: DataSet, seeds: int) -> None:
    """A row a recommender, and the mean of seeds; what is not known yet is left out."""
    found: dict[str, list[Floats]] = {}
    for name in CLASSICS:
        found[name] = [ranks] if (ranks := data.ranks(name)) is not None else []
    for name in ("ours", PEER):
        ranks_of_seeds = (data.ranks(f"{name}, seed {seed}") for seed in range(seeds))
        found[name] = [ranks for ranks in ranks_of_seeds if ranks is not None]
        found |= {f"{name}, seed {n}": [ranks] for n, ranks in enumerate(found[name])}
    quality = {
        name: np.mean([ndcgs(r) for r in all_], axis=0) for name, all_ in found.items() if all_
    }
    hit = {name: np.mean([hits(r) for r in all_], axis=0) for name, all_ in found.items() if all_}
    classic = max(
        (n for n in CLASSICS if n in quality), key=lambda n: quality[n].mean(), default=""
    )
    sys.stdout.write(f"\n{data.name}\n\n")
    print_table(
        COLUMNS,
        [
            Row(
                name,
                [
                    bootstrap_interval(hit[name]),
                    bootstrap_interval(quality[name]),
                    _lead(quality, name, classic),
                    _lead(quality, name, PEER),
                ],
            )
            for name in quality
        ],
    )


def _lead(quality: Mapping[str, Floats], name: str, other: str) -> str:
    if not name.startswith("ours") or other not in quality:
        return ""
    lead = paired_difference(quality[name], quality[other])
    return f"{lead.mean:.4f} [{lead.low:.4f}, {lead.high:.4f}]"


def say(line: str) -> None:
    """Write a line beside the tables."""
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    main()
