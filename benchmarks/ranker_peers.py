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
from collections.abc import Iterator
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
SCRIPT = Path(__file__).with_name("ranker_peers_run.py")


class Peer:
    """A peer as a recommender: its scores, computed by another process."""

    def __init__(self, name: str, scores: Tensor) -> None:
        self.name = name
        self._scores = scores

    def scores(self, targets: Tensor) -> TitleScores:
        """The scores for some targets."""
        return TitleScores(self._scores[targets], {})


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
    python = os.environ.get("RANKER_PEERS")
    if not python:
        _say("RANKER_PEERS is not set: peers are skipped")
        return
    with TemporaryDirectory() as name:
        _write_split(Path(name) / "split.npz", task)
        for peer in options.peers.split(","):
            _say(f"Training {peer}")
            began = time.perf_counter()
            numbers = map(str, (options.epochs, options.batch, options.negatives, options.seed))
            command = [python, str(SCRIPT), name, peer, *numbers]
            # Its logs go to stderr, beside the table.
            run(command, check=True, stdout=sys.stderr, cwd=name)
            scores = torch.from_numpy(np.load(Path(name) / "scores.npy"))
            yield Peer(peer, scores), time.perf_counter() - began


def _write_split(path: Path, task: EvalTask) -> None:
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
