"""What low ratings are worth as negatives: the same training with three policies of signals.

    python -m benchmarks.ranker_signals ml-1m

The data is a MovieLens folder. Ratings of 1 and 2 stars are targets like all others, or are only
read, or are dislikes, which training pushes down. All models are evaluated on the same targets: the
last title that each member gave at least 3 stars, or whose rating is not known, among all titles
that the member has not rated. Of members who gave 1 or 2 stars after it, the last column is the
share of whom the target scores above the first title of these. Differences are
paired by member, with 95 % intervals. There is no bar.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

import numpy as np
import torch

from benchmarks.tables import Row, print_table
from ranker import (
    MetadataByTitle,
    ModelConfig,
    SignalPolicy,
    TrainingConfig,
    ViewingLog,
    read_log,
    train,
)
from ranker.data.arrays import Floats
from ranker.data.roles import DISLIKE
from ranker.data.splits import leave_one_out
from ranker.evaluation.evaluate import NDCG, EvalResult, EvalTask, evaluate
from ranker.evaluation.metrics import Interval, bootstrap_interval, paired_difference
from ranker.evaluation.model_recommender import ModelRecommender
from ranker.evaluation.seed_groups import SeedGroup

_DISLIKES: Final = SignalPolicy.parse("[ratings]\ndislike_below = 2.5")
POLICIES: Final = {
    "targets": SignalPolicy(),
    "only read": SignalPolicy.parse("[ratings]\ndislike_below = 2.5\n[dislikes]\nweight = 0"),
    "dislikes": _DISLIKES,
}
"""By what ratings of 1 and 2 stars are."""

COLUMNS: Final = ("1 and 2 stars are", "HR@10", NDCG, "lead in NDCG@10", "target above disliked")


def main() -> int:
    """Train and evaluate all models; always 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    log, titles = read_log(options.data)
    task = EvalTask(log, titles, leave_one_out, watched="exclude", signals=_DISLIKES)
    disliked = _disliked_after(task)
    groups, above = {}, {}
    for name, policy in POLICIES.items():
        results, parts = [], []
        for seed in range(options.seeds):
            result, of_seed = _evaluated(log, titles, task, policy, seed, options, disliked)
            results.append(result)
            parts.append(of_seed)
            sys.stderr.write(f"{name}, seed {seed}: {result.measures()[NDCG]}\n")
        groups[name] = SeedGroup(name, results)
        above[name] = np.mean(parts, axis=0)
    first = groups["targets"].values()[NDCG]
    print_table(
        COLUMNS,
        [
            Row(
                name,
                [
                    group.measures()["HR@10"],
                    group.measures()[NDCG],
                    _signed(paired_difference(group.values()[NDCG], first)),
                    bootstrap_interval(above[name]),
                ],
            )
            for name, group in groups.items()
        ],
    )
    members, low = len(task.target_T), int((disliked >= 0).sum())
    sys.stdout.write(f"\n{members} members, {low} of them with a disliked title to compare with\n")
    return 0


def _signed(lead: Interval) -> str:
    return f"{lead.mean:+.4f} [{lead.low:+.4f}, {lead.high:+.4f}]"


def _disliked_after(task: EvalTask) -> np.ndarray:
    """For each target the first title that its member disliked after it; -1 for none."""
    tokens, starts = task.tokens, task.tokens.starts()
    found = np.full(len(task.target_T), -1)
    for row, target in enumerate(task.target_T.tolist()):
        end = starts[np.searchsorted(starts, target, side="right")]
        disliked = np.flatnonzero(tokens.role_N[target + 1 : end] == DISLIKE)
        if len(disliked):
            found[row] = tokens.title.codes_E[target + 1 + disliked[0]]
    return found


def _evaluated(
    log: ViewingLog,
    titles: MetadataByTitle,
    task: EvalTask,
    policy: SignalPolicy,
    seed: int,
    options: argparse.Namespace,
    disliked: np.ndarray,
) -> tuple[EvalResult, Floats]:
    """A trained model's result; and whether the target scores above what was disliked."""
    model = ModelConfig(context=200, width=options.width, dropout=0.2, horizon=1)
    config = TrainingConfig(
        seed=seed,
        steps=options.steps,
        batch_positions=4096,
        negatives=256,
        learning_rate=0.005,
        ppmi_init=0.3,
        final_rate=0.2,
        evaluate_every=options.steps // 2,
    )
    # One split for all: what one policy alone calls a target is not to be trained on by it.
    network = train(log, titles, model, config, split=lambda _: task.split, signals=policy).network
    recommender = ModelRecommender("", network, task, request_known=False)
    above = np.zeros(len(disliked))
    for targets in task.batches():
        scores = recommender.scores(targets).score_TV
        pair = torch.stack(
            [task.title_N[task.target_T[targets]], torch.from_numpy(disliked)[targets]]
        )
        wanted, other = scores.gather(1, pair.T.clamp(min=0)).unbind(dim=1)
        above[targets.numpy()] = (wanted > other).double().numpy()
    return evaluate(recommender, task), above[disliked >= 0]


if __name__ == "__main__":
    sys.exit(main())
