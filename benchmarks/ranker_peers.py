"""Other models by our protocol: SASRec, eSASRec and HSTU of RecTools, and ALS of implicit.

    RANKER_PEERS=peers/bin/python python -m benchmarks.ranker_peers ml-100k [MODEL ...]

RANKER_PEERS is the Python of an environment with these libraries, which cannot be ours, since
RecTools needs an older numpy: `pip install "rectools[torch]==0.19.0" implicit "numpy<2"
torch==2.13.0`. Without it the peers are skipped, with a message. Each peer is trained on the
training split, scores all titles for each member, and is evaluated as our models are: watched
titles left out, ties in the middle. There is no bar.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from subprocess import run
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch import Tensor

from benchmarks.tables import Row, print_table
from ranker import load_model, read_log
from ranker.data.splits import leave_one_out
from ranker.evaluation.evaluate import EvalTask, Recommender, TitleScores, evaluate
from ranker.evaluation.model_recommender import ModelRecommender

PEERS = ("ALS", "SASRec", "eSASRec", "HSTU")
MEASURES = ("HR@10", "NDCG@10", "MRR", "asset HR@3")
CONTEXT = 200
"""Titles of a history that peers read."""

SCRIPT = Path(__file__).with_name("ranker_peers_run.py")


class Peer:
    """A peer as a recommender: its scores, computed by another process."""

    def __init__(self, name: str, folder: Path, titles: int) -> None:
        self.name = name
        self._titles = titles
        with np.load(folder / "scores.npz") as found:
            self._best_TX = torch.from_numpy(found["titles"]).long()
            self._score_TX = torch.from_numpy(found["scores"])

    def scores(self, targets: Tensor) -> TitleScores:
        """The scores for some targets; titles that are not among the best are all last."""
        best, score = self._best_TX[targets], self._score_TX[targets]
        shape = len(targets), self._titles + 1
        scores = torch.full(shape, float(self._score_TX.min()) - 1)
        # A title of -1, which there is not, goes to the last column.
        scores.scatter_(1, best % (self._titles + 1), score)
        return TitleScores(scores[:, : self._titles], {})


def run_peer(folder: Path, task: EvalTask, peer: str, numbers: Sequence[int]) -> Peer:
    """Train a peer in its own environment.

    Args:
        folder: for the files that both processes read.
        task: whose training tokens it is trained on.
        peer: its name.
        numbers: epochs, members of a step, negatives, the seed, titles of a history that it reads,
            and how many of each target's best titles it tells.
    """
    write_split(folder / "split.npz", task)
    command = [os.environ["RANKER_PEERS"], str(SCRIPT), str(folder), peer, *map(str, numbers)]
    # Its logs go to stderr, beside the table.
    run(command, check=True, stdout=sys.stderr, cwd=folder)
    return Peer(peer, folder, len(task.tokens.title.values))


def main() -> None:
    """Evaluate all, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path, help="a MovieLens folder, or a file of events")
    parser.add_argument("models", type=Path, nargs="*", help="models of ours to evaluate as well")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--negatives", type=int, default=0, help="0 is full softmax")
    parser.add_argument("--batch", type=int, default=128, help="members per step")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--peers", default=",".join(PEERS))
    options = parser.parse_args()
    torch.set_num_threads(1)
    log, titles = read_log(options.data)
    task = EvalTask(log, titles, leave_one_out)
    rows = []
    for recommender, seconds in _recommenders(task, options):
        measures = evaluate(recommender, task).measures()
        rows.append(
            Row(recommender.name, [*(measures[name] for name in MEASURES), f"{seconds:.0f}"])
        )
    print_table(("", *MEASURES, "seconds"), rows)


def _recommenders(
    task: EvalTask, options: argparse.Namespace
) -> Iterator[tuple[Recommender, float]]:
    """Our models and then the peers, with the seconds that each peer trained."""
    for path in options.models:
        network = load_model(path).network
        for name, request_known in ((path.name, False), (f"{path.name}, request known", True)):
            yield ModelRecommender(name, network, task, request_known=request_known), 0.0
    if not os.environ.get("RANKER_PEERS"):
        _say("RANKER_PEERS is not set: peers are skipped")
        return
    with TemporaryDirectory() as name:
        for peer in options.peers.split(","):
            _say(f"Training {peer}")
            began = time.perf_counter()
            numbers = (options.epochs, options.batch, options.negatives, options.seed, CONTEXT)
            trained = run_peer(Path(name), task, peer, (*numbers, len(task.tokens.title.values)))
            yield trained, time.perf_counter() - began


def write_split(path: Path, task: EvalTask) -> None:
    """The training tokens, all tokens before the targets, and the members and times of these."""
    training = task.training_tokens()
    known = np.ones(len(task.tokens), dtype=bool)
    targets = task.target_T.numpy()
    known[targets] = False
    parts: dict[str, Any] = {}
    for part, tokens in (("training", training), ("known", task.tokens.take(known))):
        parts |= {
            f"{part}_member": tokens.member.codes_E,
            f"{part}_title": tokens.title.codes_E,
            f"{part}_at": tokens.start_time_N,
        }
    np.savez(
        path,
        titles=len(task.tokens.title.values),
        target_member=task.tokens.member.codes_E[targets],
        target_at=task.tokens.start_time_N[targets],
        **parts,
    )


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    main()
