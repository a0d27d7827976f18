"""Where a training stands, as a file that a later process goes on from."""

import io
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import Tensor

from ranker.data.files import write_atomically
from ranker.errors import ModelFileError
from ranker.network.config import ModelConfig, TrainingConfig
from ranker.network.devices import CPU


@dataclass(frozen=True, slots=True)
class State:
    """All that decides how a training goes on.

    Args:
        config: of the training.
        model: sizes and choices of the model.
        step: steps done.
        looks: steps, losses and held-out losses of the looks so far.
        weights: after the last step.
        best_weights: of the best look.
        descent: what stepping remembers, as `ranker.training.optimizer` gives it.
    """

    config: TrainingConfig
    model: ModelConfig
    step: int
    looks: list[tuple[int, float, float]]
    weights: dict[str, Tensor]
    best_weights: dict[str, Tensor]
    descent: dict[str, Any]


def write(path: Path, state: State) -> None:
    """Keep where a training stands; what was there before is replaced whole or not at all."""
    content = {field.name: getattr(state, field.name) for field in fields(state)}
    content |= {"config": asdict(state.config), "model": asdict(state.model)}
    buffer = io.BytesIO()
    torch.save(content, buffer)
    write_atomically(path, buffer.getvalue())


def read(path: Path) -> State:
    """Read where a training stands.

    Raises:
        ModelFileError: the file is torn, or no state of a training.
    """
    try:
        content = torch.load(path, map_location=CPU, weights_only=True)
        content["config"] = TrainingConfig(**content["config"])
        content["model"] = ModelConfig(**content["model"])
        return State(**content)
    except (OSError, RuntimeError, UnpicklingError, EOFError, TypeError, KeyError) as error:
        raise ModelFileError(
            "This is not where a training stands.",
            "remove the file, and training begins anew.",
            where=str(path),
        ) from error


def refuse_other(state: State, config: TrainingConfig, model: ModelConfig) -> None:
    """Raise a ModelFileError where a state is of another training."""
    if (state.config, state.model) != (config, model):
        raise ModelFileError(
            "The training that was begun has other settings.",
            "train with the same settings, or remove its file to begin anew.",
        )
