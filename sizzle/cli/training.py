"""Training with its progress shown; `sizzle train` and the demo both do it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from sizzle.cli.progress import progress_bar


def train_with_progress(histories: Path, out: Path, seed: int = 0) -> dict[str, Any]:
    """Train on a file of histories, write the model, and say what came of it.

    Raises:
        RankerError: histories that are absent, malformed or too few, or training that diverged.
        InputError: the model's folder cannot be written to.
    """
    import torch

    from ranker import Progress, TrainingConfig, read_histories, save_model, train

    # Sums over several threads round in another order, so that the same seed would give another
    # model on a machine with more cores; and on a model this small more threads gain nothing.
    torch.set_num_threads(1)
    config = TrainingConfig(seed=seed)
    members = read_histories(histories)
    began = time.perf_counter()
    with progress_bar("Training the ranker", config.steps) as advance:

        def show(progress: Progress) -> None:
            advance(progress.step)

        trained = train(members, config, on_step=show)
    version = save_model(out, trained.network, trained.vocabulary)
    return {
        "model": str(out),
        "model_version": version,
        "members": len(members),
        "titles": len(trained.vocabulary.titles),
        "steps": trained.best.step,
        "held_out_loss": round(trained.best.held_out_loss, 4),
        "seconds": round(time.perf_counter() - began, 1),
    }
