"""One peer, run in its own environment: fitted to a split in a folder, it scores all titles.

    PYTHON benchmarks/ranker_peers_run.py FOLDER PEER EPOCHS BATCH NEGATIVES SEED CONTEXT BEST

It imports nothing of ours, since RecTools needs an older numpy. The folder holds `split.npz`, whose
arrays `training_*` and `known_*` are members, titles and times of the training tokens and of all
tokens before the targets, and `target_*` the members and times of these. `scores.npz` gets a row
per target, with its best titles and their scores. Times only order the events, except for HSTU,
which also reads the times of the targets.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

TARGETS_AT_ONCE = 500
SIZES = {"n_factors": 64, "n_blocks": 2, "n_heads": 2, "dropout_rate": 0.2}


def main() -> None:
    """Fit, score, write."""
    folder, name = Path(sys.argv[1]), sys.argv[2]
    epochs, batch, negatives, seed, context, best = map(int, sys.argv[3:])
    split = np.load(folder / "split.npz")
    _one_thread(seed)
    model = _model(name, epochs, batch, negatives, seed, context)
    training, known = (_events(split, part) for part in ("training", "known"))
    if name == "ALS":  # it has factors only of members that it was fitted to
        training = known
    model.fit(training)
    titles, scores = _scores(model, known, split, best)
    np.savez(folder / "scores.npz", titles=titles, scores=scores)


def _one_thread(seed: int) -> None:
    import torch
    from pytorch_lightning import seed_everything  # type: ignore[import-not-found]

    torch.set_num_threads(1)
    seed_everything(seed)


def _model(name: str, epochs: int, batch: int, negatives: int, seed: int, context: int) -> Any:  # noqa: ANN401
    from rectools.models import (  # type: ignore[import-not-found]
        HSTUModel,
        ImplicitALSWrapperModel,
        SASRecModel,
    )
    from rectools.models.nn.transformers.ligr import LiGRLayers  # type: ignore[import-not-found]

    settings: dict[str, Any] = {
        **SIZES,
        "session_max_len": context,
        "epochs": epochs,
        "batch_size": batch,
        "deterministic": True,
    }
    if negatives:
        settings |= {"loss": "sampled_softmax", "n_negatives": negatives}
    if name == "SASRec":
        return SASRecModel(**settings)
    if name == "eSASRec":
        return SASRecModel(**settings, transformer_layers_type=LiGRLayers)
    if name == "HSTU":
        return HSTUModel(**settings)
    from implicit.als import AlternatingLeastSquares  # type: ignore[import-not-found]

    return ImplicitALSWrapperModel(
        AlternatingLeastSquares(factors=64, random_state=seed, num_threads=1)
    )


def _events(split: Any, part: str) -> Any:  # noqa: ANN401
    """A part of the split as a RecTools dataset."""
    from pandas import DataFrame, to_datetime  # type: ignore[import-untyped]
    from rectools import Columns  # type: ignore[import-not-found]
    from rectools.dataset import Dataset  # type: ignore[import-not-found]

    at = split[f"{part}_at"]
    return Dataset.construct(
        DataFrame(
            {
                Columns.User: split[f"{part}_member"],
                Columns.Item: split[f"{part}_title"],
                Columns.Weight: 1.0,
                # Nanoseconds, so that events of one second keep their order.
                Columns.Datetime: to_datetime(at * 10**9 + np.arange(len(at)) % 10**9),
            }
        )
    )


def _scores(model: Any, known: Any, split: Any, count: int) -> tuple[Any, Any]:  # noqa: ANN401
    """The best titles of each target and their scores; -1 for titles that there are not.

    Of fewer than all titles, none is one that the member has watched.
    """
    from pandas import DataFrame, to_datetime
    from rectools import Columns

    members, titles = split["target_member"], int(split["titles"])
    count = min(count, titles)
    found = np.full((len(members), count), -1, np.int32)
    scores = np.zeros((len(members), count), np.float32)
    for start in range(0, len(members), TARGETS_AT_ONCE):
        rows = slice(start, start + TARGETS_AT_ONCE)
        context = DataFrame(
            {
                Columns.User: members[rows],
                Columns.Weight: 1.0,
                Columns.Datetime: to_datetime(split["target_at"][rows] * 10**9 + 10**9 - 1),
            }
        )
        best = model.recommend(
            members[rows],
            known,
            k=count,
            filter_viewed=count < titles,
            add_rank_col=True,
            context=context if model.require_recommend_context else None,
        )
        row = {member: start + number for number, member in enumerate(members[rows].tolist())}
        where = best[Columns.User].map(row), best[Columns.Rank] - 1
        found[where] = best[Columns.Item]
        scores[where] = best[Columns.Score]
    return found, scores


if __name__ == "__main__":
    main()
