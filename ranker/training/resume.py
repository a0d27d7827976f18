"""The resume file: the state of a training, from which a later process continues it."""

import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Final

import torch
from torch import Tensor

from ranker.data.files import write_atomically
from ranker.errors import ModelFileError
from ranker.network.config import ModelConfig, TrainingConfig
from ranker.network.devices import CPU
from ranker.network.parameter_names import with_current_names, with_stored_names

_RENAMED_SETTINGS: Final = {
    "batch": "batch_positions",
    "averaged": "averaged_share",
    "begin": "init",
    "spectral": "ppmi_init",
    "catch_up": "new_title_lr_factor",
    "unasked": "request_dropout",
}
"""Settings of training under their names in earlier files."""


@dataclass(frozen=True, slots=True)
class ResumeState:
    """All that determines how a training continues.

    Args:
        config: of the training.
        model: sizes and choices of the model.
        step: steps done.
        eval_steps: step, loss and validation loss of each evaluation so far.
        weights: after the last step.
        best_weights: of the best evaluation.
        optimizer: from `RankerOptimizer.state`.
        data: the digest of the events and metadata; empty in files of before they had one.
        signals: the policy of signals as plain data; None in files of before they had one.
    """

    config: TrainingConfig
    model: ModelConfig
    step: int
    eval_steps: list[tuple[int, float, float]]
    weights: dict[str, Tensor]
    best_weights: dict[str, Tensor]
    optimizer: dict[str, Any]
    data: str
    signals: dict[str, Any] | None


def write_state(path: Path, state: ResumeState) -> None:
    """Write the state of a training, atomically."""
    # The keys, as the names of parameters, are those of earlier files.
    content = {
        "config": asdict(state.config),
        "model": asdict(state.model),
        "step": state.step,
        "looks": state.eval_steps,
        "weights": with_stored_names(state.weights),
        "best_weights": with_stored_names(state.best_weights),
        "descent": state.optimizer,
        "data": state.data,
        "signals": state.signals,
    }
    buffer = io.BytesIO()
    torch.save(content, buffer)
    write_atomically(path, buffer.getvalue())


def read_state(path: Path) -> ResumeState:
    """Read the state of a training.

    Raises:
        ModelFileError: the file is corrupt, or not a resume file.
    """
    try:
        content = torch.load(path, map_location=CPU, weights_only=True)
        return ResumeState(
            TrainingConfig(**_current_settings(content["config"])),
            ModelConfig(**content["model"]),
            content["step"],
            content["looks"],
            with_current_names(content["weights"]),
            with_current_names(content["best_weights"]),
            content["descent"],
            content.get("data", ""),
            content.get("signals"),
        )
    except (OSError, RuntimeError, UnpicklingError, EOFError, TypeError, KeyError) as error:
        raise ModelFileError(
            "This is not a resume file of a training.",
            "remove the file to start the training from scratch.",
            where=str(path),
        ) from error


def refuse_other_training(
    state: ResumeState,
    config: TrainingConfig,
    model: ModelConfig,
    data: str,
    signals: dict[str, Any],
) -> None:
    """Raise a ModelFileError if the state is of a training with other settings, signals or data."""
    if state.signals is not None and state.signals != signals:
        raise ModelFileError(
            "The resume file is of a training with another policy of signals.",
            "use the same policy, or remove the file to start from scratch.",
        )
    if (state.config, state.model) != (config, model):
        raise ModelFileError(
            "The resume file is of a training with other settings.",
            "use the same settings, or remove the file to start from scratch.",
        )
    # Its numbers of titles and steps would fit by chance, and name other titles.
    if state.data and state.data != data:
        raise ModelFileError(
            f"The resume file is of a training on other data: its digest is {state.data[:12]}, and "
            f"that of these events and titles {data[:12]}.",
            "give the same events and titles, or remove the file to start from scratch.",
        )


def _current_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {_RENAMED_SETTINGS.get(name, name): value for name, value in settings.items()}
