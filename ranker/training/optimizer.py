"""Optimizer steps: weight decay, learning rate schedule, anchored ids, averaged weights.

Names of tensors as in `ranker.network.model`; N counts titles that are new in a warm start.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import torch
from torch import Tensor, nn

from ranker.network.config import TrainingConfig
from ranker.network.model import RankerModel
from ranker.network.parameter_names import with_current_names, with_stored_names
from ranker.training.distributed import average_gradients

_FUSED: Final = ("cpu", "cuda")
"""Devices on which one call updates all weights."""


class RankerOptimizer:
    """AdamW with anchored ids, and an average of the last weights.

    Args:
        network: whose weights are updated.
        config: of the training.
        new_titles: how many of its titles, the last ones, are new in a warm start.
    """

    def __init__(self, network: RankerModel, config: TrainingConfig, new_titles: int = 0) -> None:
        self._network = network
        self._config = config
        self._old_titles = len(network.titles.ids.weight) - new_titles
        self._initial_VD = network.titles.ids.weight.detach().clone()
        total_rate = sum(learning_rate_at(step, config) for step in range(1, config.steps + 1))
        self._anchor_rate = config.anchor / total_rate
        self._optimizer = _adamw(network, config)
        self._first_averaged = config.steps - round(config.averaged_share * config.steps) + 1
        self._averaged_steps = 0
        self._average: dict[str, Tensor] = {}

    def step(self, step: int, loss: Tensor) -> None:
        """Update all weights by the gradients of a loss; `step` counts from 1."""
        rate = learning_rate_at(step, self._config)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        average_gradients(self._network)
        nn.utils.clip_grad_norm_(self._network.parameters(), max_norm=1.0)
        self._update(rate)
        if step >= self._first_averaged:
            self._add_to_average()

    @contextmanager
    def averaged_weights(self) -> Iterator[None]:
        """Inside, the network has the average of its last weights, once averaging has begun."""
        if not self._averaged_steps:
            yield
            return
        last = {name: weight.clone() for name, weight in self._network.state_dict().items()}
        self._network.load_state_dict(self._average)
        try:
            yield
        finally:
            self._network.load_state_dict(last)

    def state(self) -> dict[str, Any]:
        """All that is needed to resume, besides the weights; with the keys of earlier files."""
        return {
            "optimizer": self._optimizer.state_dict(),
            "begin": self._initial_VD,
            "mean": with_stored_names(self._average),
            "averaged": self._averaged_steps,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Resume from what `state` returned."""
        self._optimizer.load_state_dict(state["optimizer"])
        device = self._initial_VD.device
        self._initial_VD = state["begin"].to(device)
        average = with_current_names(state["mean"])
        self._average = {name: weight.to(device) for name, weight in average.items()}
        self._averaged_steps = state["averaged"]

    def _update(self, rate: float) -> None:
        """Update all weights; ids of new titles move further, those of others are pulled back."""
        ids_VD = self._network.titles.ids.weight.detach()
        new_ND, old_VD = ids_VD[self._old_titles :], ids_VD[: self._old_titles]
        before_ND = new_ND.clone()
        self._optimizer.step()
        new_ND += (self._config.new_title_lr_factor - 1) * (new_ND - before_ND)
        old_VD.lerp_(self._initial_VD[: self._old_titles], -math.expm1(-rate * self._anchor_rate))

    def _add_to_average(self) -> None:
        self._averaged_steps += 1
        for name, weight in self._network.state_dict().items():
            mean = self._average.setdefault(name, torch.zeros_like(weight))
            mean.lerp_(weight, 1 / self._averaged_steps)


def learning_rate_at(step: int, config: TrainingConfig) -> float:
    """Linear warm-up over a twentieth of the steps, then a cosine decay to `final_rate`."""
    warm_up = max(1, config.steps // 20)
    if step <= warm_up:
        return config.learning_rate * step / warm_up
    progress = (step - warm_up) / (config.steps - warm_up)
    decaying = (1 - config.final_rate) * (0.5 + 0.5 * math.cos(math.pi * progress))
    return config.learning_rate * (config.final_rate + decaying)


def _adamw(network: RankerModel, config: TrainingConfig) -> torch.optim.Optimizer:
    """Only matrices decay: a bias or a norm near zero does not make a simpler model."""
    matrices = [weight for weight in network.parameters() if weight.dim() > 1]
    vectors = [weight for weight in network.parameters() if weight.dim() == 1]
    return torch.optim.AdamW(
        [
            {"params": matrices, "weight_decay": config.weight_decay},
            {"params": vectors, "weight_decay": 0.0},
        ],
        lr=config.learning_rate,
        fused=network.titles.ids.weight.device.type in _FUSED,
    )
